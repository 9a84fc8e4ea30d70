import { afterEach, describe, expect, it, vi } from "vitest";
import { isPassing, Problem, request, Unreachable } from "../shared/api/client";
import { errorWords } from "../shared/words/errors";

function answering(status: number, body: string): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
}

afterEach(() => vi.unstubAllGlobals());

const failure = () => request("GET", "/x").catch((error: unknown) => error);

describe("request", () => {
  it("returns the decoded answer", async () => {
    answering(200, '{"seq": 3}');
    expect(await request("GET", "/x")).toEqual({ seq: 3 });
  });

  it("accepts an empty answer", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 204 })));
    expect(await request("POST", "/x", { body: {} })).toBeNull();
  });

  it("turns problem+json into a Problem with code and the other members", async () => {
    answering(409, '{"code": "version_conflict", "detail": "늦었어요", "winner": {"owner": "human"}}');
    const error = (await failure()) as Problem;
    expect([error.status, error.code, error.detail, error.body["winner"]]).toEqual([
      409,
      "version_conflict",
      "늦었어요",
      { owner: "human" },
    ]);
  });

  it("takes a proxy's bare 502 for an absent gateway, not for a refusal", async () => {
    answering(502, "<html>");
    expect(await failure()).toBeInstanceOf(Unreachable);
  });

  it("takes a lost network for an absent gateway", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    expect(await failure()).toBeInstanceOf(Unreachable);
  });

  it("does not wait for ever", async () => {
    vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
      return new Promise((_resolve, reject) => init.signal?.addEventListener("abort", () => reject(new Error("late"))));
    });
    expect(await request("GET", "/x", { timeout_ms: 5 }).catch((error: unknown) => error)).toBeInstanceOf(Unreachable);
  });

  it("sends the tokens it is given", async () => {
    let seen: unknown;
    vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
      seen = init.headers;
      return Promise.resolve(new Response("{}"));
    });
    await request("POST", "/x", { body: {}, bearer: "b", csrf: "c" });
    expect(seen).toMatchObject({ authorization: "Bearer b", "x-csrf-token": "c", "content-type": "application/json" });
  });
});

describe("isPassing", () => {
  it.each([
    [new Unreachable(), true],
    [new Problem(500, {}), true],
    [new Problem(429, {}), true],
    [new Problem(422, {}), false],
    [new Error("bug"), false],
  ])("of %s is %s", (error, expected) => expect(isPassing(error)).toBe(expected));
});

describe("errorWords", () => {
  it("says the gateway's own Korean sentence", () => {
    expect(errorWords(new Problem(400, { code: "x", detail: "이미 쓴 연결권이에요." }))).toBe("이미 쓴 연결권이에요.");
  });
  it("never shows a sentence that is not Korean", () => {
    expect(errorWords(new Problem(400, { code: "x", detail: "bad request" }))).toMatch(/[가-힣]/);
  });
  it("has a sentence for what it does not know", () => expect(errorWords(new Error("boom"))).not.toContain("boom"));
});
