import { describe, expect, it } from "vitest";
import { amendsLines } from "../desk/amends-lines";
import { withEnds } from "../desk/offers";
import { hourBars, sumBy } from "../desk/office/rates";
import { giftsOf } from "../desk/ProposeDialog";
import { sectionAt, sectionsOf } from "../desk/sections";
import type { AmendsRequest, Rate } from "../shared/api/office";
import { cellWords, dueWords, giftWords, stepWords } from "../shared/words/office";
import { offer } from "./making";

describe("sections", () => {
  it("begin with the conversations for who talks with customers", () => {
    expect(sectionsOf("agent")[0]).toBe("talks");
    expect(sectionsOf("supervisor")).toContain("approvals");
    expect(sectionsOf("agent")).not.toContain("approvals");
  });
  it("are the officer's alone for the privacy officer", () =>
    expect(sectionsOf("privacy_officer")).toEqual(["privacy"]));
  it("are none for who has nothing to do here", () => expect(sectionsOf("trainer")).toEqual([]));
  it("follow the address, but never to a page that is not the role's", () => {
    expect(sectionAt("#approvals", ["talks", "approvals"])).toBe("approvals");
    expect(sectionAt("#privacy", ["talks", "approvals"])).toBe("talks");
  });
});

describe("offers", () => {
  it("keep the end they were first given, however late the gateway is asked again", () => {
    const first = withEnds([], [offer("o", { seconds_left: 20 })], 1_000);
    const again = withEnds(first, [offer("o", { seconds_left: 18 }), offer("p", { seconds_left: 5 })], 3_500);
    expect(again.map((one) => one.ends_ms)).toEqual([21_000, 8_500]);
  });
  it("that ended are gone", () => expect(withEnds(withEnds([], [offer("o")], 0), [], 1)).toEqual([]));
});

describe("amends", () => {
  const request = (part: Partial<AmendsRequest>): AmendsRequest => ({
    request_id: "r",
    order_id: "2026-10001",
    cause: "late",
    gifts: [{ kind: "points", amount_krw: 30000 }],
    reason: "늦음",
    state: "pending",
    requested_by: "김다정",
    requested_role: "agent",
    requested_at: "2026-11-22T01:00:00Z",
    answered_at: null,
    answer_reason: null,
    ...part,
  });

  it("put what waits for a supervisor first", () => {
    const decisions = [
      {
        order_id: "2026-10001",
        cause: "late",
        outcome: "refused" as const,
        rule: "r",
        sentence: "드리기 어려워요.",
        alternative: null,
        decided_role: "bot",
        at: "2026-11-23T01:00:00Z",
      },
    ];
    const lines = amendsLines({ decisions, requests: [request({})] });
    expect(lines.map((line) => line.main)).toEqual(["승인 대기: 적립금 30,000원", "거절: 드리기 어려워요."]);
    expect(lines[0]?.isAlarming).toBe(true);
  });
  it("tell an approved request once, by its decision", () => {
    expect(amendsLines({ requests: [request({ state: "approved" })] })).toEqual([]);
  });
  it("name gifts as people do", () => {
    expect(giftWords({ kind: "coupon", rate_percent: 10 })).toBe("쿠폰 10%");
    expect(giftWords({ kind: "free_shipping_coupon" })).toBe("무료 배송 쿠폰");
  });
  it("ask for what the form holds, and for nothing that is left at none", () => {
    const form = {
      order_id: "o",
      cause: "late",
      isOwn: true,
      points: "3000",
      coupon: "0",
      free_shipping_coupon: false,
      resend: true,
      reason: "",
    };
    expect(giftsOf(form)).toEqual([{ kind: "points", amount_krw: 3000 }, { kind: "resend" }]);
  });
});

describe("verification rates", () => {
  const rate = (hour: string, part: Partial<Rate> = {}): Rate => ({
    hour,
    dimension: "all",
    value: "",
    attempts: 10,
    failures: 5,
    failing_ratio: 0.5,
    ...part,
  });

  it("draw hours in which nobody tried as empty", () => {
    const bars = hourBars([rate("2026-11-22T03:00:00Z"), rate("2026-11-22T01:00:00Z")]);
    expect(bars.map((bar) => bar.attempts)).toEqual([10, 0, 10]);
    expect(bars[0]?.words).toBe("11월 22일(일) 오전 10:00: 10번 시도, 5번 실패 (50%)");
  });
  it("sum a dimension over the hours, worst first", () => {
    const rates = [
      rate("2026-11-22T01:00:00Z", { dimension: "carrier", value: "KT", failures: 1 }),
      rate("2026-11-22T01:00:00Z", { dimension: "carrier", value: "SKT", failures: 2 }),
      rate("2026-11-22T02:00:00Z", { dimension: "carrier", value: "SKT", failures: 2 }),
    ];
    expect(sumBy(rates, "carrier")).toEqual([
      { value: "SKT", attempts: 20, failures: 4 },
      { value: "KT", attempts: 10, failures: 1 },
    ]);
  });
  it("name cells as people do", () => {
    expect(cellWords("carrier_method", "SKT|PASS")).toBe("SKT · PASS");
    expect(cellWords("cause", "network")).toBe("통신 문제");
    expect(cellWords("hour", "09")).toBe("9시");
  });
});

describe("privacy requests", () => {
  it("say how many days are left", () => {
    expect([dueWords(3), dueWords(0), dueWords(-2)]).toEqual(["3일 남음", "오늘까지", "2일 지남"]);
  });
  it("tell their steps in words", () => {
    expect([stepWords("received"), stepWords("in_work"), stepWords("alarm:3")]).toEqual([
      "접수",
      "처리 중",
      "기한 알림",
    ]);
  });
});
