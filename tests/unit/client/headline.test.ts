import { describe, expect, test } from "vitest";
import { headline } from "#lib/client/headline.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import type { BatchChange, ProviderState, ProviderWithState } from "#lib/contract/provider.ts";

const nowMs = Date.parse("2026-11-21T14:05:00Z");
const rested: ProviderState = {
  breaker: "closed",
  breakerReason: null,
  breakerSince: null,
  nextProbeAt: null,
  batchSize: 10,
  hold: null,
  holdUntil: null,
  holdReason: null,
  health: null,
  quota: null,
  redriving: 0,
  schedules: [],
  pausedBy: null,
  pauseReason: null,
  waiting: 3,
  retrying: 0,
  sending: 0,
  held: 0,
  failed: 0,
  oldestDueAt: null,
  owner: null,
};
const aProvider = (state: Partial<ProviderState>, policy: object = {}): ProviderWithState => ({
  ...ProviderPolicy.parse({ name: "ATS", url: "https://ats.example", ...policy }),
  slug: "ats",
  version: 1,
  updatedAt: "2026-11-21T00:00:00Z",
  updatedBy: "admin",
  state: { ...rested, ...state },
});
const say = (state: Partial<ProviderState>, change: BatchChange | null = null) =>
  headline({ provider: aProvider(state), change, zone: "UTC", nowMs });
const aChange = (given: Partial<BatchChange>): BatchChange => ({
  at: "2026-11-21T13:52:00Z",
  from: 10,
  to: 4,
  breaker: "closed",
  reason: "p95 is 2.3 s (target 1 s).",
  figures: {},
  ...given,
});

describe("what a provider is doing now, in words", () => {
  test("at its maximum", () => {
    expect(say({})).toBe("Sending up to 10 at once, its maximum. 3 records wait.");
  });

  test("slowed down, since when and why", () => {
    expect(say({ batchSize: 4 }, aChange({}))).toBe(
      "Sending 4 at once of at most 10 since 13:52: p95 is 2.3 s (target 1 s). 3 records wait.",
    );
  });

  test("a change that led elsewhere explains nothing", () => {
    expect(say({ batchSize: 5 }, aChange({}))).toBe("Sending 5 at once of at most 10. 3 records wait.");
  });

  test("open, why, and when it is tried", () => {
    const said = say(
      {
        breaker: "open",
        hold: "breaker_open",
        breakerReason: "failing",
        breakerSince: "2026-11-21T13:55:00Z",
        nextProbeAt: "2026-11-21T14:09:00Z",
        held: 312,
        oldestDueAt: "2026-11-21T13:54:50Z",
      },
      aChange({ breaker: "open", reason: "12 of 20 failed (503)" }),
    );
    expect(said).toBe(
      "Stopped since 13:55: too many requests failed – 12 of 20 failed (503). Next test in 4 min. 312 records wait, the oldest for 10 min 10 s.",
    );
  });

  test("paused, by whom, until when and why", () => {
    const said = say({
      hold: "paused",
      pausedBy: "Maria Lopez <maria@example.org>",
      pauseReason: "Their data centre moves.",
      holdUntil: "2026-11-21T15:00:00Z",
      waiting: 0,
      held: 1,
    });
    expect(said).toBe("Paused by Maria Lopez until 15:00. “Their data centre moves.” 1 record waits.");
  });

  test.each([
    [
      "UTC",
      "Waiting: it is outside the delivery window, which opens at 22:00 London time (21:00 your time).",
    ],
    ["Europe/London", "Waiting: it is outside the delivery window, which opens at 22:00."],
  ])("shut: the provider's clock, and the reader's in %s when they differ", (zone, sentence) => {
    const provider = aProvider(
      {
        hold: "outside_window",
        holdReason: "it is outside the delivery window",
        holdUntil: "2026-07-21T21:00:00Z",
        waiting: 0,
      },
      { windows: { timeZone: "Europe/London" } },
    );
    const said = headline({ provider, change: null, zone, nowMs: Date.parse("2026-07-21T14:05:00Z") });
    expect(said).toBe(`${sentence} Nothing waits.`);
  });

  test("the day's quota is spent: the day ends at the provider's midnight", () => {
    const provider = aProvider(
      { hold: "quota_spent", holdReason: "the 100 of a day are sent", holdUntil: "2026-11-21T15:00:00Z" },
      { windows: { timeZone: "Asia/Tokyo" } },
    );
    expect(headline({ provider, change: null, zone: "UTC", nowMs })).toBe(
      "Waiting: the 100 of a day are sent. The next go at 22 Nov 00:00 Tokyo time (15:00 your time). 3 records wait.",
    );
  });

  test.each([
    ["2026-11-21T14:05:40Z", "in 40 s"],
    ["2026-11-21T14:09:00Z", "at 14:09, in 4 min"],
    ["2026-11-21T14:04:59Z", "now"],
  ])("a hold that ends soon is counted down: %s", (holdUntil, when) => {
    const detail = "the health check said 503";
    const health = { green: false, checkedAt: "2026-11-21T14:04:00Z", detail, lying: false };
    const said = say({ hold: "unhealthy", holdReason: detail, holdUntil, health });
    expect(said).toContain(`It is asked again ${when}.`);
  });

  test("held for its own policy's sake, it is not its health check that is blamed", () => {
    const holdUntil = "2026-11-21T14:05:40Z";
    expect(say({ hold: "unhealthy", holdReason: "options: Unrecognized key", holdUntil })).toMatch(
      /^Stopped: its policy can't be used, options: Unrecognized key\./,
    );
  });

  test("shadow, a share, a lie and what comes back are said beside it", () => {
    const provider = aProvider(
      {
        waiting: 0,
        redriving: 2,
        health: {
          green: false,
          checkedAt: "2026-11-21T14:04:00Z",
          detail: "the health check said 503",
          lying: true,
        },
      },
      { flags: { percentage: 25 } },
    );
    expect(headline({ provider, change: null, zone: "UTC", nowMs })).toBe(
      "Sending up to 10 at once, its maximum. It sends 25 % of the records; the others are shadowed. Its health check said 503, but deliveries succeed, so it is not believed. 2 failures are coming back by themselves, behind fresh records. Nothing waits.",
    );
    const shadowed = aProvider({}, { flags: { shadow: true } });
    expect(headline({ provider: shadowed, change: null, zone: "UTC", nowMs })).toMatch(/^Shadow: /);
  });

  test("with nothing to do", () => {
    expect(say({ waiting: 0 })).toBe("Sending up to 10 at once, its maximum. Nothing waits.");
  });
});
