import { describe, expect, test } from "vitest";
import {
  type DatabaseSeen,
  judge,
  judgeLoop,
  limits,
  type Observations,
  sawDatabase,
} from "#lib/core/vitality.ts";

const s = 1_000;
/** A worker that started at 0; the database answered all the time. */
const seen = (given: Partial<Observations> = {}): Observations => ({
  awakeSinceMs: 0,
  heartbeatAtMs: 0,
  database: { reachable: true, sinceMs: 0, answeredAtMs: 0 },
  drains: [],
  ...given,
});
const away = (answeredAtMs: number, sinceMs = answeredAtMs): DatabaseSeen => ({
  reachable: false,
  sinceMs,
  answeredAtMs,
});
const why = (given: Partial<Observations>, nowMs: number) => {
  const verdict = judge(seen(given), nowMs);
  return verdict.verdict === "die" ? verdict.why : null;
};

describe("a heartbeat that can't be written", () => {
  test("ends the worker after 30 s while the database answers others", () => {
    expect(why({}, 30 * s - 1)).toBeNull();
    expect(why({}, 30 * s)).toBe("no heartbeat was written for 30 s, though the database answers");
  });

  test("is forgiven for 60 s from the database's last answer while the database is away", () => {
    const database = away(10 * s);
    expect(why({ database }, 30 * s)).toBeNull();
    expect(why({ database }, 70 * s - 1)).toBeNull();
    expect(why({ database }, 70 * s)).toBe("the database has not answered for 60 s");
  });

  test("has its 30 s anew when the database is back after 59 s", () => {
    const database = sawDatabase(away(0, 5 * s), true, 59 * s);
    expect(why({ database }, 59 * s)).toBeNull();
    expect(why({ database }, 89 * s - 1)).toBeNull();
    expect(why({ database }, 89 * s)).toContain("though the database answers");
  });

  test("ends the worker after 90 s in any case, however the database comes and goes", () => {
    expect(why({ database: { reachable: true, sinceMs: 89 * s, answeredAtMs: 89 * s } }, 90 * s)).toBe(
      "no heartbeat was written for 90 s",
    );
  });
});

test("nothing counts from before a sleep", () => {
  const drains = [{ provider: "ats", progressAtMs: 0, hasWork: true }];
  const slept = { awakeSinceMs: 1_000 * s, drains, database: away(0) };
  expect(why(slept, 1_020 * s)).toBeNull();
  expect(why(slept, 1_060 * s)).toContain("the database has not answered for 60 s");
});

describe("a drain that does nothing", () => {
  const drain = { provider: "ats", progressAtMs: 0, hasWork: true };
  const heartbeatAtMs = 119 * s;

  test("ends the worker after 120 s when it has work", () => {
    expect(why({ heartbeatAtMs, drains: [drain] }, 120 * s - 1)).toBeNull();
    expect(why({ heartbeatAtMs, drains: [drain] }, 120 * s)).toBe(
      "the drain of ats has work and has done nothing for 120 s",
    );
  });

  test("is at rest when it has none", () => {
    expect(why({ heartbeatAtMs, drains: [{ ...drain, hasWork: false }] }, 120 * s)).toBeNull();
  });

  test("is waited for longer than an outage that is survived, and what follows it", () => {
    expect(limits.drainMs).toBeGreaterThan(limits.databaseAwayMs + limits.heartbeatMs);
  });
});

test("what is seen again is as old as when it was seen first", () => {
  const first = sawDatabase(away(0), false, 1 * s);
  expect(first).toEqual({ reachable: false, sinceMs: 0, answeredAtMs: 0 });
  const back = sawDatabase(first, true, 2 * s);
  expect(sawDatabase(back, true, 3 * s)).toEqual({ reachable: true, sinceMs: 2 * s, answeredAtMs: 3 * s });
});

test("a silent event loop is stalled, unless the one who watches it slept as well", () => {
  expect(judgeLoop({ silentMs: 19_999, guardLateMs: 0 })).toBe("well");
  expect(judgeLoop({ silentMs: 20_000, guardLateMs: 200 })).toBe("stalled");
  expect(judgeLoop({ silentMs: 3_600_000, guardLateMs: 3_599_000 })).toBe("slept");
});
