/** Moments an agent picks: ready ones to put a conversation aside until, and what a field without a zone holds: pure. */
import { asideWords } from "../shared/words/flow";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const SEOUL_AHEAD_MS = 9 * 60 * MINUTE_MS;
const MORNING_MS = 9 * 60 * MINUTE_MS;

export interface Choice {
  name: string;
  until: string;
}

export function snoozeChoices(now_ms: number): Choice[] {
  const todayInSeoul_ms = Math.floor((now_ms + SEOUL_AHEAD_MS) / DAY_MS) * DAY_MS - SEOUL_AHEAD_MS;
  return [
    { name: asideWords.in30, until: rfc3339(now_ms + 30 * MINUTE_MS) },
    { name: asideWords.in120, until: rfc3339(now_ms + 120 * MINUTE_MS) },
    { name: asideWords.tomorrow, until: rfc3339(todayInSeoul_ms + DAY_MS + MORNING_MS) },
  ];
}

/** What a `datetime-local` field holds as a moment of Seoul; null while it is not whole. */
export function fromLocal(field: string): string | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(field) ? `${field}:00+09:00` : null;
}

function rfc3339(at_ms: number): string {
  return new Date(at_ms).toISOString().replace(/\.\d+Z$/, "Z");
}
