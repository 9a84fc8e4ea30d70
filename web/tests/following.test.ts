import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Following, withNews } from "../desk/following";
import { readMarkSeq } from "../desk/unread";
import type { ConversationDetail } from "../shared/api/types";
import { TypingHeard, TypingTeller } from "../shared/live/typing";
import { message } from "./making";

function detail(conversation_id: string, seqs: number[], version = 1): ConversationDetail {
  const messages = seqs.map((seq) => message(seq));
  return { conversation_id, version, messages, notes: [] } as unknown as ConversationDetail;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("telling that one types", () => {
  it("says it at once, repeats it seldom, and ends it after a pause", () => {
    const told: boolean[] = [];
    const teller = new TypingTeller((is) => told.push(is));
    teller.typed("안");
    teller.typed("안녕");
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(3_000);
    teller.typed("안녕하");
    expect(told).toEqual([true, true]);
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual([true, true, false]);
  });
  it("ends when the box is empty or the words were sent, and says nothing twice", () => {
    const told: boolean[] = [];
    const teller = new TypingTeller((is) => told.push(is));
    teller.typed("안");
    teller.typed("  ");
    teller.stop();
    expect(told).toEqual([true, false]);
  });
});

describe("hearing that somebody types", () => {
  it("forgets it when it is not repeated", () => {
    const heard = new TypingHeard();
    heard.hear("a", true);
    vi.advanceTimersByTime(6_000);
    heard.hear("a", true);
    vi.advanceTimersByTime(6_000);
    expect(heard.typing.value.has("a")).toBe(true);
    vi.advanceTimersByTime(2_000);
    expect(heard.typing.value.has("a")).toBe(false);
  });
});

describe("following conversations", () => {
  function desk() {
    const sent: unknown[] = [];
    const fetched: string[] = [];
    const details: Record<string, ConversationDetail> = { a: detail("a", [1, 2]), b: detail("b", [1]) };
    const following = new Following({
      send: (event) => sent.push(event) > 0,
      find: (id) => details[id],
      put: (next) => {
        details[next.conversation_id] = next;
      },
      fetch: (id) => fetched.push(id),
    });
    return { sent, fetched, details, following };
  }

  it("watches from what is here on, once, and lets go what is not wanted any more", () => {
    const { sent, details, following } = desk();
    following.follow(["a", "unknown"], details);
    following.follow(["a", "b"], details);
    following.follow(["b"], details);
    expect(sent).toEqual([
      { type: "watch", conversation_id: "a", after: 2 },
      { type: "watch", conversation_id: "b", after: 1 },
      { type: "unwatch", conversation_id: "a" },
    ]);
  });
  it("watches anew over a new socket", () => {
    const { sent, details, following } = desk();
    following.follow(["a"], details);
    following.forget();
    following.follow(["a"], details);
    expect(sent).toHaveLength(2);
  });
  it("takes what follows what is here", () => {
    const { details, following, fetched } = desk();
    const news = { type: "messages", conversation_id: "a", messages: [message(3)], owner: "human", version: 1 };
    following.receive(news);
    expect(details["a"]?.messages.map((one) => one.seq)).toEqual([1, 2, 3]);
    expect(fetched).toEqual([]);
  });
  it("fetches the whole where something is missing in between, or the owner has changed", () => {
    const { fetched, following } = desk();
    const news = { type: "messages", conversation_id: "a", messages: [message(9)], owner: "human", version: 1 };
    following.receive(news);
    following.receive({ ...news, messages: [], version: 2 });
    expect(fetched).toEqual(["a", "a"]);
  });
  it("knows how far the customer has read, and never less than before", () => {
    const { details, following } = desk();
    following.receive({ type: "read", conversation_id: "a", seq: 2 });
    following.receive({ type: "read", conversation_id: "a", seq: 1 });
    expect(details["a"]?.read_up_to).toBe(2);
  });
  it("keeps notes that an event does not tell of", () => {
    const note = { note_id: "n", author_name: "김", text: "메모", at: "2026-11-22T01:00:02Z" };
    const before = { ...detail("a", [1]), notes: [note] };
    const event = {
      type: "messages" as const,
      conversation_id: "a",
      messages: [],
      owner: "human" as const,
      version: 1,
    };
    expect(withNews(before, { ...event, agent: null })?.notes).toEqual([note]);
  });
});

describe("the read mark", () => {
  const messages = [message(1), message(2, { author: "agent" }), message(3, { author: "agent" }), message(4)];
  it("stands at the agent's last message that was seen", () => {
    expect([readMarkSeq(messages, 2), readMarkSeq(messages, 9), readMarkSeq(messages, 1)]).toEqual([2, 3, null]);
  });
  it("is nowhere while nothing is known", () => expect(readMarkSeq(messages, null)).toBeNull());
});

describe("telling what was read", () => {
  it("says it once the conversation is watched, once over each line, and again when there is more", () => {
    const sent: { type: string; up_to?: number }[] = [];
    const following = new Following({
      send: (event) => sent.push(event as { type: string }) > 0,
      find: () => undefined,
      put: () => undefined,
      fetch: () => undefined,
    });
    const told = () => sent.filter((event) => event.type === "read").map((event) => event.up_to);
    following.read("a", 2);
    expect(told()).toEqual([]);
    following.follow(["a"], { a: detail("a", [1, 2]) });
    following.read("a", 2);
    expect(told()).toEqual([2]);
    following.read("a", 3);
    expect(told()).toEqual([2, 3]);
    following.forget();
    following.follow(["a"], { a: detail("a", [1, 2, 3]) });
    expect(told()).toEqual([2, 3, 3]);
  });
});
