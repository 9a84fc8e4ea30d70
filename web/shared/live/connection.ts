/**
 * The live line between a page and the gateway: a WebSocket that is opened again whenever it is lost, and long polling
 * where sockets do not get through.
 *
 * It owns reconnecting (backoff with jitter, woken early when the network returns), the silence check, and the
 * fallback. It knows nothing of messages: what to say on opening, what to do with an event and how to poll are
 * given to it. Delivery is at least once; whoever receives drops what it has seen.
 *
 *   connecting ─▶ live ─▶ retrying ─▶ live …        polling = live, by long poll
 *        └───────────────▶ offline (the browser says so)        refused = the gateway said no, for good
 */
import { backoffMs } from "./backoff";

export type LiveState = "connecting" | "live" | "polling" | "retrying" | "offline" | "refused" | "stopped";

export interface Line {
  /** Address of a fresh socket; may ask the gateway for a ticket first. */
  address(signal: AbortSignal): Promise<string>;
  /** What to send once on opening; null for nothing. */
  greeting(): unknown;
  receive(event: unknown): void;
  /**
   * One round without a socket; resolves when something came, or the wait was over (`isFirst`: without waiting).
   * True when it brought something new: beside an open socket that means the socket is dead.
   */
  poll(signal: AbortSignal, isFirst: boolean): Promise<boolean>;
  /** After how much silence of an open socket to look whether the gateway is still there. */
  checkAfter_ms: number;
  /** Whether an error means that trying again is useless. */
  isFinal(error: unknown): boolean;
  onState(state: LiveState): void;
}

export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(data: string): void;
  close(): void;
}

export interface Surroundings {
  openSocket(address: string): SocketLike;
  random(): number;
  isOnline(): boolean;
}

const OPEN_WITHIN_MS = 8_000;
const STEADY_AFTER_MS = 5_000;
const SOCKET_FAILURES_BEFORE_POLLING = 2;
const POLL_FOR_MS = 60_000;

export class LiveConnection {
  readonly #line: Line;
  readonly #around: Surroundings;
  #stopping = new AbortController();
  #wake: () => void = () => undefined;
  #check: () => void = () => undefined;
  #socket: SocketLike | null = null;
  /** Failures in a row of any kind: they set the pace. */
  #failures = 0;
  /** Sockets in a row that the gateway was there for but that did not hold: they decide on polling. */
  #socketFailures = 0;
  #state: LiveState = "stopped";

  constructor(line: Line, around: Surroundings) {
    this.#line = line;
    this.#around = around;
  }

  start(): void {
    if (this.#state !== "stopped") return;
    this.#stopping = new AbortController();
    this.#failures = this.#socketFailures = 0;
    this.#become("connecting");
    void this.#run(this.#stopping.signal);
  }

  stop(): void {
    this.#stopping.abort();
    this.#become("stopped");
    this.#wake();
  }

  /** Something has changed (network, page in sight, a failed request, the user's wish): look now, wait no longer. */
  wake(): void {
    this.#wake();
    this.#check();
  }

  /** Send over the open socket; false, and nothing is sent, while there is none: for hints that may get lost. */
  send(event: unknown): boolean {
    if (!this.#socket) return false;
    this.#socket.send(JSON.stringify(event));
    return true;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#socketFailures >= SOCKET_FAILURES_BEFORE_POLLING) await this.#pollForAWhile(signal);
        await this.#holdSocket(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (this.#line.isFinal(error)) return this.#become("refused");
        this.#failures += 1;
        // Polling works, only the socket does not: go on polling without a break.
        if (error instanceof SocketLost && this.#state === "polling") continue;
      }
      if (!signal.aborted) await this.#pause(signal);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    this.#become(this.#around.isOnline() ? "retrying" : "offline");
    await this.#sleep(backoffMs(this.#failures, this.#around.random()), signal);
  }

  /** Poll until it is time to try a socket again; raises the first error of a poll. */
  async #pollForAWhile(signal: AbortSignal): Promise<void> {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
    }, POLL_FOR_MS);
    try {
      for (let isFirst = true; !isOver && !signal.aborted; isFirst = false) {
        await this.#line.poll(signal, isFirst);
        this.#failures = 0;
        if (!signal.aborted) this.#become("polling");
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Open a socket and stay until it is gone; raises if it never got steady. */
  async #holdSocket(signal: AbortSignal): Promise<void> {
    const address = await this.#line.address(signal);
    if (signal.aborted) return;
    const socket = this.#around.openSocket(address);
    const isSteady = await new Promise<boolean>((resolve) => this.#attach(socket, signal, resolve));
    if (isSteady) return;
    this.#socketFailures += 1;
    throw new SocketLost();
  }

  #attach(socket: SocketLike, signal: AbortSignal, resolve: (isSteady: boolean) => void): void {
    let isSteady = false;
    let timer = setTimeout(() => end(), OPEN_WITHIN_MS);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      this.#check = () => undefined;
      if (this.#socket === socket) this.#socket = null;
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      resolve(isSteady);
    };
    const check = () => {
      clearTimeout(timer);
      timer = setTimeout(check, this.#line.checkAfter_ms);
      this.#line.poll(signal, true).then((hasNews) => hasNews && end(), end);
    };
    const settle = () => {
      isSteady = true;
      this.#failures = this.#socketFailures = 0;
      clearTimeout(timer);
      timer = setTimeout(check, this.#line.checkAfter_ms);
    };
    signal.addEventListener("abort", end, { once: true });
    socket.onclose = socket.onerror = end;
    socket.onopen = () => {
      const greeting = this.#line.greeting();
      if (greeting !== null) socket.send(JSON.stringify(greeting));
      this.#check = check;
      this.#socket = socket;
      clearTimeout(timer);
      timer = setTimeout(settle, STEADY_AFTER_MS);
      this.#become("live");
    };
    socket.onmessage = (event) => {
      settle();
      this.#line.receive(parse(event.data));
    };
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#line.onState(state);
  }

  #sleep(delay_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, delay_ms);
      signal.addEventListener("abort", done, { once: true });
      this.#wake = done;
    });
  }
}

class SocketLost extends Error {}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}
