import { describe, expect, test } from "vitest";
import {
  calendarAt,
  type GateMemory,
  type GatePolicy,
  gate,
  newGateMemory,
  started,
} from "#lib/core/gate.ts";
import { openReasons } from "#lib/core/status.ts";
import { describeProvider, type ProviderInWords } from "#lib/core/words.ts";

const aProvider = (more: Partial<ProviderInWords>): ProviderInWords => ({
  breaker: "closed",
  breakerReason: null,
  batchSize: 10,
  batchSizeMax: 10,
  hold: null,
  holdUntil: null,
  holdReason: null,
  unusable: false,
  pausedBy: null,
  nextProbe: null,
  goodTrials: 3,
  since: null,
  lastChangeReason: null,
  shadow: false,
  percentage: 100,
  lie: null,
  redriving: 0,
  ...more,
});

test.each<[Partial<ProviderInWords>, string]>([
  [{}, "Sending up to 10 at once, its maximum."],
  [
    { batchSize: 4, since: "13:52", lastChangeReason: "Answers got 2.3 times slower than usual" },
    "Sending 4 at once of at most 10 since 13:52: answers got 2.3 times slower than usual.",
  ],
  [
    {
      breaker: "open",
      breakerReason: "failing",
      hold: "breaker_open",
      since: "13:55",
      nextProbe: "at 14:05",
      lastChangeReason: "6 of the last 10 failed (503)",
    },
    "Stopped since 13:55: too many requests failed – 6 of the last 10 failed (503). Next test at 14:05.",
  ],
  [
    { breaker: "open", breakerReason: "unauthorized", hold: "breaker_open", nextProbe: "in 4 min" },
    "Stopped: it does not accept our credentials. Next test in 4 min. New credentials in its policy are tested at once.",
  ],
  [
    { breaker: "half_open", breakerReason: "failing" },
    "Testing with one record at a time. 3 good ones, and it sends as before.",
  ],
  [
    { breaker: "half_open", goodTrials: 1, lastChangeReason: "The provider answered" },
    "Testing with one record at a time: the provider answered. One good one, and it sends as before.",
  ],
  [{ hold: "paused", pausedBy: "ana", holdUntil: "15:00" }, "Paused by ana until 15:00."],
  [{ hold: "paused" }, "Paused until someone resumes it."],
  [{ hold: "disabled" }, "Switched off: nothing is sent until someone switches it on."],
  [
    { hold: "quota_spent", holdReason: "the provider asked us to wait", holdUntil: "at 14:09" },
    "Waiting: the provider asked us to wait. The next go at 14:09.",
  ],
  [
    { hold: "unhealthy", holdReason: "the health check said 503", holdUntil: "in 40 s" },
    "Waiting: the health check said 503. It is asked again in 40 s.",
  ],
  [
    {
      hold: "unhealthy",
      unusable: true,
      holdReason: "its secrets can't be opened: REDRIVE_SECRET is not set",
      holdUntil: "in 60 s",
    },
    "Stopped: its secrets can't be opened: REDRIVE_SECRET is not set. It is tried again in 60 s, or as soon as its policy is mended.",
  ],
  [
    { hold: "unhealthy", unusable: true, holdReason: "options: Unrecognized key", holdUntil: "in 60 s" },
    "Stopped: its policy can't be used, options: Unrecognized key. It is tried again in 60 s, or as soon as its policy is mended.",
  ],
  [{ hold: "unhealthy" }, "Waiting: its health check is red."],
  [
    { shadow: true },
    "Shadow: everything but the call is done. What would have gone is in each record's timeline.",
  ],
  [
    { shadow: true, hold: "quota_spent", holdReason: "the 5 of a day are sent", holdUntil: "at 00:00" },
    "Waiting: the 5 of a day are sent. The next go at 00:00. Shadow: everything but the call is done. What would have gone is in each record's timeline.",
  ],
  [
    { percentage: 25 },
    "Sending up to 10 at once, its maximum. It sends 25 % of the records; the others are shadowed.",
  ],
  [
    { percentage: 0 },
    "Sending up to 10 at once, its maximum. 0 % of the records are sent: all of them are shadowed.",
  ],
  [
    { lie: "the health check said 503" },
    "Sending up to 10 at once, its maximum. Its health check said 503, but deliveries succeed, so it is not believed.",
  ],
  [
    { lie: "it took 3 s (limit 1 s)" },
    "Sending up to 10 at once, its maximum. Its health check is red: it took 3 s (limit 1 s). Deliveries succeed, so it is not believed.",
  ],
  [
    { redriving: 12 },
    "Sending up to 10 at once, its maximum. 12 failures are coming back by themselves, behind fresh records.",
  ],
  [
    { redriving: 1 },
    "Sending up to 10 at once, its maximum. 1 failure is coming back by itself, behind fresh records.",
  ],
  [{ hold: "paused", shadow: true, redriving: 3 }, "Paused until someone resumes it."],
])("a provider is described in words: %j", (more, sentence) => {
  expect(describeProvider(aProvider(more))).toBe(sentence);
});

test.each(openReasons)("an open breaker says why, and when it is tested: %s", (breakerReason) => {
  const said = describeProvider(
    aProvider({ breaker: "open", hold: "breaker_open", breakerReason, nextProbe: "in 4 min" }),
  );
  expect(said).toMatch(/^Stopped: .+\. Next test in 4 min\./);
});

// The gate's own reasons, so that a reason put otherwise shows here.
describe("what the gate says ends in a sentence of its own", () => {
  const nowMs = Date.parse("2026-11-21T14:05:00Z");
  const nothing = { perSecond: null, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 };
  const always = { timeZone: "UTC", deliver: [], maintenance: [] };
  const aPolicy = (more: Partial<GatePolicy>): GatePolicy => ({
    windows: always,
    limits: nothing,
    health: null,
    ...more,
  });
  const whole = { days: ["sat" as const], from: "00:00", to: "24:00" };
  const elsewhen = { days: ["sun" as const], from: "09:00", to: "17:00" };

  const said = (
    policy: GatePolicy,
    memory: GateMemory = newGateMemory,
    pausedUntilMs: number | null = null,
  ) => {
    const calendar = calendarAt(policy, nowMs);
    const { hold, reason } = gate(policy, memory, { nowMs, calendar, breaker: "closed", pausedUntilMs });
    return describeProvider(aProvider({ hold, holdReason: reason, holdUntil: "at 22:00" }));
  };
  const afterOne = (policy: GatePolicy) =>
    said(policy, started(newGateMemory, policy, { calendar: calendarAt(policy, nowMs), nowMs }));

  test("maintenance", () => {
    expect(said(aPolicy({ windows: { ...always, maintenance: [whole] } }))).toBe(
      "Waiting: the provider is in its maintenance window, which ends at 22:00.",
    );
  });
  test("the delivery window", () => {
    expect(said(aPolicy({ windows: { ...always, deliver: [elsewhen] } }))).toBe(
      "Waiting: it is outside the delivery window, which opens at 22:00.",
    );
  });
  test("the daily quota", () => {
    expect(afterOne(aPolicy({ limits: { ...nothing, perDay: 1 } }))).toBe(
      "Waiting: the 1 of a day are sent. The next go at 22:00.",
    );
  });
  test("the rate", () => {
    expect(afterOne(aPolicy({ limits: { ...nothing, perMinute: 1 } }))).toBe(
      "Keeping its pace: at most 1 a minute may be sent. The next go at 22:00.",
    );
  });
  test("records per run", () => {
    expect(afterOne(aPolicy({ limits: { ...nothing, perRun: 1 } }))).toBe(
      "Between two runs: a run sends at most 1. The next begins at 22:00, or with the next record.",
    );
  });
  test("asked to wait", () => {
    expect(said(aPolicy({}), newGateMemory, nowMs + 60_000)).toBe(
      "Waiting: the provider asked us to wait. The next go at 22:00.",
    );
  });
});
