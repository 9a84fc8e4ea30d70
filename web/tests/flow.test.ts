import { describe, expect, it } from "vitest";
import { fromLocal, snoozeChoices } from "../desk/moments";
import { presenceOf, inOrder as teamInOrder } from "../desk/office/TeamPage";
import { inOrder as ticketsInOrder } from "../desk/office/TicketsPage";
import { byConversation, clockState, nextClock } from "../desk/sla";
import { answerAwaitedSince, longestWaiting } from "../desk/waiting-for-me";
import type { Colleague, SlaClock, Ticket } from "../shared/api/flow";
import { roughSpanOf } from "../shared/format";
import { alertLine } from "../shared/words/tickets";
import { item } from "./making";

const NOW_MS = Date.parse("2026-11-24T05:00:00Z");
const at = (minutes: number) => new Date(NOW_MS + minutes * 60_000).toISOString();

function clock(part: Partial<SlaClock> = {}): SlaClock {
  return {
    kind: "first_response",
    round: 1,
    state: "running",
    target_s: 20 * 60,
    spent_s: 0,
    running_since: at(-5),
    due_at: at(15),
    done_at: null,
    breached: null,
    ...part,
  };
}

function ticket(number: string, part: Partial<Ticket> = {}): Ticket {
  return {
    number,
    conversation_id: number,
    customer_id: null,
    type: "question",
    status: "open",
    skill: "general",
    version: 1,
    agent_id: null,
    tags: [],
    contact: null,
    analysis: null,
    merged_into: null,
    opened_at: at(-5),
    updated_at: at(-5),
    resolved_at: null,
    due_at: null,
    clocks: [],
    ...part,
  };
}

describe("a clock", () => {
  it("is calm while there is time, and says how much", () => {
    expect(clockState(clock(), NOW_MS)).toEqual({ level: "calm", words: "첫 답 15분 남음" });
  });
  it("is marked, not only coloured, from a quarter of its target on", () => {
    expect(clockState(clock({ due_at: at(5) }), NOW_MS)).toEqual({ level: "soon", words: "! 첫 답 5분 남음" });
  });
  it("is late from its end on", () => {
    expect(clockState(clock({ due_at: at(0) }), NOW_MS).level).toBe("late");
    expect(clockState(clock({ due_at: at(-90) }), NOW_MS).words).toBe("!! 첫 답 1시간 30분 늦음");
  });
  it("says until when, where the team rests in between and the span would mislead", () => {
    const overnight = clock({ kind: "resolution", target_s: 3600, due_at: at(16 * 60) });
    expect(clockState(overnight, NOW_MS)).toEqual({ level: "calm", words: "해결 11/25 오전 6:00까지" });
  });
  it("stands while it is the customer's turn", () => {
    const paused = clock({ state: "paused", running_since: null, due_at: null, breached: false });
    expect(clockState(paused, NOW_MS)).toEqual({ level: "paused", words: "첫 답 멈춤" });
  });
  it("that runs out first comes first; done and standing ones never", () => {
    const clocks = [
      clock({ kind: "resolution", due_at: at(600) }),
      clock({ state: "done", due_at: null }),
      clock({ kind: "next_response", due_at: at(9) }),
    ];
    expect(nextClock(ticket("CS-1", { clocks }))?.kind).toBe("next_response");
    expect(nextClock(ticket("CS-1", { clocks: [clock({ state: "paused", due_at: null })] }))).toBeNull();
  });
});

describe("tickets", () => {
  it("are one for each conversation: the newest", () => {
    const [old, young] = [
      ticket("CS-1", { conversation_id: "c", opened_at: at(-60) }),
      ticket("CS-2", { conversation_id: "c" }),
    ];
    expect(byConversation([young, old])["c"]?.number).toBe("CS-2");
  });
  it("are listed by what runs out first, what stands after that by age", () => {
    const tickets = [
      ticket("young", { opened_at: at(-1) }),
      ticket("late", { clocks: [clock({ due_at: at(-1) })] }),
      ticket("old", { opened_at: at(-99) }),
      ticket("soon", { clocks: [clock({ due_at: at(1) })] }),
    ];
    const order = ticketsInOrder(tickets, { whose: "all", type: "all" }, "me");
    expect(order.map((one) => one.number)).toEqual(["late", "soon", "old", "young"]);
  });
  it("can be an agent's own, or of one type", () => {
    const tickets = [ticket("a", { agent_id: "me" }), ticket("b", { type: "complaint" })];
    expect(ticketsInOrder(tickets, { whose: "mine", type: "all" }, "me").map((one) => one.number)).toEqual(["a"]);
    expect(ticketsInOrder(tickets, { whose: "all", type: "complaint" }, "me").map((one) => one.number)).toEqual(["b"]);
  });
});

describe("who waits for this agent", () => {
  const waits = (id: string, minutes: number) =>
    item(id, { owner: "human", last_author: "customer", last_at: at(-minutes) });

  it("are customers who spoke last", () => {
    expect(answerAwaitedSince(waits("a", 3))).toBe(at(-3));
    expect(answerAwaitedSince(item("a", { owner: "human", last_author: "agent", last_at: at(-3) }))).toBeNull();
  });
  it("are not those put aside", () => {
    expect(answerAwaitedSince({ ...waits("a", 3), snoozed_until: at(30) })).toBeNull();
  });
  it("has one who waits longest, where there is a choice", () => {
    expect(longestWaiting([waits("a", 3), waits("b", 9), waits("c", 1)])).toBe("b");
    expect(longestWaiting([waits("a", 3)])).toBeNull();
  });
});

describe("moments to put aside until", () => {
  it("are half an hour, two hours, and tomorrow's morning in Seoul", () => {
    expect(snoozeChoices(NOW_MS).map((choice) => choice.until)).toEqual([
      "2026-11-24T05:30:00Z",
      "2026-11-24T07:00:00Z",
      "2026-11-25T00:00:00Z",
    ]);
  });
  it("are of Seoul's day where it is still yesterday in Greenwich", () => {
    const late_ms = Date.parse("2026-11-24T16:00:00Z");
    expect(snoozeChoices(late_ms)[2]?.until).toBe("2026-11-26T00:00:00Z");
  });
  it("from a field are Seoul's, and none while it is not whole", () => {
    expect(fromLocal("2026-11-24T15:00")).toBe("2026-11-24T15:00:00+09:00");
    expect(fromLocal("")).toBeNull();
  });
});

describe("the team", () => {
  const colleague = (name: string, part: Partial<Colleague> = {}): Colleague => ({
    agent_id: name,
    name,
    role: "agent",
    presence: "online",
    is_present: true,
    team: null,
    skills: [],
    languages: ["ko"],
    capacity: 4,
    load: 0,
    ...part,
  });

  it("begins with who can take something", () => {
    const team = [
      colleague("gone", { presence: "offline", is_present: false }),
      colleague("away", { presence: "away", is_present: false }),
      colleague("free"),
      colleague("busy", { load: 4 }),
    ];
    expect(teamInOrder(team).map((one) => one.name)).toEqual(["busy", "free", "away", "gone"]);
  });
  it("says in words who is there", () => {
    const lost = colleague("a", { is_present: false });
    expect([presenceOf(colleague("a")).words, presenceOf(colleague("a", { load: 4 })).words]).toEqual([
      "자리 있음",
      "자리 없음",
    ]);
    expect(presenceOf(lost).words).toBe("연결 끊김");
  });
});

describe("words", () => {
  it("round a span up to minutes, so that it does not flicker", () => {
    expect([roughSpanOf(61), roughSpanOf(3600), roughSpanOf(3700)]).toEqual(["2분", "1시간", "1시간 2분"]);
  });
  it("say what an alert is about", () => {
    const alert = {
      alert_id: "a",
      number: "CS-20931",
      conversation_id: "c",
      at: at(0),
      ticket: ticket("CS-20931"),
    };
    expect(alertLine({ ...alert, kind: "sla_warning", detail: { clock: "first_response" } })).toBe(
      "곧 늦어요: CS-20931 첫 답",
    );
    expect(alertLine({ ...alert, kind: "promise_due", detail: { kind: "callback" } })).toBe(
      "약속한 때예요: CS-20931 전화드리기",
    );
  });
});
