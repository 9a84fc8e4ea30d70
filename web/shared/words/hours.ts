/** What the page of opening hours says. */

export const hoursWords = {
  title: "상담 시간",
  hint: "이 시간 밖에는 손님에게 언제 다시 답하는지 알려 드리고, 답할 시간도 멈춰요.",
  open: "지금 열려 있어요",
  closed: "지금 닫혀 있어요",
  opens: "부터 열어요",
  edit: "바꾸기",
  holidays: "공휴일에 쉬어요",
  closedDays: "따로 쉬는 날",
  closedDaysHint: "2026-12-31처럼, 쉼표로 나눠 적어요",
  spansHint: "09:00-18:00처럼, 비우면 쉬어요",
  off: "쉼",
  save: "저장",
  saved: "상담 시간을 바꿨어요.",
  skills: "맡는 일",
} as const;

export const weekdayNames: Readonly<Record<string, string>> = {
  mon: "월",
  tue: "화",
  wed: "수",
  thu: "목",
  fri: "금",
  sat: "토",
  sun: "일",
};
