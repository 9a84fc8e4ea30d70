import { describe, expect, it } from "vitest";
import {
  answerableSeq,
  chosenLabel,
  isFollowing,
  lastSeq,
  mergeMessages,
  readByAgentSeq,
  startsDay,
} from "../shared/chat/messages";
import { message } from "./making";

const seqs = (messages: readonly { seq: number }[]) => messages.map(({ seq }) => seq);

describe("mergeMessages", () => {
  it("keeps each number once, whatever arrives twice", () => {
    const merged = mergeMessages([message(1), message(2)], [message(2), message(3), message(3)]);
    expect(seqs(merged)).toEqual([1, 2, 3]);
  });

  it("orders by number, not by arrival", () => {
    expect(seqs(mergeMessages([message(4)], [message(3), message(1)]))).toEqual([1, 3, 4]);
  });

  it("returns the very same list when nothing is new, so nothing is drawn again", () => {
    const known = [message(1)];
    expect(mergeMessages(known, [message(1)])).toBe(known);
  });

  it("does not change the list it was given", () => {
    const known = [message(1)];
    mergeMessages(known, [message(2)]);
    expect(seqs(known)).toEqual([1]);
  });
});

describe("lastSeq", () => {
  it("is zero before anything was seen", () => expect(lastSeq([])).toBe(0));
  it("is the highest number seen", () => expect(lastSeq([message(1), message(7)])).toBe(7));
});

describe("answerableSeq", () => {
  const asking = message(2, { author: "bot", choices: [{ id: "a", label: "예" }] });

  it("is the bot's latest question", () => {
    expect(answerableSeq([message(1), asking, message(3, { author: "bot" })], "bot", false)).toBe(2);
  });

  it("ends when the customer has gone on", () => {
    expect(answerableSeq([message(1), asking, message(3)], "bot", false)).toBeNull();
  });

  it("ends while an answer is on its way, so that a button cannot be pressed twice", () => {
    expect(answerableSeq([asking], "bot", true)).toBeNull();
  });

  it("ends when a later message asks anew", () => {
    const later = message(3, { author: "bot", choices: [{ id: "b", label: "아니요" }] });
    expect(answerableSeq([asking, later], "bot", false)).toBe(3);
  });

  it.each(["waiting", "human", "closed"] as const)("ends when the conversation is %s", (owner) => {
    expect(answerableSeq([asking], owner, false)).toBeNull();
  });
});

describe("chosenLabel", () => {
  const asking = message(1, { author: "bot", choices: [{ label: "예" }, { label: "아니요" }] });

  it("is the label the customer answered with", () => {
    expect(chosenLabel([asking, message(2, { text: "아니요" })], 0)).toBe("아니요");
  });

  it("is null when the customer wrote something else first", () => {
    expect(chosenLabel([asking, message(2, { text: "글쎄요" }), message(3, { text: "예" })], 0)).toBeNull();
  });
});

describe("names and days", () => {
  it("says a name once for what is said in one breath", () => {
    const bot = [message(1, { author: "bot" }), message(2, { author: "bot" })];
    expect([isFollowing(bot, 0), isFollowing(bot, 1)]).toEqual([false, true]);
  });

  it("says the name again when another agent takes over", () => {
    const agents = [
      message(1, { author: "agent", author_name: "김" }),
      message(2, { author: "agent", author_name: "이" }),
    ];
    expect(isFollowing(agents, 1)).toBe(false);
  });

  it("starts a day at midnight in Seoul", () => {
    const around = [message(1, { at: "2026-11-22T14:59:00Z" }), message(2, { at: "2026-11-22T15:00:00Z" })];
    expect([startsDay(around, 0), startsDay(around, 1)]).toEqual([true, true]);
  });
});

describe("that the agent has read it", () => {
  const says = (author: "customer" | "agent" | "system", seq: number) => message(seq, { author });
  it("is said at the customer's last message, until it is answered", () => {
    const asked = [says("customer", 1), says("customer", 2), says("system", 3)];
    expect(readByAgentSeq(asked, 3)).toBe(2);
    expect(readByAgentSeq(asked, 1)).toBeNull();
    expect(readByAgentSeq([...asked, says("agent", 4)], 4)).toBeNull();
    expect(readByAgentSeq([], 0)).toBeNull();
  });
});
