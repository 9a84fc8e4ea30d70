/** What the agents' desk says. */
import type { Presence, Winner } from "../api/types";
import { agentTitle, ownerName } from "./common";

export const desk = {
  title: "이음 상담 데스크",
  brand: "이음 상담",
  queue: "대기 목록",
  mine: "내 상담",
  queueEmpty: "기다리는 손님이 없어요",
  queueEmptyHint: "새 대기가 들어오면 여기에 바로 나타나요.",
  mineEmpty: "맡고 있는 상담이 없어요",
  mineEmptyHint: "대기 목록에서 상담을 시작해 보세요.",
  nothingOpen: "왼쪽에서 상담을 골라 주세요",
  nothingOpenHint: "대기 중인 상담을 열면 지금까지의 대화와 봇이 알아본 내용을 먼저 볼 수 있어요.",
  loadingConversation: "대화를 불러오고 있어요",
  list: "목록",
  talk: "대화",
  info: "손님 정보",
  transcript: "대화 내용",
  claim: "상담 시작",
  claimHint: "상담을 시작하면 손님에게 답을 보낼 수 있어요.",
  reply: "손님에게 보낼 답",
  replyPlaceholder: "손님에게 보낼 답을 적어 주세요",
  note: "메모",
  noteLabel: "상담원끼리 보는 메모",
  notePlaceholder: "손님에게는 보이지 않아요",
  noteSave: "메모 남기기",
  noteMark: "메모 · 손님에게 안 보여요",
  replyTab: "답장",
  returnToBot: "봇에게 돌려주기",
  returnAsk: "봇에게 돌려줄까요?",
  returnWhy: "이제부터 자동 응답이 손님께 답해요.",
  returnYes: "돌려주기",
  transfer: "다른 팀으로 넘기기",
  transferAsk: "어느 팀으로 넘길까요?",
  transferWhy: "상담은 다시 대기 목록으로 가고, 지금까지의 내용이 함께 전해져요.",
  transferYes: "넘기기",
  transferSkill: "넘길 팀",
  close: "상담 종료",
  closeAsk: "상담을 끝낼까요?",
  closeWhy: "손님에게 상담이 끝났다고 알려요.",
  closeYes: "끝내기",
  cancel: "취소",
  returned: "봇에게 돌려주었어요.",
  transferred: "다른 팀으로 넘겼어요.",
  closed: "상담을 마쳤어요. 수고하셨어요.",
  context: "넘겨받은 내용",
  customer: "손님",
  unread: "읽지 않은 메시지",
  waiting: "기다린 시간",
  readByCustomer: "손님이 읽었어요",
  notDelivered: "손님에게 닿지 못했어요",
  customerTypes: "손님이 적고 있어요…",
  longest: "가장 오래 기다려요",
  awaitsAnswer: "답을 기다려요",
  verified: "본인 확인됨",
  unverified: "본인 확인 전",
  anonymous: "로그인 안 한 손님",
  presence: "내 상태",
  help: "단축키",
  helpHint: "글을 적는 중이 아닐 때 쓸 수 있어요. 한글 입력 상태에서도 같은 자리의 글쇠로 동작해요.",
  shortcutsOn: "단축키 쓰기",
  open: "열어 보기",
  notices: "알림",
  recentOrders: "최근 주문",
  joined: "가입",
  phone: "전화",
  address: "주소",
  grade: "등급",
  name: "이름",
  offlineLine: "연결이 끊겼어요. 다시 연결하고 있어요. 적으신 글은 그대로 있어요.",
  loadFailed: "목록을 불러오지 못했어요.",
  lost: "지금은 볼 수 없는 상담이에요",
} as const;

export const contextWords = {
  reason: "넘어온 이유",
  summary: "요약",
  next: "이렇게 해 보세요",
  understood: "봇이 이해한 것",
  tried: "봇이 해 본 것",
  failed: "안 된 것",
  facts: "손님이 말한 것",
  orders: "관련 주문",
  blocks: "이용 차단",
  attempts: "본인 확인 시도",
  grants: "지금까지의 보상",
  mood: "손님의 기분",
  previous: "지난 상담",
  noContext: "봇이 넘긴 내용이 없어요",
} as const;

export const presenceNames: Record<Presence, string> = {
  online: "상담 가능",
  away: "자리 비움",
  offline: "오프라인",
};

export const skillNames: Record<string, string> = {
  verification: "본인 확인",
  security_review: "보안 검토",
  delivery: "배송",
  orders: "주문",
  compensation: "보상·혜택",
  privacy: "개인정보",
  complaint: "불만",
  general: "일반",
};

const reasonNames: Record<string, string> = {
  customer_request: "상담원 요청",
  not_understood: "봇이 이해하지 못함",
  action_failed: "조회 실패",
  topic_unsupported: "봇이 못 하는 일",
  bot_error: "봇 오류",
  complaint: "불만",
  transferred: "다른 팀에서 넘어옴",
  agent_left: "상담원이 자리를 뜸",
  reopened: "다시 찾아옴",
  supervisor: "팀장이 가져옴",
};

const channelNames: Record<string, string> = { web: "웹", kakao: "카카오톡" };
const gradeNames: Record<string, string> = { basic: "일반", vip: "VIP" };

export function reasonName(reason: string | null | undefined): string {
  return reason ? (reasonNames[reason] ?? reason) : "";
}

export function skillName(skill: string | null | undefined): string {
  return skill ? (skillNames[skill] ?? skill) : "";
}

export function channelName(channel: string): string {
  return channelNames[channel] ?? channel;
}

const languageNames: Record<string, string> = { ko: "한국어", en: "영어", ja: "일본어", zh: "중국어" };

export function languageName(language: string): string {
  return languageNames[language] ?? language;
}

export function gradeName(grade: string | null | undefined): string {
  return grade ? (gradeNames[grade] ?? grade) : "";
}

/** A word only where it is more urgent than usual. */
export function priorityWord(priority: number | string | null): string {
  const level = Number(priority ?? 0);
  if (level >= 3) return "매우 급함";
  return level >= 2 ? "급함" : "";
}

/** Who has the conversation, after somebody else was faster. */
export function winnerWords(winner: Winner | undefined): string {
  if (winner?.owner === "human" && winner.agent_name) return `${agentTitle(winner.agent_name)}이 먼저 맡았어요.`;
  if (winner) return `그 사이에 상태가 바뀌었어요. 지금은 ‘${ownerName[winner.owner]}’이에요.`;
  return "그 사이에 상태가 바뀌었어요.";
}

export function newWaitingWords(name: string, skill: string): string {
  return skill ? `새 대기: ${name} 님 · ${skill}` : `새 대기: ${name} 님`;
}

/** Title of the browser tab: what needs a look comes first. */
export function tabTitle(unread: number, waiting: number): string {
  const counts = [unread > 0 ? `새 메시지 ${unread}` : "", waiting > 0 ? `대기 ${waiting}` : ""]
    .filter(Boolean)
    .join(" · ");
  return counts ? `(${counts}) ${desk.brand}` : desk.brand;
}

export const shortcutWords: { keys: string[]; does: string }[] = [
  { keys: ["1", "–", "4"], does: "내 상담 차례대로 열기" },
  { keys: ["Alt", "1", "–", "4"], does: "글을 적다가 다른 상담으로 가기" },
  { keys: ["J"], does: "다음 상담" },
  { keys: ["K"], does: "앞 상담" },
  { keys: ["C"], does: "상담 시작" },
  { keys: ["A"], does: "배정받기 (글을 적다가는 Alt+A)" },
  { keys: ["R"], does: "답장 적기" },
  { keys: ["N"], does: "메모 적기" },
  { keys: ["Esc"], does: "입력 칸에서 나오기" },
  { keys: ["?"], does: "이 도움말" },
];
