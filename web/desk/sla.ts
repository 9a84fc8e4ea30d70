/** A ticket's clocks as an agent has to see them: what runs out next, how soon, and whether that is late: pure. */
import type { SlaClock, Ticket } from "../shared/api/flow";
import { roughSpanOf, untilWords } from "../shared/format";
import { clockNames, slaWords } from "../shared/words/tickets";

/** `calm`: time enough; `soon`: a quarter of the target is left; `late`: it was missed; `paused`: ours is nothing to do. */
export type Level = "calm" | "soon" | "late" | "paused" | "done";

export interface SlaState {
  level: Level;
  /** With the mark that says the same as the colour. */
  words: string;
}

const SOON_RATIO = 0.25;

/** How one clock stands. */
export function clockState(clock: SlaClock, now_ms: number): SlaState {
  const name = clockNames[clock.kind];
  if (clock.state === "done") {
    return { level: clock.breached ? "late" : "done", words: slaWords.done(name, clock.breached === true) };
  }
  const due_ms = clock.due_at ? Date.parse(clock.due_at) : Number.NaN;
  if (clock.state === "paused" || Number.isNaN(due_ms)) {
    const isLate = clock.breached === true || clock.spent_s > clock.target_s;
    return { level: isLate ? "late" : "paused", words: slaWords.paused(name, isLate) };
  }
  const left_s = (due_ms - now_ms) / 1000;
  if (left_s <= 0) return { level: "late", words: slaWords.late(name, roughSpanOf(-left_s)) };
  // More time than the whole target: the team rests in between, and what counts is until when, not how long.
  if (left_s > clock.target_s) return { level: "calm", words: slaWords.until(name, untilWords(due_ms, now_ms)) };
  const level = left_s <= clock.target_s * SOON_RATIO ? "soon" : "calm";
  return { level, words: slaWords.left(name, roughSpanOf(left_s), level === "soon") };
}

/** The clock that runs out first, of those that run; null when none does. */
export function nextClock(ticket: Pick<Ticket, "clocks">): SlaClock | null {
  const running = ticket.clocks.filter((clock) => clock.state === "running" && clock.due_at);
  running.sort((a, b) => Date.parse(a.due_at ?? "") - Date.parse(b.due_at ?? ""));
  return running[0] ?? null;
}

/** The newest ticket of each conversation. */
export function byConversation(tickets: readonly Ticket[]): Record<string, Ticket> {
  const found: Record<string, Ticket> = {};
  for (const ticket of tickets) {
    const other = found[ticket.conversation_id];
    if (!other || Date.parse(other.opened_at) < Date.parse(ticket.opened_at)) found[ticket.conversation_id] = ticket;
  }
  return found;
}
