import { describe, expect, it } from "vitest";
import { dayOf, span, timeOfDay } from "../shared/format";
import { resultWords } from "../shared/words/studio";
import { positionWords, speakerWords } from "../shared/words/widget";
import { findIntents, firstConsonants } from "../studio/search";

describe("the customer's page", () => {
  it("says how many are ahead, place 1 being next", () => {
    expect([positionWords(1), positionWords(3)]).toEqual(["바로 다음 순서예요", "앞에 2명이 있어요"]);
  });
  it("says who speaks", () => expect(speakerWords("human", "한지민")).toBe("한지민 상담원과 상담 중이에요"));
});

describe("moments", () => {
  it("are Seoul's whatever the zone", () => expect(timeOfDay("2026-11-22T06:05:00Z")).toBe("오후 3:05"));
  it("name the day as Korean does", () => expect(dayOf("2026-11-21T15:00:00Z")).toBe("11월 22일(일)"));
  it("say midnight and noon as twelve", () => {
    expect([timeOfDay("2026-11-22T15:00:00Z"), timeOfDay("2026-11-22T03:00:00Z")]).toEqual([
      "오전 12:00",
      "오후 12:00",
    ]);
  });
  it("are empty when there is none", () => expect(timeOfDay("soon")).toBe(""));
  it.each([
    [5, "5초"],
    [200, "3분 20초"],
    [3900, "1시간 5분"],
    [-9, "0초"],
  ])("a wait of %i s reads %s", (seconds, expected) => {
    const from = "2026-11-22T06:00:00Z";
    expect(span(from, Date.parse(from) + seconds * 1000)).toBe(expected);
  });
});

describe("findIntents", () => {
  const intents = [
    { id: "a", ko: "배송 위치", means: "어디쯤 왔는지 물어요" },
    { id: "b", ko: "환불 상태", means: "돈이 언제 오는지, 배송비도" },
    { id: "c", ko: "PASS 앱 문제", means: "앱이 열리지 않아요" },
  ];
  const found = (query: string) => findIntents(intents, query).map(({ id }) => id);

  it("lists all before anything is typed", () => expect(found("  ")).toEqual(["a", "b", "c"]));
  it("puts names before meanings", () => expect(found("배송")).toEqual(["a", "b"]));
  it("finds by first consonants", () => expect(found("ㅎㅂ")).toEqual(["b"]));
  it("does not mind upper case", () => expect(found("pass")).toEqual(["c"]));
  it("wants every word", () => expect(found("배송 환불")).toEqual(["b"]));
  it("reads the first consonant of every syllable", () => expect(firstConsonants("쌀 값?")).toBe("ㅆ ㄱ?"));
});

describe("resultWords", () => {
  const model = (created_at: string, active: boolean, accuracy: number | null) => ({
    model_id: created_at,
    created_at,
    active,
    accuracy,
  });

  it("compares with the model before", () => {
    const words = resultWords([model("2026-11-22", true, 0.94), model("2026-11-20", false, 0.9)]);
    expect(words).toContain("100번 물으면 94번 맞혀요. 전보다 4번 더 맞혀요.");
  });
  it("says so when the new one is worse", () => {
    const words = resultWords([model("2026-11-22", true, 0.9), model("2026-11-20", false, 0.94)]);
    expect(words).toContain("전보다 4번 덜 맞혀요.");
  });
  it("does not make up a figure", () => {
    expect(resultWords([model("2026-11-22", true, null)])).toBe("새 모델이 답하기 시작했어요.");
  });
});
