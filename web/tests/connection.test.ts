import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../shared/api/client";
import { type Line, LiveConnection, type LiveState, type SocketLike } from "../shared/live/connection";

class FakeSocket implements SocketLike {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.onopen?.({} as Event);
  }

  says(event: unknown): void {
    this.onmessage?.({ data: JSON.stringify(event) } as MessageEvent);
  }

  dies(): void {
    this.onclose?.({} as CloseEvent);
  }
}

class World {
  readonly sockets: FakeSocket[] = [];
  readonly states: LiveState[] = [];
  readonly received: unknown[] = [];
  polls = 0;
  seen = 0;
  isOnline = true;
  address: () => Promise<string> = async () => "ws://test";
  poll: () => Promise<boolean> = async () => false;
  readonly connection: LiveConnection;

  constructor() {
    const line: Line = {
      address: () => this.address(),
      greeting: () => ({ type: "resume", after: this.seen }),
      receive: (event) => void this.received.push(event),
      poll: async () => {
        this.polls += 1;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return this.poll();
      },
      checkAfter_ms: 30_000,
      isFinal: (error) => error instanceof Problem && error.status === 401,
      onState: (state) => void this.states.push(state),
    };
    this.connection = new LiveConnection(line, {
      openSocket: () => {
        const socket = new FakeSocket();
        this.sockets.push(socket);
        return socket;
      },
      random: () => 0.5,
      isOnline: () => this.isOnline,
    });
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  get state(): LiveState | undefined {
    return this.states.at(-1);
  }

  async start(): Promise<void> {
    this.connection.start();
    await vi.advanceTimersByTimeAsync(0);
  }
}

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});
afterEach(() => {
  world.connection.stop();
  vi.useRealTimers();
});

describe("LiveConnection", () => {
  it("says on opening what it has seen, and hands on what comes", async () => {
    world.seen = 12;
    await world.start();
    world.socket.opens();
    world.socket.says({ type: "messages" });
    expect([world.state, world.socket.sent, world.received]).toEqual([
      "live",
      [{ type: "resume", after: 12 }],
      [{ type: "messages" }],
    ]);
  });

  it("resumes after a lost socket from what it has seen by then", async () => {
    await world.start();
    world.socket.opens();
    world.socket.says({});
    world.seen = 5;
    world.socket.dies();
    await vi.advanceTimersByTimeAsync(0);
    expect(world.state).toBe("retrying");
    await vi.advanceTimersByTimeAsync(1_000);
    world.socket.opens();
    expect([world.sockets.length, world.socket.sent]).toEqual([2, [{ type: "resume", after: 5 }]]);
  });

  it("waits longer and longer while the gateway is away", async () => {
    let tries = 0;
    world.address = () => {
      tries += 1;
      return Promise.reject(new Unreachable());
    };
    await world.start();
    await vi.advanceTimersByTimeAsync(3_000);
    const early = tries;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(early).toBeGreaterThanOrEqual(3);
    expect(tries - early).toBeLessThan(75);
  });

  it("does not fall back to polling because the gateway was away", async () => {
    let isUp = false;
    world.address = () => (isUp ? Promise.resolve("ws://test") : Promise.reject(new Unreachable()));
    await world.start();
    await vi.advanceTimersByTimeAsync(30_000);
    isUp = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([world.sockets.length, world.polls]).toEqual([1, 0]);
  });

  it("polls where sockets do not get through, and stays calm about it", async () => {
    await world.start();
    world.socket.dies();
    await vi.advanceTimersByTimeAsync(5_000);
    world.socket.dies();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.state).toBe("polling");
    world.states.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    world.socket.dies();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.states).toEqual([]);
  });

  it("goes back to a socket once one holds", async () => {
    await world.start();
    world.socket.dies();
    await vi.advanceTimersByTimeAsync(5_000);
    world.socket.dies();
    await vi.advanceTimersByTimeAsync(61_500);
    world.socket.opens();
    world.socket.says({});
    expect(world.state).toBe("live");
  });

  it("gives up when the gateway says no for good", async () => {
    world.address = () => Promise.reject(new Problem(401, { code: "token_expired" }));
    await world.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.states).toEqual(["connecting", "refused"]);
  });

  it("tries at once when woken", async () => {
    world.isOnline = false;
    world.address = () => Promise.reject(new Unreachable());
    await world.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(world.state).toBe("offline");
    world.address = async () => "ws://test";
    const before = world.sockets.length;
    world.connection.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(world.sockets.length).toBe(before + 1);
  });

  it("drops a silent socket when a look finds news it should have brought", async () => {
    await world.start();
    world.socket.opens();
    world.socket.says({});
    world.poll = async () => true;
    await vi.advanceTimersByTimeAsync(31_500);
    expect([world.sockets[0]?.isClosed, world.sockets.length]).toEqual([true, 2]);
  });

  it("keeps a silent socket when there is no news", async () => {
    await world.start();
    world.socket.opens();
    world.socket.says({});
    await vi.advanceTimersByTimeAsync(120_000);
    expect([world.socket.isClosed, world.sockets.length, world.polls]).toEqual([false, 1, 4]);
  });

  it("gives a socket that never opens a few seconds", async () => {
    await world.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([world.sockets[0]?.isClosed, world.sockets.length]).toEqual([true, 2]);
  });

  it("leaves no socket open when stopped", async () => {
    await world.start();
    world.socket.opens();
    world.connection.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([world.socket.isClosed, world.sockets.length, world.state]).toEqual([true, 1, "stopped"]);
  });
});
