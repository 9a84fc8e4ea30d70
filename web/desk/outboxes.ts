/** The messages on their way, an outbox for each conversation; kept with the tab, so that a reload loses none. */
import type { Message } from "../shared/api/types";
import { Outbox, type Outgoing } from "../shared/chat/outbox";
import { recall, remember } from "../shared/keep";

type Deliver = (conversation_id: string, item: Outgoing) => Promise<{ seq?: number }>;

export class Outboxes {
  readonly #key: (conversation_id: string) => string;
  readonly #deliver: Deliver;
  readonly #known = new Map<string, Outbox>();

  constructor(key: (conversation_id: string) => string, deliver: Deliver) {
    this.#key = key;
    this.#deliver = deliver;
  }

  of(conversation_id: string): Outbox {
    const known = this.#known.get(conversation_id);
    if (known) return known;
    const key = this.#key(conversation_id);
    const outbox = new Outbox((item) => this.#deliver(conversation_id, item), recall<Outgoing[]>(key) ?? []);
    outbox.items.subscribe(() => remember(key, outbox.items.value.length ? outbox.items.value : null));
    this.#known.set(conversation_id, outbox);
    void outbox.run();
    return outbox;
  }

  retry(): void {
    for (const outbox of this.#known.values()) outbox.retry();
  }

  /** These messages have arrived: what was sent with their ids is on its way no longer. */
  settle(conversation_id: string, messages: readonly Message[]): void {
    this.#known.get(conversation_id)?.settle(messages);
  }
}
