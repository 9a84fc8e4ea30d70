/** What an agent with several conversations has not read yet: pure counting by message number. */
import type { Message } from "../shared/api/types";

export type LastRead = Readonly<Record<string, number>>;

/** Count the customer's messages after the last one read. */
export function unreadCount(messages: readonly Message[], lastRead: number | undefined): number {
  if (lastRead === undefined) return 0;
  return messages.filter((message) => message.author === "customer" && message.seq > lastRead).length;
}

/** Return `lastRead` with a conversation read up to its end; the same object when nothing changes. */
export function markRead(lastRead: LastRead, conversation_id: string, messages: readonly Message[]): LastRead {
  const end = messages.at(-1)?.seq ?? 0;
  if ((lastRead[conversation_id] ?? -1) >= end) return lastRead;
  return { ...lastRead, [conversation_id]: end };
}

/** The agent's last message that the customer has seen: there the page says so; null when there is none. */
export function readMarkSeq(messages: readonly Message[], read_up_to: number | null | undefined): number | null {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message?.author === "agent" && message.seq <= (read_up_to ?? 0)) return message.seq;
  }
  return null;
}
