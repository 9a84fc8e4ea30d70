/**
 * The conversations that the desk follows over its socket: which to watch, who types, how far customers have read.
 *
 * Following only makes things quicker. Whatever is lost with a socket is found by the lists, as without it.
 */
import type { ConversationDetail } from "../shared/api/types";
import { lastSeq, mergeMessages } from "../shared/chat/messages";
import { isReadEvent, isTypingEvent, isWatchedEvent, type WatchedEvent } from "../shared/live/socket-events";
import { TypingHeard, TypingTeller } from "../shared/live/typing";

/** The gateway follows no more than this for one page. */
const MOST = 20;

type Details = Readonly<Record<string, ConversationDetail>>;

/** What following needs of the desk. */
export interface Talks {
  /** False, and nothing is sent, while there is no socket. */
  send(event: unknown): boolean;
  find(conversation_id: string): ConversationDetail | undefined;
  put(detail: ConversationDetail): void;
  fetch(conversation_id: string): void;
}

export class Following {
  /** Customers who are typing. */
  readonly heard = new TypingHeard();
  readonly #talks: Talks;
  readonly #tellers = new Map<string, TypingTeller>();
  readonly #watched = new Set<string>();
  /** Up to where the agent has read, and up to where the gateway knows it. */
  readonly #read = new Map<string, number>();
  readonly #told = new Map<string, number>();

  constructor(talks: Talks) {
    this.#talks = talks;
  }

  /** The reply box of a conversation holds this now. */
  typed(conversation_id: string, text: string): void {
    const known = this.#tellers.get(conversation_id);
    const tell = (is_typing: boolean) => this.#talks.send({ type: "typing", conversation_id, is_typing });
    const teller = known ?? new TypingTeller(tell);
    if (!known) this.#tellers.set(conversation_id, teller);
    teller.typed(text);
  }

  sent(conversation_id: string): void {
    this.#tellers.get(conversation_id)?.stop();
  }

  /** Everything up to here has been in sight: the customer may know. */
  read(conversation_id: string, up_to: number): void {
    this.#read.set(conversation_id, up_to);
    this.#tellRead(conversation_id);
  }

  /** Nothing is watched over a new socket, nor told. */
  forget(): void {
    this.#watched.clear();
    this.#told.clear();
  }

  /** Watch these, of which the transcript is here, and no others. */
  follow(wanted: readonly string[], details: Details): void {
    const now = new Set(wanted.filter((id) => details[id]).slice(0, MOST));
    for (const id of [...this.#watched]) {
      if (!now.has(id) && this.#talks.send({ type: "unwatch", conversation_id: id })) this.#watched.delete(id);
    }
    for (const id of now) {
      if (this.#watched.has(id)) continue;
      const after = lastSeq(details[id]?.messages ?? []);
      if (this.#talks.send({ type: "watch", conversation_id: id, after })) this.#watched.add(id);
      this.#tellRead(id);
    }
  }

  #tellRead(conversation_id: string): void {
    const up_to = this.#read.get(conversation_id) ?? 0;
    if (!this.#watched.has(conversation_id) || up_to <= (this.#told.get(conversation_id) ?? 0)) return;
    if (this.#talks.send({ type: "read", conversation_id, up_to })) this.#told.set(conversation_id, up_to);
  }

  receive(event: unknown): void {
    if (isWatchedEvent(event)) this.#take(event);
    else if (isTypingEvent(event) && event.conversation_id) this.heard.hear(event.conversation_id, event.is_typing);
    else if (isReadEvent(event) && event.conversation_id) {
      const detail = this.#talks.find(event.conversation_id);
      if (detail && event.seq > (detail.read_up_to ?? 0)) this.#talks.put({ ...detail, read_up_to: event.seq });
    }
  }

  #take(event: WatchedEvent): void {
    const detail = this.#talks.find(event.conversation_id);
    if (!detail) return;
    const next = withNews(detail, event);
    if (!next) {
      this.#talks.fetch(event.conversation_id);
      return;
    }
    if (event.messages.some((message) => message.author === "customer")) this.heard.hear(event.conversation_id, false);
    this.#talks.put(next);
  }
}

/**
 * Return the conversation with what an event brought; null when the event skips something that is not here, so that
 * it has to be fetched whole.
 */
export function withNews(detail: ConversationDetail, event: WatchedEvent): ConversationDetail | null {
  const first = event.messages[0]?.seq;
  if (first !== undefined && first > lastSeq(detail.messages) + 1) return null;
  // Who takes part, what is put aside: of another version more has changed than the event says.
  if (event.version > detail.version) return null;
  return {
    ...detail,
    messages: [...mergeMessages(detail.messages, event.messages)],
    notes: event.notes ?? detail.notes,
    read_up_to: Math.max(detail.read_up_to ?? 0, event.read_up_to ?? 0),
  };
}
