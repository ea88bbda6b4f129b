// Whose fault a failed attempt was, under any circumstances.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Circumstances, isCharged } from "#lib/core/blame.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";
import { breakerStates } from "#lib/core/status.ts";

const runs = { numRuns: 2_000 };
const ms = fc.integer({ min: 0, max: 1_000 });
const anOutcome = fc.constantFrom(...outcomes);
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  startedAtMs: ms,
  lastSuccessAtMs: fc.option(ms),
  breaker: fc.constantFrom(...breakerStates),
});

test("while nothing gets through, or the breaker is not closed, nobody is charged but for what was read and refused", () => {
  fc.assert(
    fc.property(anOutcome, circumstances, (outcome, given) => {
      const isOutage =
        given.breaker !== "closed" ||
        given.lastSuccessAtMs === null ||
        given.lastSuccessAtMs < given.startedAtMs;
      if (isOutage) expect(isCharged(outcome, given)).toBe(outcome === "invalid");
    }),
    runs,
  );
});

test("what was delivered, and what speaks of our pace or our proof, is never charged", () => {
  fc.assert(
    fc.property(anOutcome, circumstances, (outcome, given) => {
      const isFree = isDelivered(outcome) || outcome === "throttled" || outcome === "unauthorized";
      if (isFree) expect(isCharged(outcome, given)).toBe(false);
    }),
    runs,
  );
});

test("one that fails while others succeed is charged, and a later success never lifts a charge", () => {
  fc.assert(
    fc.property(anOutcome, circumstances, ms, (outcome, given, laterMs) => {
      const { startedAtMs, lastSuccessAtMs } = given;
      const later = { ...given, lastSuccessAtMs: (lastSuccessAtMs ?? startedAtMs) + laterMs };
      if (isCharged(outcome, given)) expect(isCharged(outcome, later)).toBe(true);
      const isTrouble = ["unavailable", "ambiguous", "unexpected"].includes(outcome);
      const wasWell =
        given.breaker === "closed" && lastSuccessAtMs !== null && lastSuccessAtMs >= startedAtMs;
      if (isTrouble && wasWell) expect(isCharged(outcome, given)).toBe(true);
    }),
    runs,
  );
});
