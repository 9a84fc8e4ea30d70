/**
 * Every event that travels over a WebSocket, in both directions, in one place.
 *
 * Chat socket: the page says up to which message it has seen everything, the gateway answers with what came after,
 * at once and again on every change. Desk socket: hints on which the page asks for its lists, and the messages of the
 * conversations it watches; what is lost with a socket is fetched, so a lost event costs a delay, never a message.
 */
import type { ChatUpdate, Message, Note, Owner } from "../api/types";

/** Page → gateway, chat socket. */
export interface ResumeEvent {
  type: "resume";
  after: number;
}

/** Page → gateway. On the desk's socket with the conversation it is about. */
export interface TypingOut {
  type: "typing";
  is_typing: boolean;
  conversation_id?: string;
}

/** Page → gateway: every message up to here has been seen. On the desk's socket with the conversation it is about. */
export interface ReadOut {
  type: "read";
  up_to: number;
  conversation_id?: string;
}

/** Page → gateway, desk socket. */
export type WatchOut =
  | { type: "watch"; conversation_id: string; after: number }
  | { type: "unwatch"; conversation_id: string };

/** Gateway → page, chat socket. */
export interface MessagesEvent extends ChatUpdate {
  type: "messages";
}

/** Gateway → page, desk socket: something has changed, ask. */
export type DeskEvent = { type: "queue" } | { type: "mine" } | { type: "conversation"; conversation_id: string };

/** Gateway → page, desk socket: what is new in a conversation that the page watches. */
export interface WatchedEvent {
  type: "messages";
  conversation_id: string;
  messages: Message[];
  owner: Owner;
  version: number;
  agent: { agent_id: string; name: string } | null;
  notes?: Note[];
  /** The customer has seen every message up to here. */
  read_up_to?: number | null;
}

export interface TypingEvent {
  type: "typing";
  author: "customer" | "agent";
  is_typing: boolean;
  conversation_id?: string;
}

export interface ReadEvent {
  type: "read";
  /** On the desk's socket alone: which conversation's customer it was. A customer hears of their agent. */
  conversation_id?: string;
  seq: number;
}

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

export function isWatchedEvent(event: unknown): event is WatchedEvent {
  return isMessagesEvent(event) && typeof (event as { conversation_id?: unknown }).conversation_id === "string";
}

export function isTypingEvent(event: unknown): event is TypingEvent {
  return typeOf(event) === "typing" && typeof (event as TypingEvent).is_typing === "boolean";
}

export function isReadEvent(event: unknown): event is ReadEvent {
  return typeOf(event) === "read" && typeof (event as ReadEvent).seq === "number";
}

function typeOf(event: unknown): unknown {
  return typeof event === "object" && event !== null ? (event as { type?: unknown }).type : undefined;
}
