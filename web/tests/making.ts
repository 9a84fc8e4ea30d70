/** Small makers of values for tests. */
import type { Message, Offer, QueueItem } from "../shared/api/types";

export function message(seq: number, part: Partial<Message> = {}): Message {
  return {
    seq,
    author: "customer",
    text: `${seq}`,
    at: `2026-11-22T01:00:${String(seq % 60).padStart(2, "0")}Z`,
    ...part,
  };
}

export function item(conversation_id: string, part: Partial<QueueItem> = {}): QueueItem {
  return {
    conversation_id,
    channel: "web",
    owner: "waiting",
    version: 1,
    customer: null,
    verified: true,
    reason: null,
    skill: null,
    priority: 0,
    waiting_since: null,
    summary: null,
    last_text: null,
    last_author: null,
    last_at: null,
    ...part,
  };
}

export function offer(offer_id: string, part: Partial<Offer> = {}): Offer {
  return {
    offer_id,
    offered_at: "2026-11-22T01:00:00Z",
    due_at: "2026-11-22T01:00:20Z",
    seconds_left: 20,
    conversation: item(offer_id),
    ...part,
  };
}
