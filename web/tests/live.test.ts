import { describe, expect, it } from "vitest";
import { backoffMs } from "../shared/live/backoff";
import { Refetch } from "../shared/live/refetch";
import { isDeskEvent, isMessagesEvent } from "../shared/live/socket-events";

describe("backoffMs", () => {
  it("spreads callers over the whole span", () => {
    expect([backoffMs(3, 0.25), backoffMs(3, 0.75)]).toEqual([625, 1875]);
  });
  it("does not sleep through a restart", () => expect(backoffMs(8, 0.999)).toBeLessThanOrEqual(2_500));
  it("has more patience with an outage, within bounds", () => {
    expect(backoffMs(20, 0.5)).toBe(10_000);
    expect(backoffMs(5_000, 0.999)).toBeLessThanOrEqual(20_000);
  });
  it("never hammers", () => expect(backoffMs(0, 0)).toBeGreaterThanOrEqual(150));
});

describe("Refetch", () => {
  it("runs once more for all that was asked while it ran", async () => {
    const ends: (() => void)[] = [];
    const refetch = new Refetch(() => new Promise<void>((resolve) => void ends.push(resolve)));
    const first = refetch.ask();
    const later = [refetch.ask(), refetch.ask(), refetch.ask()];
    expect(ends.length).toBe(1);
    ends[0]?.();
    await first;
    await Promise.resolve();
    expect(ends.length).toBe(2);
    ends[1]?.();
    await Promise.all(later);
    expect(ends.length).toBe(2);
  });

  it("works again after a failure", async () => {
    let isUp = false;
    const refetch = new Refetch(() => (isUp ? Promise.resolve() : Promise.reject(new Error("away"))));
    await expect(refetch.ask()).rejects.toThrow("away");
    isUp = true;
    await expect(refetch.ask()).resolves.toBeUndefined();
  });
});

describe("socket events", () => {
  it.each([null, 3, "messages", {}, { type: "messages" }, { type: "other", messages: [] }])(
    "does not take %j for messages",
    (event) => expect(isMessagesEvent(event)).toBe(false),
  );
  it("knows the desk's hints", () => {
    expect([isDeskEvent({ type: "queue" }), isDeskEvent({ type: "mine" }), isDeskEvent({ type: "x" })]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
