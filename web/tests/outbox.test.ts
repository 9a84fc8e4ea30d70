import { describe, expect, it } from "vitest";
import { Problem, Unreachable } from "../shared/api/client";
import { type Deliver, Outbox, unsettled } from "../shared/chat/outbox";
import { message } from "./making";

const atOnce = () => Promise.resolve();
const refused = () => new Problem(422, { code: "control_characters" });

function outbox(deliver: Deliver): Outbox {
  return new Outbox(deliver, [], atOnce);
}

async function settled(box: Outbox): Promise<void> {
  for (let round = 0; round < 50; round += 1) await Promise.resolve();
  await box.run();
}

const states = (box: Outbox) => box.items.value.map(({ client_msg_id, state }) => `${client_msg_id} ${state}`);

describe("Outbox", () => {
  it("sends one after another, in the order written", async () => {
    const sent: string[] = [];
    const box = outbox(async (item) => ({ seq: sent.push(item.client_msg_id) }));
    box.add({ client_msg_id: "a", text: "하나" });
    box.add({ client_msg_id: "b", text: "둘" });
    await settled(box);
    expect(sent).toEqual(["a", "b"]);
  });

  it("tries again under the same id when nobody answered", async () => {
    const tries: string[] = [];
    const box = outbox(async (item) => {
      tries.push(item.client_msg_id);
      if (tries.length < 3) throw new Unreachable();
      return { seq: 1 };
    });
    box.add({ client_msg_id: "a", text: "하나" });
    await settled(box);
    expect([tries, states(box)]).toEqual([["a", "a", "a"], ["a sent"]]);
  });

  it("keeps the text when it cannot be sent, and lets nothing overtake it", async () => {
    const box = outbox(async (item) => {
      if (item.client_msg_id === "a") throw new Unreachable();
      return { seq: 2 };
    });
    box.add({ client_msg_id: "a", text: "하나" });
    box.add({ client_msg_id: "b", text: "둘" });
    await settled(box);
    expect(states(box)).toEqual(["a failed", "b failed"]);
  });

  it("sends everything that failed when asked again, still in order", async () => {
    let isUp = false;
    const sent: string[] = [];
    const box = outbox(async (item) => {
      if (!isUp) throw new Unreachable();
      return { seq: sent.push(item.client_msg_id) };
    });
    box.add({ client_msg_id: "a", text: "하나" });
    box.add({ client_msg_id: "b", text: "둘" });
    await settled(box);
    isUp = true;
    box.retry();
    await settled(box);
    expect(sent).toEqual(["a", "b"]);
  });

  it("does not try again what was refused, and goes on with the next", async () => {
    let tries = 0;
    const box = outbox(async (item) => {
      if (item.client_msg_id !== "bad") return { seq: 1 };
      tries += 1;
      throw refused();
    });
    box.add({ client_msg_id: "bad", text: "거절" });
    box.add({ client_msg_id: "good", text: "둘" });
    await settled(box);
    expect([tries, states(box)]).toEqual([1, ["bad rejected", "good sent"]]);
  });

  it("shows a message once when its echo comes before the answer to the request", async () => {
    let answer: (accepted: { seq: number }) => void = () => undefined;
    const box = outbox(() => new Promise((resolve) => (answer = resolve)));
    box.add({ client_msg_id: "a", text: "하나" });
    await Promise.resolve();
    box.settle([message(7)]);
    answer({ seq: 7 });
    await settled(box);
    expect(box.items.value).toEqual([]);
  });

  it("takes up after a reload what was not sent, and drops what was", () => {
    const kept = [
      { client_msg_id: "a", text: "하나", state: "sent" as const, seq: 3 },
      { client_msg_id: "b", text: "둘", state: "failed" as const },
    ];
    expect(states(new Outbox(() => Promise.resolve({}), kept, atOnce))).toEqual(["b failed"]);
  });
});

describe("unsettled", () => {
  it("recognises a message by the page's own id", () => {
    const waiting = [{ client_msg_id: "a", text: "하나", state: "sending" as const }];
    expect(unsettled(waiting, [message(3, { client_msg_id: "a" })])).toEqual([]);
  });
});
