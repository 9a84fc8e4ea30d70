/** How moments, spans and names of days are written; Seoul time whatever the browser's zone. */

const ZONE = "Asia/Seoul";
const clock = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ko-KR", { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });
const dayWithYear = new Intl.DateTimeFormat("ko-KR", {
  timeZone: ZONE,
  year: "numeric",
  month: "long",
  day: "numeric",
});

/** `오후 3:05`; empty when `at` is not a moment. */
export function timeOfDay(at: string): string {
  return write(clock, at);
}

/** `11월 22일 (일)` */
export function dayOf(at: string): string {
  return write(day, at);
}

/** `2026년 11월 22일` */
export function fullDay(at: string): string {
  return write(dayWithYear, at);
}

/** `11월 22일 (일) 오후 3:05` */
export function dayAndTime(at: string): string {
  return `${dayOf(at)} ${timeOfDay(at)}`.trim();
}

function write(format: Intl.DateTimeFormat, at: string): string {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? "" : format.format(moment);
}

/** `40초`, `3분 20초`, `1시간 5분`; never negative. */
export function span(from: string, now_ms: number): string {
  const seconds = Math.max(0, Math.floor((now_ms - new Date(from).getTime()) / 1000));
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `${seconds}초`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}분 ${seconds % 60}초`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}시간 ${minutes % 60}분`;
  return `${Math.floor(minutes / (24 * 60))}일`;
}

/** `93%` from a ratio. */
export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}
