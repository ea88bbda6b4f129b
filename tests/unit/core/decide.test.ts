import { describe, expect, test } from "vitest";
import { backoffMs } from "#lib/core/backoff.ts";
import { isCharged } from "#lib/core/blame.ts";
import { decide } from "#lib/core/decide.ts";
import type { Outcome } from "#lib/core/outcome.ts";
import type { Team } from "#lib/core/status.ts";

const backoff = { baseMs: 60_000, factor: 3, jitter: 0.2, attemptsMax: 5 };
const minutes = (count: number) => count * 60_000;

const decided = (
  outcome: Outcome,
  {
    attempts = 0,
    tries = attempts,
    charged = false,
    retryAfterMs = null,
    team = null,
  }: {
    attempts?: number;
    tries?: number;
    charged?: boolean;
    retryAfterMs?: number | null;
    team?: Team | null;
  } = {},
) =>
  decide(
    { outcome, retryAfterMs, error: null, team },
    { attempts, tries },
    { policy: { backoff }, charged, random: 0.5 },
  );

describe("a record", () => {
  test("that was delivered, or was there already, is done", () => {
    expect(decided("delivered")).toEqual({ action: "deliver", kind: "delivered" });
    expect(decided("duplicate")).toEqual({ action: "deliver", kind: "duplicate" });
  });

  test("that the provider refuses goes to people who know the data, at once", () => {
    expect(decided("invalid")).toEqual({
      action: "fail",
      category: "client_data",
      team: "client_data",
      attempts: 1,
    });
  });

  test("that fails for its own reasons waits 1, 3, 9, 27 minutes and then goes to the technical team", () => {
    const waits = [0, 1, 2, 3].map((attempts) => decided("unavailable", { attempts, charged: true }));
    expect(waits).toEqual(
      [1, 3, 9, 27].map((wait, index) => ({ action: "retry", dueInMs: minutes(wait), attempts: index + 1 })),
    );
    expect(decided("unavailable", { attempts: 4, charged: true })).toEqual({
      action: "fail",
      category: "technical",
      team: "technical",
      attempts: 5,
    });
  });

  test("that fails goes to the team that the provider's rules name, as the same kind of trouble", () => {
    expect(decided("invalid", { team: "technical" })).toMatchObject({
      category: "client_data",
      team: "technical",
    });
    expect(decided("unexpected", { attempts: 4, charged: true, team: "client_data" })).toMatchObject({
      category: "technical",
      team: "client_data",
    });
    expect(decided("throttled", { team: "client_data" })).toMatchObject({ action: "retry" });
  });

  test("that fails with its provider keeps its attempts, however often", () => {
    expect(decided("ambiguous", { attempts: 4, tries: 300 })).toEqual({
      action: "retry",
      dueInMs: minutes(27),
      attempts: 4,
    });
    expect(decided("unauthorized", { attempts: 4, tries: 300 })).toMatchObject({
      action: "retry",
      attempts: 4,
    });
  });

  test("that was throttled waits as asked, free, even when a wrong caller charges it", () => {
    expect(decided("throttled", { attempts: 4, charged: true, retryAfterMs: 5_000 })).toEqual({
      action: "retry",
      dueInMs: 5_000,
      attempts: 4,
    });
    expect(decided("throttled")).toEqual({ action: "retry", dueInMs: minutes(1), attempts: 0 });
  });

  test("waits as its provider asks rather than by its own backoff, shorter or longer", () => {
    expect(decided("unavailable", { retryAfterMs: 0 })).toMatchObject({ dueInMs: 0 });
    expect(decided("unavailable", { retryAfterMs: minutes(90) })).toMatchObject({ dueInMs: minutes(90) });
  });
});

describe("an attempt is charged", () => {
  const well = { startedAtMs: 1_000, lastSuccessAtMs: 1_000, breaker: "closed" } as const;

  test("when another delivery succeeded since it started", () => {
    expect(isCharged("unavailable", well)).toBe(true);
    expect(isCharged("ambiguous", well)).toBe(true);
    expect(isCharged("unexpected", well)).toBe(true);
  });

  test("not when nothing succeeded since", () => {
    expect(isCharged("unavailable", { ...well, lastSuccessAtMs: 999 })).toBe(false);
    expect(isCharged("unavailable", { ...well, lastSuccessAtMs: null })).toBe(false);
  });

  test("not while the breaker is anything but closed", () => {
    expect(isCharged("unavailable", { ...well, breaker: "open" })).toBe(false);
    expect(isCharged("unavailable", { ...well, breaker: "half_open" })).toBe(false);
  });

  test("never for our pace or our credentials", () => {
    expect(isCharged("throttled", well)).toBe(false);
    expect(isCharged("unauthorized", well)).toBe(false);
  });
});

describe("the backoff", () => {
  test("varies by the jitter to both sides", () => {
    expect(backoffMs(1, backoff, 0)).toBe(48_000);
    expect(backoffMs(1, backoff, 1)).toBe(72_000);
  });

  test("never exceeds a day", () => {
    expect(backoffMs(50, backoff, 1)).toBe(86_400_000);
    expect(backoffMs(1_000_000, backoff, 0)).toBe(69_120_000);
  });
});
