/** Korean for the shop's and the bot's codes, as agents read them. Unknown codes are shown as they are. */

export const statusNames: Readonly<Record<string, string>> = {
  received: "주문 접수",
  paid: "결제 완료",
  packed: "포장 완료",
  shipped: "발송",
  in_transit: "배송 중",
  delivered: "배송 완료",
  cancelled: "취소됨",
  merged: "다른 주문과 합침",
  returned: "반품",
};

export const blockReasons: Readonly<Record<string, string>> = {
  info_mismatch: "정보 불일치",
  sms_failures: "인증번호 여러 번 틀림",
  abnormal_access: "평소와 다른 접속",
  identity_misuse: "명의 도용 의심",
  other: "그 밖의 사유",
};

export const resultNames: Readonly<Record<string, string>> = { success: "성공", failure: "실패" };

export const causeNames: Readonly<Record<string, string>> = {
  sms_not_received: "인증번호가 오지 않음",
  pass_app: "PASS 앱 없음·미가입",
  pass_not_installed: "PASS 앱 없음·미가입",
  browser: "브라우저 문제",
  info_mismatch: "정보 불일치",
  network: "통신 문제",
};

/** Keys of verification counts that are no names of their own. */
export const plainNames: Readonly<Record<string, string>> = {
  unknown: "알 수 없음",
  none: "없음",
  other: "그 밖",
};

export const grantKinds: Readonly<Record<string, string>> = {
  points: "적립금",
  coupon: "쿠폰",
  free_shipping: "무료 배송 쿠폰",
  free_shipping_coupon: "무료 배송 쿠폰",
  resend: "다시 보내기",
};

/** Empty: not worth telling an agent. */
export const actionNames: Readonly<Record<string, string>> = {
  action_verification_advice: "본인 확인 안내",
  action_verification_history: "본인 확인 기록 조회",
  action_verification_alternatives: "다른 인증 수단 안내",
  action_block_status: "이용 제한 조회",
  action_unblock: "이용 제한 풀기",
  action_delivery_status: "배송 조회",
  action_delivery_change: "배송지·날짜 변경",
  action_not_received: "못 받은 상품 확인",
  action_order_history: "지난 주문 조회",
  action_order_detail: "주문 상세 조회",
  action_order_compare: "주문 비교",
  action_select_order: "주문 고르기",
  action_case: "주문 문제 접수",
  action_order_cancel: "주문 취소",
  action_order_change: "주문 변경",
  action_return: "반품·교환",
  action_refund_status: "환불 조회",
  action_receipt: "영수증",
  action_benefits_balance: "적립금·쿠폰 조회",
  action_coupon_terms: "쿠폰 조건 안내",
  action_compensation: "보상 안내",
  action_privacy_request: "개인정보 요청",
  action_consent_withdraw: "동의 철회",
  action_notification_settings: "알림 설정",
  action_terms_question: "약관 안내",
  action_facts: "자주 묻는 것 안내",
  action_not_solved: "다시 살펴보기",
  action_take_back: "이어받기",
  action_pass_to_agent: "상담원에게 넘기기",
  action_human_agent: "상담원 부르기",
  action_not_understood: "다시 여쭤보기",
  action_understood: "",
  action_affirm: "",
  action_deny: "",
  action_small_talk: "",
};

export const entityNames: Readonly<Record<string, string>> = {
  order_id: "주문번호",
  product: "상품",
  date: "날짜",
  amount: "금액",
  phone: "전화번호",
  tracking_no: "운송장번호",
  carrier: "통신사",
  auth_method: "인증 수단",
  browser: "브라우저",
  error_code: "오류 코드",
  privacy_right: "요청 권리",
};
