import { describe, expect, test } from "vitest";
import { classify } from "#lib/core/classify.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { Rule } from "#lib/core/rules.ts";

const nowMs = Date.parse("2026-03-01T12:00:00Z");
const day = 86_400_000;

const aResponse = (status: number, body = "", headers: Record<string, string> = {}): Reply => ({
  kind: "response",
  status,
  headers,
  body,
  truncated: false,
});
const outcomeOf = (reply: Reply) => classify(reply, nowMs).outcome;
const errorOf = (body: string, status = 422) => classify(aResponse(status, body), nowMs).error;
const waitOf = (headers: Record<string, string>, status = 429) =>
  classify(aResponse(status, "", headers), nowMs).retryAfterMs;

describe("the outcome", () => {
  test.each([
    [200, "delivered"],
    [202, "delivered"],
    [204, "delivered"],
    [409, "duplicate"],
    [400, "invalid"],
    [404, "invalid"],
    [410, "invalid"],
    [413, "invalid"],
    [418, "invalid"],
    [422, "invalid"],
    [401, "unauthorized"],
    [403, "unauthorized"],
    [429, "throttled"],
    [408, "unavailable"],
    [425, "unavailable"],
    [500, "unavailable"],
    [503, "unavailable"],
    [599, "unavailable"],
    [101, "unexpected"],
    [301, "unexpected"],
    [304, "unexpected"],
    [0, "unexpected"],
    [999, "unexpected"],
  ])("of status %i is %s", (status, outcome) => {
    expect(outcomeOf(aResponse(status))).toBe(outcome);
  });

  test("of a success that was cut short is unexpected", () => {
    expect(outcomeOf({ kind: "response", status: 200, headers: {}, body: "x", truncated: true })).toBe(
      "unexpected",
    );
  });

  test("of a 503 that says when to come back is throttled", () => {
    expect(outcomeOf(aResponse(503, "", { "retry-after": "5" }))).toBe("throttled");
    expect(outcomeOf(aResponse(503, "", { "retry-after": "soon" }))).toBe("unavailable");
  });

  test("of a 403 for a spent quota is throttled", () => {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };
    expect(outcomeOf(aResponse(403, "", headers))).toBe("throttled");
  });

  test("of no answer depends on whether bytes had left", () => {
    expect(outcomeOf({ kind: "timeout", phase: "total", sent: true })).toBe("ambiguous");
    expect(outcomeOf({ kind: "timeout", phase: "connect", sent: false })).toBe("unavailable");
    expect(outcomeOf({ kind: "network", code: "ECONNRESET", message: "", sent: true })).toBe("ambiguous");
    expect(outcomeOf({ kind: "network", code: "ENOTFOUND", message: "", sent: false })).toBe("unavailable");
  });

  test("of an address that may not be called is unexpected", () => {
    expect(classify({ kind: "refused", why: "10.0.0.1 is private" }, nowMs)).toEqual({
      outcome: "unexpected",
      retryAfterMs: null,
      error: "The address may not be called: 10.0.0.1 is private",
      team: null,
    });
  });
});

describe("the wait", () => {
  test("in seconds is read as it is", () => {
    expect(waitOf({ "retry-after": "120" })).toBe(120_000);
    expect(waitOf({ "retry-after": "0" })).toBe(0);
  });

  test("as a date is read against the provider's own clock", () => {
    const theirs = { "retry-after": "Sun, 01 Mar 2026 14:01:00 GMT", date: "Sun, 01 Mar 2026 14:00:00 GMT" };
    expect(waitOf(theirs)).toBe(60_000);
    expect(waitOf({ "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT" })).toBe(30_000);
    expect(waitOf({ "retry-after": "Sunday, 01-Mar-26 12:00:30 GMT" })).toBe(30_000);
    expect(waitOf({ "retry-after": "Sun Mar  1 12:00:30 2026" })).toBe(30_000);
  });

  test("that lies in the past is none at all", () => {
    expect(waitOf({ "retry-after": "Sat, 28 Feb 2026 12:00:00 GMT" })).toBe(0);
  });

  test("is at most a day", () => {
    expect(waitOf({ "retry-after": "99999999999999999999999" })).toBe(day);
    expect(waitOf({ "retry-after": "Fri, 01 Mar 2030 12:00:00 GMT" })).toBe(day);
  });

  test.each([
    "",
    "soon",
    "-5",
    "1.5",
    "2026",
    "1e3",
    "Sun, 41 Mar 2026 12:00:30 GMT",
    "2026-03-01T12:00:30Z",
  ])("in a malformed header (%j) is ignored, unless it is a plain number of seconds", (text) => {
    expect(waitOf({ "retry-after": text })).toBe(text === "2026" ? 2_026_000 : null);
  });

  test("of RateLimit counts when nothing remains", () => {
    expect(waitOf({ "ratelimit-remaining": "0", "ratelimit-reset": "30" })).toBe(30_000);
    expect(waitOf({ "ratelimit-remaining": "1", "ratelimit-reset": "30" })).toBeNull();
    expect(waitOf({ ratelimit: '"default";r=0;t=45' })).toBe(45_000);
    expect(waitOf({ ratelimit: '"burst";r=3;t=1, "daily";r=0;t=50' })).toBe(50_000);
    expect(waitOf({ ratelimit: "limit=100, remaining=0, reset=50" })).toBe(50_000);
    expect(waitOf({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(nowMs / 1000 + 20) })).toBe(
      20_000,
    );
    expect(waitOf({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(nowMs + 20_000) })).toBe(
      20_000,
    );
  });

  test("of Retry-After beats the one of RateLimit", () => {
    expect(waitOf({ "retry-after": "7", "ratelimit-remaining": "0", "ratelimit-reset": "30" })).toBe(7_000);
  });

  test("of a success is told when the quota is spent", () => {
    expect(waitOf({ "ratelimit-remaining": "0", "ratelimit-reset": "30" }, 200)).toBe(30_000);
  });
});

describe("the error", () => {
  test.each([
    ['{"message":"postal_code is invalid"}', "422: postal_code is invalid"],
    ['{"field":"postal_code","message":"is invalid"}', "422: postal_code: is invalid"],
    ['{"error":"no such account"}', "422: no such account"],
    ['{"error":{"message":"amount too large","code":7}}', "422: amount too large"],
    ['{"error":"invalid_grant","error_description":"The token is old"}', "422: The token is old"],
    ['{"errors":[{"field":"postal_code","message":"is invalid"}]}', "422: postal_code: is invalid"],
    ['{"errors":["is bad","is worse"]}', "422: is bad"],
    ['{"errors":{"postal_code":["is invalid"]}}', "422: postal_code: is invalid"],
    ['{"detail":[{"loc":["body","city"],"msg":"field required"}]}', "422: city: field required"],
    ['{"title":"Bad","detail":"No credit left"}', "422: No credit left"],
    [
      '{"title":"Bad","invalid-params":[{"name":"age","reason":"must be positive"}]}',
      "422: age: must be positive",
    ],
    ['{"status":500,"error":"Internal Server Error","path":"/orders"}', "422: Internal Server Error"],
    ['{"code":17}', '422: {"code":17}'],
    ["plain words", "422: plain words"],
    ['{"message": broken', '422: {"message": broken'],
    ["<html><head><title>502 Bad Gateway</title></head></html>", "422: 502 Bad Gateway"],
    ["", "422: the record was not accepted"],
    ["null", "422: null"],
    ["a\n\tb\u0000c", "422: a b c"],
  ])("of %s", (body, error) => {
    expect(errorOf(body)).toBe(error);
  });

  test("is cut at 200 characters of the provider's words", () => {
    expect(errorOf("x".repeat(5_000))).toBe(`422: ${"x".repeat(199)}…`);
  });

  test("names where a redirect leads, without a path that may be secret", () => {
    expect(classify(aResponse(302, "", { location: "https://evil.example/?token=1" }), nowMs).error).toBe(
      "302: redirected to evil.example; redirects are not followed",
    );
  });

  test("of no answer says so in words", () => {
    const timeout: Reply = { kind: "timeout", phase: "total", sent: true, afterMs: 30_000 };
    expect(classify(timeout, nowMs).error).toBe("No answer within 30 s");
    expect(classify({ kind: "timeout", phase: "connect", sent: false }, nowMs).error).toBe(
      "No connection in time",
    );
    const network = (code: string, message = ""): Reply => ({ kind: "network", code, message, sent: false });
    expect(classify(network("ECONNREFUSED"), nowMs).error).toBe("Connection refused");
    expect(classify(network("CERT_HAS_EXPIRED"), nowMs).error).toBe("TLS certificate has expired");
    expect(classify(network("EWHAT", "odd"), nowMs).error).toBe("Network error: odd (EWHAT)");
  });

  test("is null for what was delivered", () => {
    expect(errorOf("{}", 200)).toBeNull();
    expect(errorOf('{"message":"already there"}', 409)).toBeNull();
  });
});

describe("a provider's own rules", () => {
  const cut = (status: number, body: string): Reply => ({
    kind: "response",
    status,
    headers: { "x-result": "no" },
    body,
    truncated: true,
  });

  test("come before the usual reading, and the first that fits decides", () => {
    const rules: Rule[] = [
      { when: { status: 409, jsonPath: "$.code", equals: "locked" }, outcome: "unavailable" },
      { when: { status: "4xx" }, outcome: "invalid" },
    ];
    expect(classify(aResponse(409, '{"code":"locked"}'), nowMs, rules).outcome).toBe("unavailable");
    expect(classify(aResponse(409, '{"code":"known"}'), nowMs, rules).outcome).toBe("invalid");
    expect(classify(aResponse(500), nowMs, rules).outcome).toBe("unavailable");
  });

  test("find the error in a success", () => {
    const rules: Rule[] = [
      { when: { status: 200, jsonPath: "$.error" }, outcome: "invalid", team: "technical" },
    ];
    expect(classify(aResponse(200, '{"error":"no such city"}'), nowMs, rules)).toEqual({
      outcome: "invalid",
      retryAfterMs: null,
      error: "200: no such city",
      team: "technical",
    });
    expect(classify(aResponse(200, '{"id":7}'), nowMs, rules)).toEqual({
      outcome: "delivered",
      retryAfterMs: null,
      error: null,
      team: null,
    });
    expect(classify(aResponse(200, ""), nowMs, rules).outcome).toBe("delivered");
  });

  test("find the success in an error, and then nothing is said about it", () => {
    const rules: Rule[] = [
      { when: { status: 422, body: "already" }, outcome: "duplicate", say: "There it is" },
    ];
    expect(classify(aResponse(422, "already registered"), nowMs, rules)).toMatchObject({
      outcome: "duplicate",
      error: null,
    });
  });

  test("say it in their own words, or in the usual ones", () => {
    const rule = { when: { status: 422 }, outcome: "invalid" } as const;
    const errorBy = (say?: string) =>
      classify(aResponse(422, '{"message":"17"}'), nowMs, [{ ...rule, say }]).error;
    expect(errorBy("Code {$.message}: unknown city")).toBe("Code 17: unknown city");
    expect(errorBy()).toBe("422: 17");
    expect(errorBy(" ")).toBe("422: 17");
  });

  test("can ask for patience that the provider asked for, and not beside what is refused", () => {
    const reply = aResponse(400, "slow down", { "retry-after": "30" });
    const waitBy = (outcome: Rule["outcome"]) =>
      classify(reply, nowMs, [{ when: { body: "slow" }, outcome }]).retryAfterMs;
    expect(waitBy("throttled")).toBe(30_000);
    expect(waitBy("invalid")).toBeNull();
  });

  test("do not make a success of a body that was cut short by what half of it says", () => {
    const outcomeBy = (when: Rule["when"], reply: Reply) =>
      classify(reply, nowMs, [{ when, outcome: "delivered" }]).outcome;
    expect(outcomeBy({ body: "fine" }, cut(200, "fine so far"))).toBe("unexpected");
    expect(outcomeBy({ jsonPath: "$" }, cut(200, "12"))).toBe("unexpected");
    expect(outcomeBy({ status: 200 }, cut(200, "fine so far"))).toBe("delivered");
    expect(outcomeBy({ header: "X-Result", equals: "no" }, cut(200, ""))).toBe("delivered");
    expect(outcomeBy({ body: "fine" }, cut(500, "fine so far"))).toBe("delivered");
  });

  test("that name another outcome for a cut success tell its words, not its length", () => {
    const rules: Rule[] = [{ when: { status: 200 }, outcome: "invalid" }];
    expect(classify(cut(200, "no such city"), nowMs, rules).error).toBe("200: no such city");
    expect(classify(cut(200, "no such city"), nowMs).error).toBe("200: the answer is longer than we read");
  });

  test("say nothing about a request without an answer", () => {
    const rules: Rule[] = [{ when: { status: "5xx" }, outcome: "delivered" }];
    expect(classify({ kind: "timeout", phase: "total", sent: true }, nowMs, rules).outcome).toBe("ambiguous");
  });
});
