/** Pure questions to the two lists of the desk. */
import type { ConversationDetail, QueueItem } from "../shared/api/types";

type Details = Readonly<Record<string, ConversationDetail>>;

/** Return `next` in the order in which its conversations were first seen: an agent's own list must not jump about. */
export function inKnownOrder(known: readonly string[], next: readonly QueueItem[]): QueueItem[] {
  const place = new Map(known.map((conversation_id, index) => [conversation_id, index]));
  const placed = next.filter((item) => place.has(item.conversation_id));
  placed.sort((a, b) => (place.get(a.conversation_id) ?? 0) - (place.get(b.conversation_id) ?? 0));
  return [...placed, ...next.filter((item) => !place.has(item.conversation_id))];
}

/** Whether the transcript held here is older than the list's line says. */
export function isBehind(item: QueueItem, details: Details): boolean {
  const detail = details[item.conversation_id];
  if (!detail || detail.version !== item.version) return true;
  const end = detail.messages.at(-1);
  return item.last_seq === undefined ? end?.at !== item.last_at : (end?.seq ?? 0) < item.last_seq;
}

/** Return the waiting conversations that were not known before; none when nothing was known yet. */
export function newlyWaiting(
  known: readonly QueueItem[] | null,
  mine: readonly QueueItem[] | null,
  queue: readonly QueueItem[],
): QueueItem[] {
  if (!known) return [];
  const seen = new Set([...known, ...(mine ?? [])].map((item) => item.conversation_id));
  return queue.filter((item) => !seen.has(item.conversation_id));
}
