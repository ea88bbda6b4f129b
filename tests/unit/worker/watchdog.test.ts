// The watchdog under a clock that the test moves; how it ends real processes is tested with real processes.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DrainVitals } from "#lib/core/vitality.ts";
import { createLog } from "#lib/node/log.ts";
import { startWatchdog, type Watchdog } from "#worker/upkeep/watchdog.ts";

const limits = {
  heartbeatMs: 30_000,
  databaseAwayMs: 60_000,
  drainMs: 120_000,
  // Half of it in one step is a sleep; the guard, who has a clock of its own, must never wake here.
  loopSilentMs: 40_000,
  everyMs: 1,
  settleMs: 5,
};

let nowMs: number;
let reaches: () => Promise<boolean>;
let asked: number;
let drains: DrainVitals[];
let turns: number;
let settled: number[];
let exits: number[];
let settle: (graceMs: number) => Promise<void>;
let watchdog: Watchdog;

beforeEach(() => {
  nowMs = 1_000_000;
  reaches = async () => true;
  asked = 0;
  drains = [];
  turns = 0;
  settled = [];
  exits = [];
  settle = async () => {};
  watchdog = startWatchdog({
    log: createLog("worker", "silent"),
    monotonicMs: () => nowMs,
    reaches: () => {
      asked += 1;
      return reaches();
    },
    drainVitals: () => {
      turns += 1;
      return drains;
    },
    settle: (graceMs) => {
      settled.push(graceMs);
      return settle(graceMs);
    },
    exit: (code) => exits.push(code),
    limits,
  });
});
afterEach(() => watchdog.stop());

const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 1 });

/** Time passes, and the watchdog has seen it: two turns later it has also heard what it asked. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  const before = turns;
  await soon(() => expect(turns).toBeGreaterThan(before + 2));
}

test("it ends the process once, with code 70, after a moment for settling", async () => {
  await pass(15_000);
  expect(exits).toEqual([]);
  await pass(15_000);
  await soon(() => expect(exits).toEqual([70]));
  expect(settled).toEqual([5]);
  await pass(15_000);
  expect(exits).toEqual([70]);
});

test("a settling that never ends keeps nobody", async () => {
  settle = () => new Promise(() => {});
  await pass(15_000);
  await pass(15_000);
  await soon(() => expect(exits).toEqual([70]));
});

test("heartbeats keep it alive, and cost the database no other question", async () => {
  for (let n = 0; n < 20; n += 1) {
    await pass(5_000);
    watchdog.heartbeatWritten();
  }
  expect(exits).toEqual([]);
  expect(asked).toBe(0);
  expect(watchdog.look()).toEqual({
    verdict: { verdict: "well" },
    heartbeatAgeMs: 0,
    database: { reachable: true, answeredAgoMs: 0 },
    drains: [],
  });
});

test("a database that is away for 50 s is waited for, and one that stays away is not", async () => {
  reaches = async () => false;
  for (let n = 0; n < 5; n += 1) await pass(10_000);
  expect(exits).toEqual([]);
  expect(watchdog.look().database).toEqual({ reachable: false, answeredAgoMs: 50_000 });
  watchdog.heartbeatWritten();
  for (let n = 0; n < 5; n += 1) await pass(10_000);
  expect(exits).toEqual([]);
  await pass(10_000);
  await soon(() => expect(exits).toEqual([70]));
});

test("one question at a time, and one that breaks means that the database is away", async () => {
  const question = Promise.withResolvers<boolean>();
  reaches = () => question.promise;
  await pass(12_000);
  await pass(12_000);
  expect(asked).toBe(1);
  question.reject(new Error("broken"));
  await soon(() => expect(watchdog.look().database.reachable).toBe(false));
});

test("a drain that has work and does nothing ends the process; one that has none does not", async () => {
  const progressAtMs = nowMs;
  const live = async (hasWork: boolean) => {
    drains = [{ provider: "ats", progressAtMs, hasWork }];
    await pass(15_000);
    watchdog.heartbeatWritten();
  };
  for (let n = 0; n < 9; n += 1) await live(false);
  expect(exits).toEqual([]);
  await live(true);
  await soon(() => expect(exits).toEqual([70]));
});

test("nobody dies of a night in which the machine slept", async () => {
  drains = [{ provider: "ats", progressAtMs: nowMs, hasWork: true }];
  await pass(8 * 3_600_000);
  await pass(15_000);
  expect(exits).toEqual([]);
  await pass(15_000);
  await soon(() => expect(exits).toEqual([70]));
});
