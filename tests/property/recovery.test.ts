// When failures come back, whatever happens to their provider.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noRecovery, type Recovery, type RecoveryEvent, recover, redriveMost } from "#lib/core/recovery.ts";

const runs = { numRuns: 2_000 };
const startMs = 1_700_000_000_000;

type Happening = { event: RecoveryEvent; waitMs: number; late: boolean };
const aHappening: fc.Arbitrary<Happening> = fc.record({
  waitMs: fc.integer({ min: 0, max: 60_000 }),
  /** An answer about a recovery that is over. */
  late: fc.boolean(),
  event: fc.oneof(
    fc.constantFrom<RecoveryEvent>(
      { kind: "breaker_closed" },
      { kind: "breaker_opened" },
      { kind: "delivered" },
      { kind: "exhausted" },
    ),
    fc
      .option(fc.nat({ max: 600_000 }))
      .map((againInMs) => ({ kind: "redriven" as const, sinceMs: 0, againInMs })),
  ),
});

type Seen = { before: Recovery; after: Recovery; event: RecoveryEvent; nowMs: number };

function play(happenings: Happening[], look: (seen: Seen) => void): void {
  let recovery = noRecovery;
  let nowMs = startMs;
  for (const { event: happened, waitMs, late } of happenings) {
    nowMs += waitMs;
    const sinceMs = late ? startMs - 1 : (recovery.sinceMs ?? startMs - 1);
    const event = happened.kind === "redriven" ? { ...happened, sinceMs } : happened;
    const after = recover(recovery, event, nowMs);
    look({ before: recovery, after, event, nowMs });
    recovery = after;
  }
}

const holds = (look: (seen: Seen) => void) =>
  fc.assert(
    fc.property(fc.array(aHappening, { maxLength: 60 }), (happenings) => play(happenings, look)),
    runs,
  );

describe("whatever happens", () => {
  test("it is recovering since a time, or it is not; the next look is never before that time", () => {
    holds(({ after: { sinceMs, nextAtMs } }) => {
      expect(sinceMs === null).toBe(nextAtMs === null);
      if (sinceMs !== null && nextAtMs !== null) expect(nextAtMs).toBeGreaterThanOrEqual(sinceMs);
    });
  });

  test("a breaker that closes begins a recovery at once, and one that opens ends it", () => {
    holds(({ after, event, nowMs }) => {
      if (event.kind === "breaker_closed")
        expect(after).toMatchObject({ sinceMs: nowMs, nextAtMs: nowMs, restMs: 0 });
      if (event.kind === "breaker_opened") expect(after).toMatchObject({ sinceMs: null, nextAtMs: null });
    });
  });

  test("a delivery begins a recovery only after records have used up their attempts, and lets them rest", () => {
    holds(({ before, after, event, nowMs }) => {
      if (event.kind !== "delivered") return;
      if (!before.exhausted) expect(after).toBe(before);
      else expect(after).toEqual({ sinceMs: nowMs, nextAtMs: nowMs, restMs: 10_000, exhausted: false });
    });
  });

  test("a record that fails for good is remembered until something gets through or the breaker closes", () => {
    holds(({ before, after, event }) => {
      if (event.kind === "exhausted") expect(after.exhausted).toBe(true);
      else if (event.kind === "delivered" || event.kind === "breaker_closed")
        expect(after.exhausted).toBe(false);
      else expect(after.exhausted).toBe(before.exhausted);
    });
  });

  test("between two looks there is a quarter of a second at least, and after the last there is none", () => {
    holds(({ before, after, event, nowMs }) => {
      if (event.kind !== "redriven") return;
      if (event.sinceMs !== before.sinceMs) expect(after).toBe(before);
      else if (event.againInMs === null) expect(after).toMatchObject({ sinceMs: null, nextAtMs: null });
      else expect(after.nextAtMs ?? nowMs + 250).toBeGreaterThanOrEqual(nowMs + 250);
    });
  });
});

test("a fifth of the batch size comes back at once, and one at least", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), (batchSize) => {
      const most = redriveMost(batchSize);
      expect(most).toBeGreaterThanOrEqual(1);
      expect(most <= batchSize / 5 || most === 1).toBe(true);
    }),
    runs,
  );
});
