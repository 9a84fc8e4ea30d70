import { describe, expect, it } from "vitest";
import { canSend, cleaned, lengthOf, remaining, shouldSend } from "../shared/chat/typing";

const enter = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };

describe("Enter", () => {
  it("sends", () => expect(shouldSend(enter)).toBe(true));
  it("breaks the line with Shift", () => expect(shouldSend({ ...enter, shiftKey: true })).toBe(false));
  it("is left to the input method while Hangul is composed", () => {
    expect(shouldSend({ ...enter, isComposing: true })).toBe(false);
  });
  it("is left to the input method where only the key code tells, as in Safari", () => {
    expect(shouldSend({ ...enter, keyCode: 229 })).toBe(false);
  });
  it("is the only key that sends", () => expect(shouldSend({ ...enter, key: "a" })).toBe(false));
});

describe("length", () => {
  it("counts an emoji as one character, as the gateway does", () => expect(lengthOf("좋아요👍")).toBe(4));
  it("is not shown far from the limit", () => expect(remaining("가".repeat(1799))).toBeNull());
  it("is shown near the limit", () => expect(remaining("가".repeat(1990))).toBe(10));
  it("is negative beyond it", () => expect(remaining("가".repeat(2003))).toBe(-3));
  it("allows 2,000 characters and no more", () => {
    expect([canSend("가".repeat(2000)), canSend("가".repeat(2001))]).toEqual([true, false]);
  });
  it("does not count spaces around the text", () => expect(canSend(` ${"가".repeat(2000)}\n`)).toBe(true));
});

describe("cleaned", () => {
  it("keeps tabs and line breaks of one kind", () => expect(cleaned("가\r\n나\r다\t라")).toBe("가\n나\n다\t라"));
  it("takes out what the gateway refuses", () => expect(cleaned("가\u0000나\u001b\u0085다")).toBe("가나다"));
  it("takes out half letters and keeps whole ones", () => expect(cleaned("\ud83d가👍\udc4d")).toBe("가👍"));
  it("leaves nothing to send of blanks", () => expect(canSend(" \n\u0007 ")).toBe(false));
});
