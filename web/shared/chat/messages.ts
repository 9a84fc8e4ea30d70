/**
 * Pure rules for a list of messages: joining what arrives, and what still can be answered.
 *
 * The gateway numbers the messages of a conversation; numbers decide order and sameness, arrival does not.
 */

import type { Message, Owner } from "../api/types";
import { fullDay } from "../format";

/** Return both lists as one in order of `seq`, each number once; the same list if nothing is new. */
export function mergeMessages(known: readonly Message[], arrived: readonly Message[]): readonly Message[] {
  const seen = new Set(known.map((message) => message.seq));
  const fresh: Message[] = [];
  for (const message of arrived) {
    if (seen.has(message.seq)) continue;
    seen.add(message.seq);
    fresh.push(message);
  }
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => a.seq - b.seq);
}

/** Return the number after which the page has seen nothing; 0 when it has seen nothing at all. */
export function lastSeq(messages: readonly Message[]): number {
  return messages.at(-1)?.seq ?? 0;
}

/**
 * Return the number of the message whose buttons may still be pressed; null when there is none.
 *
 * Buttons belong to the bot's latest question: they end when the customer has gone on (`isSending` counts),
 * when a later message asks anew, or when the bot no longer has the conversation.
 */
export function answerableSeq(messages: readonly Message[], owner: Owner, isSending: boolean): number | null {
  if (owner !== "bot" || isSending) return null;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (!message || message.author === "customer" || message.author === "agent") return null;
    if (message.choices?.length) return message.seq;
  }
  return null;
}

/** Return the label of the button of `messages[index]` that the customer pressed, if one was. */
export function chosenLabel(messages: readonly Message[], index: number): string | null {
  const labels = messages[index]?.choices?.map((choice) => choice.label) ?? [];
  const reply = messages.slice(index + 1).find((message) => message.author === "customer");
  return reply && labels.includes(reply.text) ? reply.text : null;
}

const SAME_BREATH_MS = 3 * 60 * 1000;

/** Whether `messages[index]` goes on right after one of the same author, so that the name need not be said again. */
export function isFollowing(messages: readonly Message[], index: number): boolean {
  const [before, message] = [messages[index - 1], messages[index]];
  if (!before || !message || startsDay(messages, index)) return false;
  if (before.author !== message.author || (before.author_name ?? null) !== (message.author_name ?? null)) return false;
  return Date.parse(message.at) - Date.parse(before.at) < SAME_BREATH_MS;
}

/** Whether a new day begins with `messages[index]`, as days are in Seoul. */
export function startsDay(messages: readonly Message[], index: number): boolean {
  const [before, message] = [messages[index - 1], messages[index]];
  if (!message) return false;
  return !before || fullDay(before.at) !== fullDay(message.at);
}

/** The customer's last message while nobody has answered it, if the agent has read it: there the page says so. */
export function readByAgentSeq(messages: readonly Message[], agentReadUpTo: number): number | null {
  const last = messages.findLast((message) => message.author === "customer" || message.author === "agent");
  return last?.author === "customer" && last.seq <= agentReadUpTo ? last.seq : null;
}
