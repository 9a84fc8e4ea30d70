/** Which of an agent's customers wait for an answer, and who has waited longest: pure. */
import type { QueueItem } from "../shared/api/types";

/** Since when the customer waits for this agent; null when the last word was the agent's, or the talk is put aside. */
export function answerAwaitedSince(item: QueueItem): string | null {
  if (item.owner !== "human" || item.snoozed_until) return null;
  return item.last_author === "customer" ? item.last_at : null;
}

/** The conversation whose customer has waited longest, of at least two that wait: with one there is nothing to choose. */
export function longestWaiting(mine: readonly QueueItem[]): string | null {
  const waiting = mine.flatMap((item) => {
    const since = answerAwaitedSince(item);
    return since ? [{ id: item.conversation_id, since_ms: Date.parse(since) }] : [];
  });
  if (waiting.length < 2) return null;
  return waiting.reduce((oldest, one) => (one.since_ms < oldest.since_ms ? one : oldest)).id;
}
