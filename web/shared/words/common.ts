/** Words that more than one page says. Short, kind, no jargon. */
import type { Author, Message, Owner } from "../api/types";
import type { LiveState } from "../live/connection";

export const common = {
  brand: "이음",
  loading: "불러오는 중이에요",
  retry: "다시 시도",
  cancel: "취소",
  close: "닫기",
  send: "보내기",
  sending: "보내는 중",
  resend: "다시 보내기",
  editAgain: "고쳐 쓰기",
  notSent: "보내지 못했어요",
  newMessages: "새 메시지 보기",
  reconnectNow: "지금 다시 연결",
  logout: "로그아웃",
  newline: "Shift+Enter로 줄을 바꿀 수 있어요",
  chosen: "고른 답",
} as const;

export const authorName: Record<Author, string> = {
  customer: "손님",
  bot: "자동 응답",
  agent: "상담원",
  system: "안내",
};

/** Return who wrote a message, as both sides read it. */
export function nameOf(message: Pick<Message, "author" | "author_name">): string {
  if (message.author === "agent" && message.author_name) return agentTitle(message.author_name);
  if (message.author === "bot" && message.author_name) return `${message.author_name} · ${authorName.bot}`;
  return authorName[message.author];
}

export function agentTitle(name: string): string {
  return name.includes("상담원") ? name : `${name} 상담원`;
}

export const ownerName: Record<Owner, string> = {
  bot: "자동 응답",
  waiting: "대기 중",
  human: "상담 중",
  closed: "종료됨",
};

export const liveWords: Record<LiveState, string> = {
  connecting: "연결하는 중",
  live: "연결됨",
  polling: "연결됨",
  retrying: "다시 연결하는 중",
  offline: "인터넷 연결 없음",
  refused: "연결이 끝남",
  stopped: "연결 안 함",
};

export function remainingWords(left: number): string {
  return left >= 0
    ? `${left.toLocaleString("ko-KR")}자 더 쓸 수 있어요`
    : `${(-left).toLocaleString("ko-KR")}자를 줄여 주세요`;
}
