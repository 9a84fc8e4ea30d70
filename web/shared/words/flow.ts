/** What the desk says about who takes what: offers, presence, putting aside. */

export const offerWords = {
  title: "새 상담 배정",
  accept: "받기",
  decline: "넘기기",
  declined: "다음 상담원에게 넘겼어요.",
} as const;
