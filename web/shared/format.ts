/** How moments, spans and names of days are written; Seoul time whatever the browser's zone. */

// The numbers come from the browser, the words from here: browsers differ in their Korean, some lack it.
const inSeoul = new Intl.DateTimeFormat("en-US", {
  timeZone: "Asia/Seoul",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  weekday: "short",
  hour: "numeric",
  minute: "numeric",
});
const weekdays: Record<string, string> = {
  Sun: "일",
  Mon: "월",
  Tue: "화",
  Wed: "수",
  Thu: "목",
  Fri: "금",
  Sat: "토",
};

interface Parts {
  year: number;
  month: number;
  day: number;
  weekday: string;
  hour: number;
  minute: number;
}

function partsOf(at: string): Parts | null {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return null;
  const found = Object.fromEntries(inSeoul.formatToParts(moment).map((part) => [part.type, part.value]));
  const number = (name: string) => Number(found[name] ?? 0);
  return {
    year: number("year"),
    month: number("month"),
    day: number("day"),
    weekday: weekdays[found["weekday"] ?? ""] ?? "",
    hour: number("hour"),
    minute: number("minute"),
  };
}

/** `오후 3:05`; empty when `at` is not a moment, as with all of these. */
export function timeOfDay(at: string): string {
  const parts = partsOf(at);
  if (!parts) return "";
  const half = parts.hour < 12 ? "오전" : "오후";
  return `${half} ${parts.hour % 12 || 12}:${String(parts.minute).padStart(2, "0")}`;
}

/** Hour of the day, 0–23. */
export function hourOf(at: string): number {
  return partsOf(at)?.hour ?? 0;
}

/** `11월 22일(일)` */
export function dayOf(at: string): string {
  const parts = partsOf(at);
  return parts ? `${parts.month}월 ${parts.day}일(${parts.weekday})` : "";
}

/** `2026-11` */
export function monthOf(at: string): string {
  const parts = partsOf(at);
  return parts ? `${parts.year}-${String(parts.month).padStart(2, "0")}` : "";
}

/** `2026년 11월 22일` */
export function fullDay(at: string): string {
  const parts = partsOf(at);
  return parts ? `${parts.year}년 ${parts.month}월 ${parts.day}일` : "";
}

/** `11월 22일(일) 오후 3:05` */
export function dayAndTime(at: string): string {
  return `${dayOf(at)} ${timeOfDay(at)}`.trim();
}

/** `40초`, `3분 20초`, `1시간 5분`; never negative. */
export function span(from: string, now_ms: number): string {
  const seconds = (now_ms - new Date(from).getTime()) / 1000;
  return Number.isFinite(seconds) ? spanOf(seconds) : "";
}

/** The same of a number of seconds. */
export function spanOf(exact_s: number): string {
  const seconds = Math.max(0, Math.floor(exact_s));
  if (seconds < 60) return `${seconds}초`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}분 ${seconds % 60}초`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}시간 ${minutes % 60}분`;
  return `${Math.floor(minutes / (24 * 60))}일`;
}

/** `3분`, `1시간 5분`, `2일`: where seconds would only flicker. */
export function roughSpanOf(exact_s: number): string {
  const minutes = Math.ceil(Math.max(0, exact_s) / 60);
  if (minutes < 60) return `${minutes}분`;
  if (minutes < 24 * 60)
    return minutes % 60 ? `${Math.floor(minutes / 60)}시간 ${minutes % 60}분` : `${minutes / 60}시간`;
  return `${Math.floor(minutes / (24 * 60))}일`;
}

/** `오후 3:05까지`; of another day `11/23 오전 9:20까지`. */
export function untilWords(until_ms: number, now_ms: number): string {
  const until = new Date(until_ms).toISOString();
  const [parts, now] = [partsOf(until), partsOf(new Date(now_ms).toISOString())];
  if (!parts || !now) return "";
  const isToday = parts.month === now.month && parts.day === now.day;
  return `${isToday ? "" : `${parts.month}/${parts.day} `}${timeOfDay(until)}까지`;
}

/** `93%` from a ratio. */
export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}
