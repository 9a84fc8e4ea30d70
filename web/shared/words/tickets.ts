/** What the desk says of tickets: types, statuses, clocks, promises, alerts. */
import type { ClockKind, DeskAlert, TicketStatus, TicketType } from "../api/flow";

export const ticketTypes: Record<TicketType, string> = {
  question: "질문",
  request: "요청",
  problem: "문제",
  complaint: "불만",
};

export const ticketStatuses: Record<TicketStatus, string> = {
  new: "새 문의",
  open: "처리 중",
  pending: "손님 답 기다림",
  resolved: "해결",
  merged: "합쳐짐",
};

export const clockNames: Record<ClockKind, string> = {
  first_response: "첫 답",
  next_response: "다음 답",
  resolution: "해결",
};

/** A clock in words; the mark before it says the same as its colour. */
export const slaWords = {
  left: (name: string, span: string, isSoon: boolean) => `${isSoon ? "! " : ""}${name} ${span} 남음`,
  until: (name: string, until: string) => `${name} ${until}`,
  late: (name: string, span: string) => `!! ${name} ${span} 늦음`,
  paused: (name: string, isLate: boolean) => (isLate ? `!! ${name} 늦음 · 멈춤` : `${name} 멈춤`),
  done: (name: string, isLate: boolean) => (isLate ? `${name} 늦게 함` : `✓ ${name}`),
} as const;

export const ticketWords = {
  title: "문의",
  none: "아직 문의 번호가 없어요",
  number: "문의 번호",
  type: "종류",
  status: "상태",
  pending: "손님 답 기다리기",
  reopen: "다시 처리하기",
  resolve: "해결로 바꾸기",
  clocks: "답할 시간",
  tags: "꼬리표",
  addTag: "꼬리표 더하기",
  removeTag: "꼬리표 떼기",
  tagHint: "예: 파손, 재발송",
  contact: "남긴 연락처",
  showContact: "연락처 보기",
  contactReason: "왜 필요한가요?",
  contactWhy: "누가, 왜 보았는지 기록에 남아요.",
  merge: "다른 문의와 합치기",
  mergeAsk: "어느 문의에 합칠까요?",
  mergeWhy: "이 문의는 끝나고, 고른 문의에서 이어서 도와요. 손님에게 알려요.",
  mergeYes: "합치기",
  merged: "문의를 합쳤어요.",
  mergedHere: "여기에 합친 문의",
  analysis: "원인 분석",
  analysisMissing: "불만은 원인 분석을 적어야 마칠 수 있어요.",
  analysisWrite: "원인 분석 적기",
  cause: "원인",
  factor: "더해진 까닭",
  action: "한 일",
  save: "남기기",
  saved: "남겼어요.",
  policyLoading: "불러오는 중이에요",
  list: "문의 목록",
  listHint: "답할 시간이 먼저 끝나는 문의가 위에 있어요.",
  listEmpty: "해당하는 문의가 없어요",
  whose: "누구의",
  mine: "내 문의",
  all: "모두",
  allTypes: "모든 종류",
  unresolved: "안 끝난 문의",
  open: "대화 열기",
  nobody: "맡은 사람 없음",
} as const;

export const promiseWords = {
  title: "약속",
  hint: "다시 전화드리기로 했거나 나중에 살펴보기로 한 일이에요.",
  empty: "남은 약속이 없어요",
  emptyHint: "상담 오른쪽 ‘문의’에서 약속을 잡을 수 있어요.",
  add: "약속 잡기",
  addTitle: "손님과 한 약속을 남겨요",
  callback: "전화드리기",
  follow_up: "다시 살펴보기",
  what: "무엇을",
  when: "언제",
  note: "내용",
  noteHint: "예: 재입고 여부 알려 드리기",
  added: "약속을 남겼어요. 때가 되면 알려 드려요.",
  done: "지켰어요",
  cancel: "취소",
  move: "시각 바꾸기",
  take: "내가 맡기",
  outcome: "어떻게 되었나요?",
  due: "! 지금 할 일",
  nobody: "맡은 사람 없음",
} as const;

export const alertWords = {
  title: "알림",
  seen: "치우기",
  open: "열기",
} as const;

/** `곧 늦어요: CS-20931 첫 답`, `지금 할 약속: CS-20931 전화드리기`. */
export function alertLine(alert: DeskAlert): string {
  const clock = alert.detail.clock ? clockNames[alert.detail.clock] : "";
  if (alert.kind === "promise_due") {
    const what = alert.detail.kind ? promiseWords[alert.detail.kind] : promiseWords.title;
    return `약속한 때예요: ${alert.number} ${what}`;
  }
  const head = { sla_warning: "곧 늦어요", sla_breach: "늦었어요", sla_escalation: "많이 늦었어요" }[alert.kind];
  return `${head}: ${alert.number} ${clock}`;
}
