/** What the desk says about who takes what: offers, presence, putting aside. */
import type { Presence } from "../api/types";
import { presenceNames } from "./desk";

export const offerWords = {
  title: "새 상담 배정",
  accept: "받기",
  decline: "넘기기",
  declined: "다음 상담원에게 넘겼어요.",
} as const;

export const asideWords = {
  snooze: "미루기",
  snoozeAsk: "언제까지 미룰까요?",
  snoozeWhy: "그동안 자리를 차지하지 않고, 손님이 먼저 말하면 바로 돌아와요.",
  snoozeYes: "미루기",
  snoozed: "미뤄 두었어요.",
  until: "까지 미룸",
  wake: "다시 꺼내기",
  in30: "30분 뒤",
  in120: "2시간 뒤",
  tomorrow: "내일 오전 9시",
  own: "직접 고르기",
  list: "미뤄 둔 상담",
  wrapUp: "마무리 시간",
  wrapUpDone: "마무리 끝내기",
  wrapUpHint: "끝내면 바로 새 상담을 받을 수 있어요.",
} as const;

export const passWords = {
  colleague: "누구에게 먼저 물어볼까요? (선택)",
  anybody: "팀에서 되는 분",
  note: "받는 분께 남길 메모 (선택)",
  agreed: "손님과 정한 것 (선택)",
  agreedHint: "봇이 이 말로 이어가요",
  back: "동료에게 남길 메모 (선택)",
  order: "이야기한 주문 (선택)",
  noOrder: "정하지 않음",
  resume: "봇이 하던 일을 이어서 해요",
} as const;

export const leadWords = {
  bar: "다른 상담원이 맡은 상담이에요",
  botBar: "자동 응답이 돕고 있어요",
  pull: "가져오기",
  pullAsk: "이 상담을 가져올까요?",
  pullWhy: "지금 맡은 쪽에는 알려지고, 손님은 이어서 상담받아요.",
  pulled: "가져왔어요.",
  push: "다른 분에게 주기",
  pushAsk: "누구에게 줄까요?",
  pushed: "상담을 넘겼어요.",
  nobodyThere: "지금 자리에 있는 분이 없어요.",
  join: "함께하기",
  joined: "함께하고 있어요. 손님에게도 알렸어요.",
  leave: "나오기",
  whisper: "귓속말",
  whisperLabel: "상담원에게만 보이는 귓속말",
  whisperPlaceholder: "손님에게는 보이지 않아요",
  whisperSend: "귓속말 보내기",
  whispered: "귓속말을 보냈어요.",
  whisperMark: "귓속말 · 상담원만 보여요",
  with: "함께하는 분",
} as const;

export const teamWords = {
  title: "팀",
  hint: "누가 자리에 있고 얼마나 맡고 있는지 보여요.",
  waiting: "대기",
  oldest: "가장 오래 기다린 손님",
  present: "받을 수 있음",
  away: "자리 비움",
  gone: "자리에 없음",
  lost: "연결 끊김",
  load: "맡은 상담",
  skills: "맡는 일",
  allSkills: "모두",
  change: "바꾸기",
  changeTitle: "맡는 일과 자리 수",
  capacity: "한 번에 맡는 상담 수",
  save: "저장",
  saved: "바꾸었어요.",
  talks: "맡은 문의",
  noTalks: "없음",
  free: "자리 있음",
  full: "자리 없음",
} as const;

export const comeBack = "다시 상담 받기";

/** Why no new conversations come: chosen so, or changed for them (`isChanged`). */
export function absenceWords(presence: Presence, isChanged: boolean): string {
  if (isChanged && presence === "away")
    return "바쁘신 것 같아 ‘자리 비움’으로 바꿔 두었어요. 그동안 새 상담은 오지 않아요.";
  if (isChanged) return "연결이 끊겨 있던 동안 ‘오프라인’으로 바꿔 두었어요. 새 상담은 오지 않아요.";
  return `지금은 ‘${presenceNames[presence]}’이라 새 상담이 오지 않아요.`;
}
