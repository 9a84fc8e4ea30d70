/** What the trainers' studio says: to somebody who knows customers, not models. */
import type { Model, Training } from "../api/types";

export const studio = {
  title: "이음 학습 스튜디오",
  brand: "이음 학습",
  intro: "봇이 자신 없어 한 손님의 말이에요. 무슨 뜻인지 골라 주시면 봇이 배워요.",
  listTitle: "뜻을 골라 주세요",
  empty: "지금은 고를 말이 없어요",
  emptyHint: "봇이 자신 없어 하는 말이 들어오면 여기에 나타나요.",
  guesses: "봇의 짐작",
  other: "다른 뜻 찾기",
  otherClose: "목록 닫기",
  dismiss: "배우지 않기",
  dismissHint: "장난, 의미 없는 말처럼 배울 필요가 없을 때",
  search: "뜻 찾기",
  searchPlaceholder: "예: 배송, 쿠폰, ㅎㅂ",
  searchNone: "찾는 뜻이 없어요. 다른 낱말로 찾아 보세요.",
  labelled: "적어 두었어요",
  dismissed: "목록에서 뺐어요.",
  trainTitle: "학습",
  train: "학습하고 새 모델로 바꾸기",
  trainHint: "몇 분 걸려요. 학습하는 동안에도 봇은 손님께 계속 답해요.",
  training: "학습하고 있어요",
  switching: "새 모델로 바꾸고 있어요",
  done: "새 모델이 답하기 시작했어요.",
  failed: "학습을 마치지 못했어요. 봇은 전에 쓰던 모델로 계속 답하고 있으니 걱정하지 않으셔도 돼요.",
  failedMore: "담당자에게 보여 줄 내용",
  modelsTitle: "모델",
  modelsEmpty: "아직 학습한 모델이 없어요.",
  inUse: "지금 쓰는 모델",
  notMeasured: "아직 재지 않았어요",
} as const;

export function countWords(count: number): string {
  return count > 1 ? `${count}번 나온 말` : "";
}

export function labelledWords(count: number): string {
  return count > 0 ? `지난 학습 뒤로 ${count}개를 골랐어요.` : "지난 학습 뒤로 고른 말이 없어요.";
}

export function accuracyWords(ratio: number | null): string {
  return ratio === null ? studio.notMeasured : `100번 물으면 ${Math.round(ratio * 100)}번 맞혀요`;
}

/** How sure the bot was, in words; the number follows for those who want it. */
export function sureness(confidence: number): string {
  if (confidence >= 0.7) return "꽤 자신 있음";
  return confidence >= 0.35 ? "반반" : "자신 없음";
}

/** The step of a training in plain words; steps are named in English by whoever carries them out. */
export function stepWords(training: Training): string {
  const step = training.step ?? "";
  if (training.state === "switching") {
    if (step.startsWith("retiring")) return "전에 쓰던 봇을 쉬게 하고 있어요";
    if (step.startsWith("starting")) return "새로 배운 봇을 깨우고 있어요";
    return studio.switching;
  }
  if (step.startsWith("waiting")) return "다른 학습이 끝나기를 기다리고 있어요";
  if (step.startsWith("sitting the exam")) return "얼마나 잘 맞히는지 시험을 보고 있어요";
  if (step.includes("loading") || step.includes("reading")) return "골라 주신 말을 읽고 있어요";
  if (step.startsWith("registered")) return "배운 것을 보관하고 있어요";
  return studio.training;
}

/** What came of the last training, compared with the model before it. */
export function resultWords(models: readonly Model[]): string {
  const now = models.find((model) => model.active);
  const accuracy = now?.accuracy ?? null;
  if (!now || accuracy === null) return studio.done;
  const before = models.find((model) => !model.active && model.created_at < now.created_at)?.accuracy ?? null;
  const change = before === null ? 0 : Math.round(accuracy * 100) - Math.round(before * 100);
  const compared = change > 0 ? ` 전보다 ${change}번 더 맞혀요.` : change < 0 ? ` 전보다 ${-change}번 덜 맞혀요.` : "";
  return `${studio.done} ${accuracyWords(accuracy)}.${compared}`;
}
