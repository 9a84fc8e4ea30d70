import { describe, expect, it } from "vitest";
import { macroQuery, stepped } from "../desk/MacroPicker";
import { listed } from "../desk/office/HoursPage";
import { average } from "../desk/office/RatingsPage";
import { sourceWords } from "../shared/words/replies";
import { speakerWords, waitWords } from "../shared/words/widget";

describe("prepared words", () => {
  it("are looked for by what follows the stroke that a reply begins with", () => {
    expect([macroQuery("/"), macroQuery("/배송 지연"), macroQuery("네/아니요"), macroQuery("/a\nb")]).toEqual([
      "",
      "배송 지연",
      null,
      null,
    ]);
  });
  it("go round with the arrows", () => {
    expect([stepped(0, -1, 3), stepped(2, 1, 3), stepped(0, 1, 0)]).toEqual([2, 0, 0]);
  });
});

describe("a suggestion", () => {
  const told = { text: "", missing: [], has_gaps: false, score: 1 };
  it("says where it comes from", () => {
    expect(sourceWords({ ...told, kind: "macro", source: { name: "배송 지연 안내" } })).toBe(
      "자주 쓰는 답 · 배송 지연 안내",
    );
    expect(sourceWords({ ...told, kind: "solved", source: { date: "2026-11-20T05:00:00Z" } })).toBe(
      "비슷한 상담에서 · 11월 20일(금)",
    );
  });
});

describe("a customer who waits", () => {
  it("is told a rounded time, and nothing while nobody is there", () => {
    expect([waitWords(null), waitWords(20), waitWords(130), waitWords(13 * 60), waitWords(5000)]).toEqual([
      "",
      "곧 연결돼요",
      "약 3분 걸려요",
      "약 15분 걸려요",
      "1시간 넘게 걸릴 수 있어요",
    ]);
  });
  it("is told when the agent is away for a moment", () => {
    expect(speakerWords("human", "한지민", true)).toBe(
      "한지민 상담원이 잠시 자리를 비웠어요. 돌아오면 이어서 답해 드려요",
    );
  });
});

describe("fields", () => {
  it("hold what is between commas", () => expect(listed(" 09:00-12:00, ,13:00-18:00 ")).toHaveLength(2));
  it("have an average to one place", () =>
    expect([average([]), average([{ score: 4 }, { score: 5 }])]).toEqual(["", "4.5"]));
});
