/** What the customer's page says. */

import type { Owner } from "../api/types";
import { agentTitle } from "./common";

export const widget = {
  title: "이음 상담",
  greeting: [
    "안녕하세요! 이음 자동 상담 도우미가 먼저 답해 드려요. 사람과 이야기하고 싶으시면 언제든 ‘상담원 연결’이라고 말씀해 주세요.",
    "상담 내용은 1년 동안, 불만이 담긴 상담은 3년 동안 보관해요.",
  ],
  suggestions: ["주문한 상품이 언제 오나요?", "지난 주문을 보고 싶어요", "상담원 연결해 주세요"],
  suggestionsLabel: "이렇게 물어보실 수 있어요",
  pickTitle: "어떤 손님으로 시작할까요?",
  pickHint: "체험용 손님이에요. 고르면 그 손님의 주문으로 바로 상담할 수 있어요.",
  anonymous: "로그인 안 한 손님",
  anonymousStory: "주문 같은 개인 정보는 본인 확인 뒤에 안내해요",
  startTitle: "무엇을 도와드릴까요?",
  start: "상담 시작하기",
  startFailed: "상담을 시작하지 못했어요.",
  newConversation: "새 상담",
  newConversationAsk: "지금 상담을 마치고 새로 시작할까요?",
  newConversationWhy: "이 화면에서는 지금까지의 대화를 다시 볼 수 없어요.",
  newConversationYes: "새로 시작",
  inputLabel: "메시지",
  inputPlaceholder: "메시지를 적어 주세요",
  logLabel: "대화 내용",
  closedHint: "더 궁금한 점이 있으면 이어서 적어 주세요.",
  expired: "상담 연결 시간이 지났어요. 새 상담을 시작하시면 바로 도와드릴게요.",
  lostLine: "연결이 끊겼어요. 다시 연결하고 있어요. 적으신 글은 그대로 있어요.",
  offlineLine: "인터넷 연결이 끊겼어요. 연결되면 이어서 보여 드릴게요.",
  answering: "답을 준비하고 있어요",
  readByAgent: "상담원이 읽었어요",
  agentTypes: "상담원이 적고 있어요",
  waiting: "상담원 기다리기",
  leaveQueue: "봇과 계속하기",
  leaveAsk: "기다리지 않고 봇과 계속할까요?",
  leaveWhy: "상담원 연결은 취소돼요. 언제든 다시 부를 수 있어요.",
  leaveYes: "봇과 계속하기",
  contact: "연락처 남기기",
  contactLabel: "연락받으실 전화번호나 이메일",
  contactHint: "010-1234-5678 또는 name@example.com",
  contactSend: "남기기",
  contactChange: "연락처 바꾸기",
  ticketNumber: "문의 번호",
  choicesLabel: "고를 수 있는 답",
} as const;

/** Who speaks with the customer now. */
export function speakerWords(owner: Owner, agentName: string | null, isAway = false): string {
  if (owner === "human" && isAway)
    return `${agentName ? agentTitle(agentName) : "상담원"}이 잠시 자리를 비웠어요. 돌아오면 이어서 답해 드려요`;
  if (owner === "human") return agentName ? `${agentTitle(agentName)}과 상담 중이에요` : "상담원과 상담 중이에요";
  if (owner === "waiting") return "상담원을 기다리고 있어요";
  if (owner === "closed") return "상담이 끝났어요";
  return "자동 응답이 답하고 있어요";
}

/** Place in the queue, 1 = next. */
export function positionWords(position: number): string {
  const ahead = Math.max(0, position - 1);
  return ahead === 0 ? "바로 다음 순서예요" : `앞에 ${ahead}명이 있어요`;
}

/** How long it will probably take; rounded, since nobody knows it to the second. */
export function waitWords(wait_s: number | null): string {
  if (wait_s === null) return "";
  if (wait_s < 60) return "곧 연결돼요";
  const minutes = Math.ceil(wait_s / 60);
  if (minutes <= 10) return `약 ${minutes}분 걸려요`;
  if (minutes <= 60) return `약 ${Math.ceil(minutes / 5) * 5}분 걸려요`;
  return "1시간 넘게 걸릴 수 있어요";
}

export function contactWords(masked: string): string {
  return `연락처: ${masked}`;
}
