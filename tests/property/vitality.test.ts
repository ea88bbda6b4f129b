// A worker's life as a list of moments: heartbeats that succeed or fail, a database that answers or doesn't.
import fc from "fast-check";
import { expect, test } from "vitest";
import { judge, limits, type Observations, sawDatabase } from "#lib/core/vitality.ts";

const moment = fc.record({
  afterMs: fc.integer({ min: 1, max: 10_000 }),
  is: fc.constantFrom("heartbeat", "answers", "away", "nothing"),
});

const born: Observations = {
  awakeSinceMs: 0,
  heartbeatAtMs: 0,
  database: { reachable: true, sinceMs: 0, answeredAtMs: 0 },
  drains: [],
};

type Lived = { seen: Observations; nowMs: number };

/** Every state of a life, each as it is judged. */
function live(moments: { afterMs: number; is: string }[]): Lived[] {
  let last: Lived = { seen: born, nowMs: 0 };
  return moments.map(({ afterMs, is }) => {
    const nowMs = last.nowMs + afterMs;
    const { heartbeatAtMs, database } = last.seen;
    const seen = {
      ...last.seen,
      heartbeatAtMs: is === "heartbeat" ? nowMs : heartbeatAtMs,
      database: is === "nothing" ? database : sawDatabase(database, is !== "away", nowMs),
    };
    last = { seen, nowMs };
    return last;
  });
}

const inEachState = (check: (lived: Lived) => void) =>
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 60 }), (moments) => live(moments).forEach(check)),
    { numRuns: 1_000 },
  );

const silentMs = ({ seen, nowMs }: Lived) => nowMs - seen.heartbeatAtMs;

test("no worker dies of its heartbeat before it is 30 s old, and none outlives 90 s", () => {
  inEachState((lived) => {
    const { verdict } = judge(lived.seen, lived.nowMs);
    if (silentMs(lived) < limits.heartbeatMs) expect(verdict).toBe("well");
    if (silentMs(lived) >= limits.heartbeatMs + limits.databaseAwayMs) expect(verdict).toBe("die");
  });
});

test("no outage under a minute kills, whatever came before, while the patience of 90 s lasts", () => {
  inEachState((lived) => {
    const { database } = lived.seen;
    const isShort = !database.reachable && lived.nowMs - database.answeredAtMs < limits.databaseAwayMs;
    if (!isShort || silentMs(lived) >= limits.heartbeatMs + limits.databaseAwayMs) return;
    expect(judge(lived.seen, lived.nowMs).verdict).toBe("well");
  });
});

test("a dead one stays dead until something new is seen", () => {
  inEachState(({ seen, nowMs }) => {
    if (judge(seen, nowMs).verdict === "die") expect(judge(seen, nowMs + 60_000).verdict).toBe("die");
  });
});
