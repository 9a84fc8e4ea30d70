/**
 * What is said when something fails: the gateway's own Korean sentence where it sent one, else one of these.
 * Never a status number, never a word a customer would have to look up.
 */
import { Problem, Unreachable } from "../api/client";

const byCode: Record<string, string> = {
  text_too_long: "2,000자까지 보낼 수 있어요. 조금만 줄여 주세요.",
  conversation_closed: "이미 끝난 상담이에요. 새 상담을 시작해 주세요.",
  rate_limited: "잠시 쉬었다가 다시 보내 주세요.",
  not_owner: "지금은 다른 분이 맡고 있는 상담이에요.",
  version_conflict: "그 사이에 상담 상태가 바뀌었어요. 새로 불러왔어요.",
};

const byStatus: Record<number, string> = {
  401: "로그인이 필요해요.",
  403: "이 일을 할 권한이 없어요.",
  404: "찾을 수 없어요. 이미 지워졌거나 끝났을 수 있어요.",
  409: "그 사이에 상태가 바뀌었어요. 새로 불러왔어요.",
  413: "내용이 너무 길어요. 조금만 줄여 주세요.",
  429: "잠시 쉬었다가 다시 시도해 주세요.",
};

const unreachable = "연결이 잘 되지 않아요. 인터넷을 확인하고 다시 시도해 주세요.";
const unknown = "일시적인 문제가 생겼어요. 잠시 뒤 다시 시도해 주세요.";

export function errorWords(error: unknown): string {
  if (error instanceof Unreachable) return unreachable;
  if (!(error instanceof Problem)) return unknown;
  if (hasHangul(error.detail)) return error.detail;
  return byCode[error.code] ?? byStatus[error.status] ?? unknown;
}

function hasHangul(text: string): boolean {
  return /[가-힣]/.test(text);
}
