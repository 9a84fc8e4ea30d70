/** What the desk says of prepared words and suggestions; what both sides say of ratings. */
import type { Suggestion } from "../api/replies";
import { dayOf } from "../format";

export const replyWords = {
  slashHint: "‘/’를 누르면 자주 쓰는 답을 골라 넣을 수 있어요",
  macros: "자주 쓰는 답",
  macrosLoading: "찾고 있어요",
  macrosEmpty: "맞는 답이 없어요",
  suggestions: "추천 답",
  hide: "접기",
  show: "펼치기",
  use: "쓰기",
  gaps: "빈 곳을 채워 주세요",
  missing: (names: readonly string[]) => `채울 곳: ${names.map((name) => `{${name}}`).join(", ")}`,
} as const;

/** Where a suggestion comes from, so that the agent can judge it. */
export function sourceWords(suggestion: Suggestion): string {
  if (suggestion.kind === "macro") return `자주 쓰는 답 · ${suggestion.source.name ?? ""}`;
  return `비슷한 상담에서 · ${suggestion.source.date ? dayOf(suggestion.source.date) : ""}`;
}

export const ratingWords = {
  ask: "상담이 도움이 되었나요?",
  scores: ["", "전혀 아니에요", "아쉬워요", "보통이에요", "좋아요", "아주 좋아요"],
  low: "1 전혀 아니에요",
  high: "5 아주 좋아요",
  words: "하고 싶은 말씀 (선택)",
  send: "보내기",
  thanks: "말씀 고마워요.",
  sorry: "아쉬움을 드려 죄송해요. 담당자가 살펴보고 연락드릴게요.",
} as const;

export const macroWords = {
  title: "자주 쓰는 답",
  hint: "상담원이 답장 칸에서 ‘/’로 골라 넣는 글이에요. {상품:을/를}처럼 적은 곳은 손님에 맞게 채워져요.",
  empty: "아직 만든 답이 없어요",
  add: "새로 만들기",
  edit: "고치기",
  remove: "지우기",
  removeAsk: "이 답을 지울까요?",
  removeWhy: "이제 아무에게도 보이지 않아요.",
  name: "이름",
  text: "내용",
  skill: "팀",
  allSkills: "모든 팀",
  save: "저장",
  saved: "저장했어요.",
  removed: "지웠어요.",
  places: "쓸 수 있는 자리",
} as const;

export const undeliveredWords = {
  title: "보내지 못한 글",
  hint: "손님에게 닿지 못했거나 오래 걸리는 글이에요.",
  empty: "모두 잘 보냈어요",
  resend: "다시 보내기",
  resent: "다시 보내고 있어요.",
  failed: "보내지 못함",
  late: "오래 걸림",
  tries: "번 시도",
} as const;

export const ratingsWords = {
  title: "평가",
  hint: "상담이 끝난 뒤 손님이 남긴 점수예요. 3점까지는 담당자가 다시 살펴봐요.",
  empty: "아직 남긴 평가가 없어요",
  lowOnly: "3점까지만 보기",
  average: "평균",
  points: "점",
  followedUp: "살펴보는 중",
} as const;
