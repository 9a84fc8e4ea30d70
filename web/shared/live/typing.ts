/**
 * That somebody is typing, both ways: a hint that may get lost, so it is repeated while it holds and ends by itself.
 */
import { Store } from "../store";

const REPEAT_MS = 3_000;
const IDLE_MS = 5_000;
/** Longer than the pause between two repeats, so that the dots do not blink. */
const SHOWN_MS = 7_000;

/** Tells the other side that this one types: at once, then every few seconds, and that it has stopped. */
export class TypingTeller {
  readonly #tell: (isTyping: boolean) => void;
  #told_ms = Number.NEGATIVE_INFINITY;
  #isTold = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell;
  }

  /** The box holds this text now. */
  typed(text: string): void {
    if (text.trim() === "") {
      this.stop();
      return;
    }
    const now_ms = Date.now();
    if (!this.#isTold || now_ms - this.#told_ms >= REPEAT_MS) {
      this.#told_ms = now_ms;
      this.#isTold = true;
      this.#tell(true);
    }
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), IDLE_MS);
  }

  stop(): void {
    clearTimeout(this.#idle);
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#tell(false);
  }
}

/** Who types on the other side, by conversation; what was not repeated for a while counts no longer. */
export class TypingHeard {
  readonly typing = new Store<ReadonlySet<string>>(new Set());
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  hear(conversation_id: string, isTyping: boolean): void {
    clearTimeout(this.#timers.get(conversation_id));
    this.#timers.delete(conversation_id);
    if (isTyping)
      this.#timers.set(
        conversation_id,
        setTimeout(() => this.hear(conversation_id, false), SHOWN_MS),
      );
    if (this.typing.value.has(conversation_id) === isTyping) return;
    const next = new Set(this.typing.value);
    if (isTyping) next.add(conversation_id);
    else next.delete(conversation_id);
    this.typing.set(next);
  }
}
