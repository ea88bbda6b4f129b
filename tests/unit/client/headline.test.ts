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
const aProvider = (state: Partial<ProviderState>): ProviderWithState => ({
  ...ProviderPolicy.parse({ name: "ATS", url: "https://ats.example" }),
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
      "Stopped since 13:55: too many requests failed (12 of 20 failed (503)). Next test in 4 min. 312 records wait, the oldest for 10 min 10 s.",
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

  test("with nothing to do", () => {
    expect(say({ waiting: 0 })).toBe("Sending up to 10 at once, its maximum. Nothing waits.");
  });
});
