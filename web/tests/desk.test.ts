import { describe, expect, it } from "vitest";
import { actionLines, attemptLine, blockLine, intentLines, moodWords, orderLine } from "../desk/context-lines";
import { inKnownOrder, isBehind, newlyWaiting } from "../desk/lists";
import { commandOf, type DeskKey } from "../desk/shortcuts";
import { timeline } from "../desk/timeline";
import { markRead, unreadCount } from "../desk/unread";
import type { ConversationDetail } from "../shared/api/types";
import { tabTitle, winnerWords } from "../shared/words/desk";
import { item, message } from "./making";

const ids = (items: readonly { conversation_id: string }[]) => items.map((one) => one.conversation_id);

describe("lists", () => {
  it("keeps an agent's conversations in place while they go on", () => {
    expect(ids(inKnownOrder(["a", "gone", "b"], [item("c"), item("b"), item("a")]))).toEqual(["a", "b", "c"]);
  });

  it("tells of nobody as new on the first look", () => expect(newlyWaiting(null, null, [item("a")])).toEqual([]));

  it("tells of those who were not waiting before, but not of what this agent gave back", () => {
    expect(ids(newlyWaiting([item("a")], [item("b")], [item("a"), item("b"), item("c")]))).toEqual(["c"]);
  });

  it("knows a transcript that is behind its line", () => {
    const detail = { version: 2, messages: [message(1)] } as unknown as ConversationDetail;
    expect(isBehind(item("a", { version: 2, last_seq: 1 }), { a: detail })).toBe(false);
    expect(isBehind(item("a", { version: 2, last_seq: 2 }), { a: detail })).toBe(true);
    expect(isBehind(item("a", { version: 3, last_seq: 1 }), { a: detail })).toBe(true);
    expect(isBehind(item("b"), { a: detail })).toBe(true);
  });
});

describe("unread", () => {
  it("counts only what the customer wrote after the last look", () => {
    const messages = [message(1), message(2), message(3, { author: "agent" }), message(4)];
    expect(unreadCount(messages, 1)).toBe(2);
  });
  it("is none for a conversation never opened here", () => expect(unreadCount([message(1)], undefined)).toBe(0));
  it("does not change when nothing new was read", () => {
    const read = { a: 2 };
    expect(markRead(read, "a", [message(1), message(2)])).toBe(read);
  });
});

describe("timeline", () => {
  it("puts notes between messages by time", () => {
    const note = { note_id: "n", author_name: "김", text: "메모", at: "2026-11-22T01:00:02Z" };
    const kinds = timeline([message(1), message(2), message(3)], [note]).map((entry) =>
      entry.kind === "note" ? "note" : entry.message.seq,
    );
    expect(kinds).toEqual([1, 2, "note", 3]);
  });
});

describe("shortcuts", () => {
  const key = (code: string, part: Partial<DeskKey> = {}): DeskKey => ({
    key: "",
    code,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    isComposing: false,
    ...part,
  });

  it("go by the place of the key, so they work with Hangul switched on", () => {
    expect(commandOf(key("KeyC", { key: "ㅊ" }), false)).toEqual({ kind: "claim" });
  });
  it("do nothing while a text is typed", () => expect(commandOf(key("KeyC"), true)).toBeNull());
  it("do nothing while a syllable is composed", () => {
    expect(commandOf(key("Escape", { isComposing: true }), true)).toBeNull();
  });
  it("leave the browser's own combinations alone", () => {
    expect(commandOf(key("KeyC", { ctrlKey: true }), false)).toBeNull();
    expect(commandOf(key("Digit1", { metaKey: true }), false)).toBeNull();
  });
  it("change the conversation from within a reply only with Alt", () => {
    expect(commandOf(key("Digit2"), true)).toBeNull();
    expect(commandOf(key("Digit2", { altKey: true }), true)).toEqual({ kind: "open-mine", index: 1 });
  });
  it("open the help by the question mark of any layout", () => {
    expect(commandOf(key("Minus", { key: "?", shiftKey: true }), false)).toEqual({ kind: "help" });
  });
});

describe("context lines", () => {
  it("names intents in Korean, the same in a row once", () => {
    const history = [
      { intent: "delivery_status", confidence: 0.934 },
      { intent: "delivery_status", confidence: 0.5 },
      "human_agent",
    ];
    expect(intentLines(history)).toEqual([{ main: "배송 조회", more: "93%" }, { main: "상담원 연결" }]);
  });
  it("counts what the bot tried and leaves out what says nothing", () => {
    expect(actionLines(["action_delivery_status", "action_understood", "action_delivery_status"])).toEqual([
      { main: "배송 조회", more: "2번" },
    ]);
  });
  it("marks a block that still holds, and not one that is over", () => {
    expect(blockLine({ reason: "sms_failures", is_active: true }).isAlarming).toBe(true);
    expect(blockLine({ reason: "sms_failures", is_active: false }).isAlarming).toBe(false);
  });
  it("marks a failed attempt", () => expect(attemptLine({ method: "SMS", result: "failure" }).isAlarming).toBe(true));
  it("shows an unknown shape rather than dropping it", () => {
    expect(orderLine("2026-10001")).toMatchObject({ main: "2026-10001" });
    const delivery = { line: "이동 중 · 11/26 도착 예정", flags: [] };
    expect(orderLine({ summary: "러닝화", delivery })).toEqual({ main: "러닝화", more: delivery.line });
    const doubted = { line: "확인 필요", flags: ["after_delivery"] };
    expect(orderLine({ summary: "러닝화", delivery: doubted })).toMatchObject({ isAlarming: true });
    expect(orderLine({ something: "else", n: 3 })).toMatchObject({ main: "else · 3" });
  });
  it("says nothing of a calm customer", () => expect(moodWords({ anger: 0.1, urgency: 0 })).toBe(""));
  it("says how angry in words", () => expect(moodWords({ anger: 0.9 })).toBe("많이 화가 나 있어요"));
});

describe("words", () => {
  it("names who was faster", () => {
    expect(winnerWords({ owner: "human", agent_name: "한지민", version: 3 })).toBe("한지민 상담원이 먼저 맡았어요.");
  });
  it("puts counts into the tab's title only when there are any", () => {
    expect([tabTitle(0, 0), tabTitle(2, 3)]).toEqual(["이음 상담", "(새 메시지 2 · 대기 3) 이음 상담"]);
  });
});
