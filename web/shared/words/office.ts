/** What the pages beside the conversations say: approvals, verification, privacy. */
import type { Gift, PrivacyState } from "../api/office";
import { causeNames, grantKinds, plainNames } from "./shop";

export const sectionNames = {
  talks: "상담",
  tickets: "문의",
  team: "팀",
  approvals: "보상 승인",
  ratings: "평가",
  macros: "자주 쓰는 답",
  undelivered: "못 보낸 글",
  hours: "상담 시간",
  verification: "본인 확인 현황",
  privacy: "개인정보 요청",
} as const;

export const office = {
  sections: "화면",
  nothingForRole: "이 계정으로 볼 수 있는 화면이 없어요. 관리자에게 문의해 주세요.",
  failed: "불러오지 못했어요.",
  busy: "처리하고 있어요",
} as const;

export const approvals = {
  title: "보상 승인",
  hint: "오래 기다린 요청이 위에 있어요. 본인이 올린 요청은 다른 분이 승인해요.",
  empty: "기다리는 요청이 없어요",
  emptyHint: "상담원이 한도를 넘는 보상을 올리면 여기에 나타나요.",
  waiting: "기다린 시간",
  approve: "승인",
  decline: "거절",
  approveAsk: "이 보상을 승인할까요?",
  approveWhy: "승인하면 손님에게 바로 지급돼요.",
  declineAsk: "이 요청을 거절할까요?",
  declineWhy: "거절한 까닭은 요청한 상담원이 봐요.",
  note: "남길 말 (선택)",
  reason: "거절하는 까닭",
  own: "내가 올린 요청이에요",
  approved: "승인했어요. 보상이 지급됐어요.",
  declined: "거절했어요. 요청한 분에게 까닭이 전해져요.",
} as const;

export const amends = {
  title: "보상",
  none: "정한 보상이 없어요",
  propose: "보상 드리기",
  proposeWhy: "내 한도 안이면 바로 지급되고, 넘으면 팀장님 승인을 받아요.",
  order: "주문",
  noOrder: "주문이 없어 보상을 드릴 수 없어요.",
  cause: "까닭",
  what: "드릴 것",
  byTable: "기준표대로",
  byTableHint: "늦은 날수와 등급에 따라 정해요",
  own: "직접 정하기",
  points: "적립금(원)",
  coupon: "쿠폰 할인율(%)",
  reason: "왜 드리나요?",
  reasonHint: "손님에게는 보이지 않아요",
  send: "보상 드리기",
  pending: "팀장 승인 대기",
  outcome: {
    granted: "지급했어요",
    pending: "팀장님께 올렸어요. 승인되면 지급돼요.",
    refused: "드릴 수 없어요",
    referred: "더 높은 권한이 필요해요",
  },
} as const;

export const decisionNames: Record<string, string> = { granted: "지급", refused: "거절", referred: "넘김" };
export const requestStateNames: Record<string, string> = {
  pending: "승인 대기",
  approved: "승인됨",
  declined: "거절됨",
};

export const amendsCauses: Readonly<Record<string, string>> = {
  late: "배송 지연",
  wrong_item: "다른 상품이 옴",
  missing_item: "상품이 빠짐",
  dissatisfied: "상담 불만족",
};

/** `적립금 3,000원`, `쿠폰 10%`, `무료 배송 쿠폰`. */
export function giftWords(gift: Gift): string {
  const amount = gift.amount_krw === undefined ? "" : `${gift.amount_krw.toLocaleString("ko-KR")}원`;
  const rate = gift.rate_percent === undefined ? "" : `${gift.rate_percent}%`;
  return [grantKinds[gift.kind] ?? gift.kind, amount || rate].filter(Boolean).join(" ");
}

export const blocks = {
  title: "이용 제한",
  lift: "제한 풀기",
  notMine: "팀장님이 풀 수 있어요",
  ask: "이용 제한을 풀까요?",
  hint: "풀면 손님에게 바로 알려 드려요. 누가, 왜 풀었는지 기록에 남아요.",
  why: "어떻게 확인했고 왜 푸나요?",
  whyHint: "다섯 글자 이상",
  ourFault: "우리 쪽 잘못이에요",
  ourFaultHint: "손님에게 사과도 함께 전해요",
  done: "이용 제한을 풀었어요.",
} as const;

export const unmask = {
  open: "가려진 정보 보기",
  title: "가려진 정보를 볼까요?",
  why: "누가, 왜 보았는지 기록에 남아요.",
  fields: "볼 정보",
  reason: "왜 필요한가요?",
  reasonHint: "다섯 글자 이상",
  show: "보기",
  shown: "1분 뒤에 다시 가려져요",
} as const;

export const fieldNames: Record<string, string> = { name: "이름", phone: "전화", email: "이메일", address: "주소" };

/** Which fields a role may ask for; the gateway has the last word. */
export const unmaskable: Record<string, readonly string[]> = {
  senior_agent: ["phone", "address"],
  supervisor: ["name", "phone", "email", "address"],
  security_reviewer: ["name", "phone"],
  privacy_officer: ["name", "phone", "email", "address"],
};

export const verification = {
  title: "본인 확인 현황",
  hint: "시도 횟수만 모은 것이라 누구의 시도인지는 알 수 없어요.",
  alerts: "평소와 다른 실패",
  noAlerts: "지난 7일 동안 평소와 다른 일이 없었어요",
  lasting: "지금도 이어져요",
  over: "끝났어요",
  told: "손님에게 안내 중",
  usual: "평소",
  period: "기간",
  by: "나눠 보기",
  attempts: "시도",
  failures: "실패",
  ratio: "실패율",
  noRates: "이 기간에 시도가 없어요",
  hours: { "6": "6시간", "24": "24시간", "72": "3일", "168": "7일" } as Record<string, string>,
} as const;

export const dimensionNames: Record<string, string> = {
  carrier: "통신사",
  method: "인증 수단",
  carrier_method: "통신사·수단",
  region: "지역",
  browser: "브라우저",
  cause: "원인",
  hour: "시간대",
  all: "전체",
};

/** A cell of the counts as a person says it: `SKT · PASS`, `문자를 못 받음`. */
export function cellWords(dimension: string, value: string): string {
  if (dimension === "all") return "전체";
  if (dimension === "cause") return causeNames[value] ?? plainNames[value] ?? value;
  if (dimension === "hour") return `${Number(value)}시`;
  return value
    .split("|")
    .map((part) => plainNames[part] ?? part)
    .join(" · ");
}

export const privacy = {
  title: "개인정보 요청",
  tabs: { requests: "요청", accesses: "접근 기록", affected: "열람된 고객" },
  empty: "답을 기다리는 요청이 없어요",
  emptyHint: "손님이 채팅으로 요청하거나, 편지·전화로 온 요청을 접수하면 여기에 나타나요.",
  add: "요청 접수",
  addTitle: "편지·전화로 온 요청을 접수해요",
  customerId: "고객 번호",
  kind: "요청 내용",
  channel: "받은 곳",
  byAgent: "대리인이 요청했어요",
  agentName: "대리인 이름",
  mandate: "확인한 위임 서류",
  details: "덧붙일 내용 (선택)",
  addYes: "접수하기",
  added: "접수했어요.",
  addedBefore: "이미 같은 요청이 있어 그 요청을 열었어요.",
  pick: "왼쪽에서 요청을 골라 주세요",
  due: "답할 날",
  opened: "접수",
  subject: "고객 번호",
  steps: "지난 과정",
  identity: "본인 확인 기록",
  identityAsk: "어떻게 확인했나요?",
  start: "처리 시작",
  answer: "답변하기",
  answerAsk: "손님에게 보낼 답",
  answerHint: "보내면 손님에게 바로 전해져요. 삭제·탈퇴 요청이면 10분 뒤에 지워져요.",
  refuse: "거절하기",
  ground: "거절하는 까닭",
  explanation: "덧붙일 설명 (선택)",
  archive: "열람 파일 받기",
  archiveHint: "받은 기록이 남아요.",
  month: "달",
  viewer: "직원",
  times: "횟수",
  people: "고객 수",
  remarks: "살펴볼 점",
  noAccess: "이 달에는 가려진 정보를 본 사람이 없어요",
  review: "점검 마치기",
  reviewNote: "점검한 내용",
  reviewed: "점검을 마쳤어요",
  since: "언제부터",
  until: "언제까지",
  viewerId: "직원 번호 (선택)",
  find: "찾기",
  affectedHint: "정보가 새어 나갔을 때 알려야 할 고객을 찾아요.",
  noneAffected: "이 기간에 열람된 고객이 없어요",
  first: "처음",
  last: "마지막",
} as const;

export const privacyKinds: Record<string, string> = {
  access: "개인정보 열람",
  correction: "개인정보 정정",
  deletion: "개인정보 삭제",
  stop: "개인정보 처리정지",
  leave: "회원 탈퇴",
  automated_refusal: "자동 결정 거부",
  automated_explanation: "자동 결정 설명",
};

export const privacyChannels: Record<string, string> = {
  letter: "편지",
  phone: "전화",
  email: "이메일",
  in_person: "방문",
  chat: "채팅",
  web: "채팅",
  kakao: "카카오톡",
};

export const privacyStates: Record<PrivacyState, string> = {
  received: "본인 확인 전",
  identity_checked: "본인 확인됨",
  in_work: "처리 중",
  answered: "답변함",
  refused: "거절함",
  withdrawn: "취소됨",
};

export const refusalGrounds: Record<string, string> = {
  identity_not_proved: "본인인지 확인하지 못했어요",
  mandate_not_shown: "위임 서류를 확인하지 못했어요",
  another_person: "다른 분의 정보가 함께 있어요",
  legal_duty: "법에 따라 보관해야 해요",
};

/** Grounds that may be named before the identity was checked. */
export const groundsWithoutIdentity: readonly string[] = ["identity_not_proved", "mandate_not_shown"];

/** `3일 남음`, `오늘까지`, `2일 지남`. */
export function dueWords(days_left: number): string {
  if (days_left > 0) return `${days_left}일 남음`;
  return days_left === 0 ? "오늘까지" : `${-days_left}일 지남`;
}

/** How the bot let a person prove who they are. */
export const proofNames: Record<string, string> = { login: "로그인", code: "등록된 번호로 보낸 인증번호" };

/** A step of a privacy request as a sentence. */
export function stepWords(what: string): string {
  if (what in privacyStates) return what === "received" ? "접수" : privacyStates[what as PrivacyState];
  if (what === "archive") return "열람 파일을 만듦";
  if (what.startsWith("alarm")) return "기한 알림";
  if (what.startsWith("erasure")) return "정보 삭제";
  return what;
}
