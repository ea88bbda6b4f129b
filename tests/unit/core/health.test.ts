import { describe, expect, test } from "vitest";
import {
  checked,
  delivered,
  failedDelivery,
  type Health,
  type HealthPolicy,
  healthAnswer,
  healthHold,
  mustAsk,
} from "#lib/core/health.ts";
import type { Reply } from "#lib/core/reply.ts";

const minute = 60_000;
const nowMs = 100 * minute;

const policy: HealthPolicy = {
  everyMs: minute,
  timeoutMs: 10_000,
  expect: 200,
  slowMs: 5_000,
  ill: [
    { jsonPath: "$.status", equals: "degraded" },
    { jsonPath: "$.queue", matches: "^full" },
    { jsonPath: "$.errors" },
    { header: "X-State", equals: "down" },
    { header: "x-down" },
    { body: "maintenance" },
  ],
};
const aReply = (status = 200, body = "", headers: Record<string, string> = {}): Reply => ({
  kind: "response",
  status,
  headers,
  body,
  truncated: false,
});
const health = (more: Partial<Health> = {}): Health => ({
  checkedAtMs: nowMs,
  green: false,
  detail: "the health check said 503",
  lying: false,
  ...more,
});
const red = { green: false, detail: "the health check said 503" };
const green = { green: true, detail: "the health check said 200" };

describe("a health check's answer", () => {
  test.each<[string, Reply, number, boolean]>([
    ["the health check said 200", aReply(), 5_000, true],
    ["the health check said 200", aReply(200, '{"status":"fine"}'), 10, true],
    ["the health check said 503", aReply(503), 10, false],
    ["the health check said 204", aReply(204), 10, false],
    ["it took 6.2 s (limit 5 s)", aReply(), 6_200, false],
    ['its body says "degraded"', aReply(200, '{"status":"degraded"}'), 10, false],
    ['its body says something like "^full"', aReply(200, '{"queue":"full"}'), 10, false],
    ["its body has $.errors", aReply(200, '{"errors":[]}'), 10, false],
    ['its header X-State says "down"', aReply(200, "", { "x-state": "down" }), 10, false],
    ["it has the header x-down", aReply(200, "", { "x-down": "" }), 10, false],
    ['its body says something like "maintenance"', aReply(200, "in maintenance"), 10, false],
    [
      "the health check failed: No answer within 10 s",
      { kind: "timeout", phase: "total", sent: true, afterMs: 10_000 },
      10_000,
      false,
    ],
    [
      "the health check failed: Connection refused",
      { kind: "network", code: "ECONNREFUSED", message: "", sent: false },
      1,
      false,
    ],
  ])("reads: %s", (detail, reply, tookMs, isGreen) => {
    expect(healthAnswer(reply, tookMs, policy)).toEqual({ green: isGreen, detail });
  });

  test("may take its time where no limit is set", () => {
    expect(healthAnswer(aReply(), 60_000, { ...policy, slowMs: null }).green).toBe(true);
  });
});

describe("a red check", () => {
  const given = { nowMs, startedAtMs: nowMs - 100, lastSuccessAtMs: null };

  test("is believed when nothing succeeded since it started", () => {
    expect(checked(null, red, given)).toEqual(health());
    expect(checked(null, red, { ...given, lastSuccessAtMs: nowMs - 101 }).lying).toBe(false);
  });

  test("lies when a delivery succeeded since it started, or since the red one before", () => {
    expect(checked(null, red, { ...given, lastSuccessAtMs: nowMs - 100 }).lying).toBe(true);
    const before = health({ checkedAtMs: nowMs - minute });
    const between = { ...given, lastSuccessAtMs: nowMs - minute / 2 };
    expect(checked(before, red, between).lying).toBe(true);
    expect(checked({ ...before, green: true }, red, between).lying).toBe(false);
  });

  test("lies until it is green", () => {
    const lying = health({ checkedAtMs: nowMs - minute, lying: true });
    expect(checked(lying, red, given).lying).toBe(true);
    expect(checked(lying, green, given)).toEqual({ ...green, checkedAtMs: nowMs, lying: false });
    expect(checked({ ...lying, green: true }, red, given).lying).toBe(false);
  });

  test("is found lying by a success after it, and maybe right again by a failure", () => {
    const lying = delivered(health(), nowMs + 1);
    expect(lying).toEqual(health({ lying: true }));
    expect(failedDelivery(lying)).toEqual(health());
    expect(delivered(health(), nowMs - 1)).toEqual(health());
  });

  test("alone can lie", () => {
    expect(delivered(null, nowMs)).toBeNull();
    expect(failedDelivery(null)).toBeNull();
    expect(delivered(health({ green: true }), nowMs)).toEqual(health({ green: true }));
    expect(failedDelivery(health({ green: true }))).toEqual(health({ green: true }));
  });
});

describe("before sending", () => {
  const idle = { nowMs, lastAnswerAtMs: null };
  const old = { checkedAtMs: nowMs - minute };

  test("the check is asked when it never was, or not lately", () => {
    expect(mustAsk(null, policy, idle)).toBe(true);
    expect(mustAsk(health(old), policy, idle)).toBe(true);
    expect(mustAsk(health({ ...old, green: true }), policy, idle)).toBe(true);
    expect(mustAsk(health({ checkedAtMs: nowMs - minute + 1 }), policy, idle)).toBe(false);
    expect(healthHold(health(old), policy, idle)).toBe("ask");
  });

  test("the check is not asked while deliveries are answered", () => {
    const answered = { nowMs, lastAnswerAtMs: nowMs - minute };
    expect(mustAsk(null, policy, answered)).toBe(false);
    expect(mustAsk(null, policy, { nowMs, lastAnswerAtMs: nowMs - minute - 1 })).toBe(true);
    expect(healthHold(health(), policy, answered)).toBeNull();
    expect(healthHold(null, policy, answered)).toBeNull();
  });

  test("a green check lets go, a red one holds until the next, a lying one lets go", () => {
    expect(healthHold(health({ green: true }), policy, idle)).toBeNull();
    expect(healthHold(health({ lying: true }), policy, idle)).toBeNull();
    expect(healthHold(health({ checkedAtMs: nowMs - 20_000 }), policy, idle)).toEqual({
      untilMs: nowMs + 40_000,
    });
  });

  test("a clock that went back asks anew instead of holding", () => {
    expect(healthHold(health({ checkedAtMs: nowMs + 60 * minute }), policy, idle)).toBe("ask");
    expect(healthHold(health(), policy, { nowMs, lastAnswerAtMs: nowMs + 60 * minute })).toEqual({
      untilMs: nowMs + minute,
    });
  });
});
