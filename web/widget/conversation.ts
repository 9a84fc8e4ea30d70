/**
 * One conversation as the customer's page holds it: the live line in, the outbox out.
 *
 * It joins what arrives by `seq` and never invents a message; what the customer has just written is shown from
 * the outbox until the gateway has sent it back.
 */
import { Problem, request, Unreachable } from "../shared/api/client";
import type { RatingSaid } from "../shared/api/replies";
import type { ChatUpdate, Choice, CustomersTicket, Message, Owner } from "../shared/api/types";
import { lastSeq, mergeMessages } from "../shared/chat/messages";
import { Outbox, type Outgoing } from "../shared/chat/outbox";
import { newUuid } from "../shared/ids";
import { browser, socketAddress, wakeWithBrowser } from "../shared/live/browser";
import { LiveConnection, type LiveState } from "../shared/live/connection";
import { isMessagesEvent, isReadEvent, isTypingEvent, resume } from "../shared/live/socket-events";
import { TypingHeard, TypingTeller } from "../shared/live/typing";
import { Store } from "../shared/store";
import { type ChatSession, findOutgoing, keepOutgoing } from "./session";

const POLL_WAIT_S = 20;
const CHECK_AFTER_MS = 45_000;

interface Accepted {
  seq: number;
  moved_to?: ChatSession;
}

export interface ConversationState {
  messages: readonly Message[];
  owner: Owner;
  position: number | null;
  /** Expected seconds until a person takes over; null while none is there, or when not waiting. */
  wait_s: number | null;
  agentName: string | null;
  /** Whether the agent has said to be away for a moment. */
  isAgentAway: boolean;
  ticket: CustomersTicket | null;
  /** Up to which message the agent has read. */
  agentReadUpTo: number;
  live: LiveState;
  /** Whether the first answer of the gateway has arrived. */
  isLoaded: boolean;
}

export class Conversation {
  readonly state: Store<ConversationState>;
  readonly outbox: Outbox;
  readonly heard = new TypingHeard();
  readonly #teller = new TypingTeller((is_typing) => this.#connection.send({ type: "typing", is_typing }));
  #readUpTo = 0;
  readonly #session: ChatSession;
  readonly #onMoved: (session: ChatSession) => void;
  readonly #connection: LiveConnection;
  #stopWaking: () => void = () => undefined;

  /** `onMoved`: this conversation was merged into another, which has what was just written. */
  constructor(session: ChatSession, onMoved: (session: ChatSession) => void) {
    this.#session = session;
    this.#onMoved = onMoved;
    this.state = new Store<ConversationState>({
      messages: [],
      owner: "bot",
      position: null,
      wait_s: null,
      agentName: null,
      isAgentAway: false,
      ticket: null,
      agentReadUpTo: 0,
      live: "connecting",
      isLoaded: false,
    });
    this.outbox = new Outbox((outgoing) => this.#deliver(outgoing), findOutgoing());
    this.outbox.items.subscribe(() => keepOutgoing(this.outbox.items.value));
    this.#connection = new LiveConnection(this.#line(), browser);
  }

  open(): void {
    this.#connection.start();
    this.#stopWaking = wakeWithBrowser(this.#connection);
    void this.outbox.run();
  }

  leave(): void {
    this.#stopWaking();
    this.#connection.stop();
  }

  reconnect(): void {
    this.#connection.wake();
  }

  say(text: string): void {
    this.#teller.stop();
    this.outbox.add({ client_msg_id: newUuid(), text });
  }

  choose(choice: Choice): void {
    if (choice.id) this.outbox.add({ client_msg_id: newUuid(), text: choice.label, choice: choice.id });
  }

  /** The typing box holds this now; only a person on the other side is told. */
  typed(text: string): void {
    if (this.state.value.owner === "human") this.#teller.typed(text);
  }

  /** Everything here has been in sight: the agent may know. */
  read(): void {
    const up_to = lastSeq(this.state.value.messages);
    if (up_to > this.#readUpTo && this.#connection.send({ type: "read", up_to })) this.#readUpTo = up_to;
  }

  /** Wait for a person no longer; the bot goes on. */
  async leaveQueue(): Promise<void> {
    await this.#request("POST", "/api/chat/leave-queue", { body: {} });
    this.#connection.wake();
  }

  /** Leave a phone number or an e-mail address. */
  async leaveContact(contact: string): Promise<void> {
    const { ticket } = await this.#request<{ ticket: CustomersTicket }>("POST", "/api/chat/contact", {
      body: { contact },
    });
    this.state.patch({ ticket });
  }

  findRating(): Promise<RatingSaid> {
    return this.#request("GET", "/api/chat/rating", {});
  }

  /** Say how it was; returns what is known of it then. */
  async rate(score: number, words: string): Promise<RatingSaid> {
    await this.#request("POST", "/api/chat/rating", { body: { score, ...(words ? { words } : {}) } });
    return await this.findRating();
  }

  #line() {
    return {
      checkAfter_ms: CHECK_AFTER_MS,
      address: async (signal: AbortSignal) => {
        const { ticket } = await this.#request<{ ticket: string }>("POST", "/api/chat/tickets", { signal, body: {} });
        return socketAddress(`/api/chat/socket?ticket=${encodeURIComponent(ticket)}`);
      },
      greeting: () => resume(lastSeq(this.state.value.messages)),
      receive: (event: unknown) => {
        if (isMessagesEvent(event)) this.#update(event);
        else if (isReadEvent(event))
          this.state.patch({ agentReadUpTo: Math.max(event.seq, this.state.value.agentReadUpTo) });
        else if (isTypingEvent(event)) this.heard.hear(this.#session.conversation_id, event.is_typing);
      },
      poll: async (signal: AbortSignal, isFirst: boolean) => {
        const wait_s = isFirst ? 0 : POLL_WAIT_S;
        const path = `/api/chat/messages?after=${lastSeq(this.state.value.messages)}&wait_s=${wait_s}`;
        const timeout_ms = (wait_s + 10) * 1000;
        return this.#update(await this.#request<ChatUpdate>("GET", path, { signal, timeout_ms }));
      },
      isFinal: (error: unknown) => error instanceof Problem && [401, 403, 404].includes(error.status),
      onState: (live: LiveState) => {
        this.state.patch({ live });
        this.#readUpTo = 0;
        if (live === "live" && document.visibilityState === "visible") this.read();
        if (live === "live" || live === "polling") this.outbox.retry();
      },
    };
  }

  /** Take an update in; returns whether it told anything new. */
  #update(update: ChatUpdate): boolean {
    const before = this.state.value;
    const messages = mergeMessages(before.messages, update.messages);
    const now = {
      owner: update.owner,
      position: update.position,
      wait_s: update.estimated_wait_s ?? null,
      agentName: update.agent_name ?? null,
      isAgentAway: (update.agent_presence ?? "online") !== "online",
      ticket: update.ticket ?? null,
    };
    this.state.set({ ...before, ...now, messages, isLoaded: true });
    if (messages.some((message) => message.author === "agent" && message.seq > lastSeq(before.messages)))
      this.heard.hear(this.#session.conversation_id, false);
    this.outbox.settle(messages);
    return messages !== before.messages || now.owner !== before.owner || now.position !== before.position;
  }

  async #deliver(outgoing: Outgoing): Promise<{ seq: number }> {
    const { client_msg_id, text, choice } = outgoing;
    const body = choice === undefined ? { client_msg_id, text } : { client_msg_id, choice };
    try {
      const accepted = await this.#request<Accepted>("POST", "/api/chat/messages", { body });
      if (accepted.moved_to) this.#onMoved(accepted.moved_to);
      return accepted;
    } catch (error) {
      // The line is likely gone as well, though its socket may not have noticed.
      if (error instanceof Unreachable) this.#connection.wake();
      throw error;
    }
  }

  #request<T>(method: string, path: string, options: object): Promise<T> {
    return request<T>(method, path, { ...options, bearer: this.#session.token });
  }
}
