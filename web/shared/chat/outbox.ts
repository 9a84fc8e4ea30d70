/**
 * Messages on their way out of this page: sent one after another, tried again under the same `client_msg_id`
 * (the gateway stores it once), kept until they are seen in the conversation.
 *
 * Nothing typed is lost here: what cannot be sent stays, and is saved with the page's session.
 */
import { isPassing } from "../api/client";
import type { Message } from "../api/types";
import { backoffMs } from "../live/backoff";
import { Store } from "../store";

export interface Outgoing {
  client_msg_id: string;
  text: string;
  /** Set when a button was pressed instead of text typed. */
  choice?: string;
  state: "sending" | "sent" | "failed" | "rejected";
  /** The number the gateway gave it, once accepted. */
  seq?: number;
  /** Why it was rejected, for the words shown. */
  error?: unknown;
}

export type Deliver = (outgoing: Outgoing) => Promise<{ seq?: number }>;

/** Some ten seconds: as long as a restart may take before anybody has to press a button. */
const TRIES = 7;

export class Outbox {
  readonly items: Store<readonly Outgoing[]>;
  readonly #deliver: Deliver;
  readonly #pause: (delay_ms: number) => Promise<void>;
  #isRunning = false;
  /** The conversation as last seen: an echo over the socket may come before the answer to the request. */
  #messages: readonly Message[] = [];

  constructor(
    deliver: Deliver,
    kept: readonly Outgoing[] = [],
    pause: (delay_ms: number) => Promise<void> = (delay_ms) => new Promise((done) => setTimeout(done, delay_ms)),
  ) {
    this.#deliver = deliver;
    this.#pause = pause;
    this.items = new Store<readonly Outgoing[]>(kept.filter((item) => item.state !== "sent"));
  }

  add(outgoing: Omit<Outgoing, "state">): void {
    this.items.set([...this.items.value, { ...outgoing, state: "sending" }]);
    void this.run();
  }

  /** Try everything again that failed for a passing reason. */
  retry(): void {
    this.items.set(this.items.value.map((item) => (item.state === "failed" ? { ...item, state: "sending" } : item)));
    void this.run();
  }

  remove(client_msg_id: string): void {
    this.items.set(this.items.value.filter((item) => item.client_msg_id !== client_msg_id));
  }

  /** Forget what has arrived in the conversation. */
  settle(messages: readonly Message[]): void {
    this.#messages = messages;
    const left = unsettled(this.items.value, messages);
    if (left.length !== this.items.value.length) this.items.set(left);
  }

  /** Send what waits, in order; a second call while one runs does nothing. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) await this.#send(next);
    } finally {
      this.#isRunning = false;
    }
  }

  #next(): Outgoing | undefined {
    return this.items.value.find((item) => item.state === "sending");
  }

  async #send(item: Outgoing): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      try {
        const { seq } = await this.#deliver(item);
        return this.#change(item, seq === undefined ? { state: "sent" } : { state: "sent", seq });
      } catch (error) {
        if (!isPassing(error)) return this.#change(item, { state: "rejected", error });
      }
      if (attempt < TRIES - 1) await this.#pause(backoffMs(attempt, 1));
    }
    // Later ones would overtake this one: they wait for the same button.
    this.items.set(
      this.items.value.map((other) => (other.state === "sending" ? { ...other, state: "failed" } : other)),
    );
  }

  #change(item: Outgoing, part: Partial<Outgoing>): void {
    const changed = (other: Outgoing) => (other.client_msg_id === item.client_msg_id ? { ...other, ...part } : other);
    this.items.set(unsettled(this.items.value.map(changed), this.#messages));
  }
}

/** Return what has not yet been seen among `messages`, neither by the page's id nor by the gateway's number. */
export function unsettled(items: readonly Outgoing[], messages: readonly Message[]): readonly Outgoing[] {
  const seqs = new Set(messages.map((message) => message.seq));
  const ids = new Set(messages.map((message) => message.client_msg_id));
  return items.filter((item) => !ids.has(item.client_msg_id) && (item.seq === undefined || !seqs.has(item.seq)));
}
