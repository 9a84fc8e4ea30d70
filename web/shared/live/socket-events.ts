/**
 * Every event that travels over a WebSocket, in both directions, in one place.
 *
 * Chat socket: the page says up to which message it has seen everything, the gateway answers with what came after,
 * at once and again on every change. Desk socket: only hints; the page asks for the data itself, so a lost hint
 * costs a delay, never a message.
 */
import type { ChatUpdate } from "../api/types";

/** Page → gateway, chat socket. */
export interface ResumeEvent {
  type: "resume";
  after: number;
}

/** Gateway → page, chat socket. */
export interface MessagesEvent extends ChatUpdate {
  type: "messages";
}

/** Gateway → page, desk socket. */
export type DeskEvent = { type: "queue" } | { type: "mine" } | { type: "conversation"; conversation_id: string };

export function resume(after: number): ResumeEvent {
  return { type: "resume", after };
}

export function isMessagesEvent(event: unknown): event is MessagesEvent {
  return typeOf(event) === "messages" && Array.isArray((event as MessagesEvent).messages);
}

export function isDeskEvent(event: unknown): event is DeskEvent {
  const type = typeOf(event);
  return type === "queue" || type === "mine" || type === "conversation";
}

function typeOf(event: unknown): unknown {
  return typeof event === "object" && event !== null ? (event as { type?: unknown }).type : undefined;
}
