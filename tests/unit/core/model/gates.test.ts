// What the controller must achieve with a provider that behaves like real ones, in model time.
// The oracle knows the provider's capacity and always uses all of it.
import { describe, expect, test, vi } from "vitest";
import type { ControlPolicy } from "#lib/core/control.ts";
import { lognormal, type Result, type Setup, seeded, simulate } from "#tests/unit/core/model/simulate.ts";

// Each simulates hours or days; a busy machine takes longer over them.
vi.setConfig({ testTimeout: 30_000 });

const minute = 60_000;
const hour = 60 * minute;
const seeds = [1, 2, 3, 4, 5];

const policy: ControlPolicy = {
  batchSizeMax: 10,
  slowMs: 30_000,
  probeEveryMs: 600_000,
  goodTrials: 3,
  health: null,
};
const withHealth: ControlPolicy = { ...policy, health: { everyMs: minute } };
const upTo40: ControlPolicy = { ...policy, batchSizeMax: 40 };

const usual = lognormal(1_000, 0.5);

function meanOf(latencyMs: Setup["latencyMs"]): number {
  const random = seeded(99);
  const count = 100_000;
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += latencyMs(random);
  return sum / count;
}
const usualMeanMs = meanOf(usual);

const run = (more: Partial<Setup> & { seed: number }): Result =>
  simulate({ durationMs: hour, policy, latencyMs: usual, ...more });

/** Seconds from `fromMs` until a 10-second bucket holds 90 % of what 10 at once deliver. */
function recoverySeconds({ buckets }: Result, fromMs: number): number {
  const full = (10 * 10_000) / usualMeanMs;
  const index = buckets.findIndex((count, bucket) => bucket * 10_000 >= fromMs && count >= 0.9 * full);
  return index === -1 ? Number.POSITIVE_INFINITY : ((index + 1) * 10_000 - fromMs) / 1000;
}

describe("a healthy provider", () => {
  test.each([
    ["a usual tail", usual],
    ["hardly any spread", lognormal(500, 0.05)],
    ["a long tail", lognormal(1_000, 1.2)],
    ["one answer in ten a hundred times slower", (random: () => number) => (random() < 0.9 ? 50 : 5_000)],
  ])("with %s is used to 98 %", (_name, latencyMs) => {
    const durationMs = 2 * hour;
    const shares = seeds
      .slice(0, 2)
      .map(
        (seed) => (run({ seed, durationMs, latencyMs }).delivered * meanOf(latencyMs)) / (10 * durationMs),
      );
    for (const share of shares) expect(share).toBeGreaterThan(0.98);
  });

  test.each([
    [10, 100],
    [10, 2_000],
    [40, 500],
    [40, 2_000],
  ])("is brought from 1 to 90 % of %i, at %i ms, within 300 s", (batchSizeMax, medianMs) => {
    for (const seed of seeds) {
      const { changes } = run({
        seed,
        durationMs: 5 * minute,
        policy: { ...policy, batchSizeMax },
        latencyMs: lognormal(medianMs, 0.5),
      });
      expect(changes.some(({ to }) => to >= 0.9 * batchSizeMax)).toBe(true);
    }
  });
});

describe("a provider whose capacity is below our maximum", () => {
  test.each([
    ["waits in a long line", 1_000_000],
    ["waits in a short line, then is refused", 10],
    ["is refused at once", 0],
  ])(
    "of 10, beyond which a request %s, is used to 80 % with fewer than 200 failures a day",
    (_name, queue) => {
      const latencyMs = lognormal(2_000, 0.5);
      const durationMs = 24 * hour;
      const weather = () => ({ capacity: 10, queue });
      const result = run({ seed: 1, durationMs, policy: upTo40, latencyMs, weather });
      expect((result.delivered * meanOf(latencyMs)) / (10 * durationMs)).toBeGreaterThan(0.8);
      expect(result.failedRequests).toBeLessThan(200);
      expect(result.deadRecords).toBe(0);
    },
  );

  test.each([
    ["waits", 1_000_000],
    ["waits in a short line", 30],
    ["is refused", 0],
  ])("of 30, then of 5 for an hour, where what is too much %s, is used to 95 %", (_name, queue) => {
    const weather = (atMs: number) => ({ capacity: atMs > hour && atMs < 2 * hour ? 5 : 30, queue });
    for (const seed of seeds.slice(0, 2)) {
      const { delivered } = run({ seed, durationMs: 3 * hour, policy: upTo40, weather });
      expect((delivered * usualMeanMs) / (65 * hour)).toBeGreaterThan(0.95);
    }
  });

  test("of 300 a minute is used to 95 %, and no record fails", () => {
    for (const seed of seeds) {
      const { delivered, deadRecords } = run({
        seed,
        durationMs: 2 * hour,
        perMinute: 300,
        latencyMs: lognormal(500, 0.5),
      });
      expect(delivered / (300 * 120)).toBeGreaterThan(0.95);
      expect(deadRecords).toBe(0);
    }
  });
});

describe("a provider that struggles", () => {
  test("eight times slower for an hour keeps its breaker closed and is used to 90 %", () => {
    const weather = (atMs: number) => ({ slowness: atMs > hour && atMs < 2 * hour ? 8 : 1 });
    for (const seed of seeds) {
      const { openings, buckets } = run({
        seed,
        durationMs: 3 * hour,
        weather,
        bucketMs: hour,
      });
      expect(openings).toEqual([]);
      const full = (10 * hour) / usualMeanMs;
      expect((buckets[1] ?? 0) / (full / 8)).toBeGreaterThan(0.9);
    }
  });

  test("with 20 % of errors keeps its breaker closed in four of five runs", () => {
    const opened = seeds.filter(
      (seed) => run({ seed, durationMs: 3 * hour, weather: () => ({ errors: 0.2 }) }).openings.length > 0,
    );
    expect(opened.length).toBeLessThanOrEqual(1);
  });

  test.each([
    ["with a health check", withHealth],
    ["without one", policy],
  ])(
    "up one minute, down the next, %s, fails fewer than 1 %% of the records and sees no storm",
    (_name, policy) => {
      const weather = (atMs: number) => ({
        mode: Math.floor(atMs / minute) % 2 ? ("refusing" as const) : ("up" as const),
      });
      for (const seed of seeds) {
        const result = run({ seed, durationMs: 12 * hour, policy, weather });
        expect(result.deadRecords / result.records).toBeLessThan(0.01);
        expect(result.failedRequests).toBeLessThan(200);
      }
    },
  );
});

describe("a provider that is down", () => {
  const outage = (mode: "refusing" | "black_hole", lengthMs: number) => (atMs: number) => ({
    mode: atMs > hour && atMs < hour + lengthMs ? mode : ("up" as const),
  });

  test("for two days costs at most 60 requests and no record, and is back within 150 s", () => {
    const lengthMs = 48 * hour;
    for (const seed of seeds.slice(0, 3)) {
      const weather = outage("refusing", lengthMs);
      const result = run({ seed, durationMs: 2 * hour + lengthMs, policy: withHealth, weather });
      expect(result.failedRequests).toBeLessThanOrEqual(60);
      expect(result.openings.length).toBe(1);
      expect(result.deadRecords).toBe(0);
      expect(recoverySeconds(result, hour + lengthMs)).toBeLessThan(150);
      // What was on its way when it began may be charged: others had succeeded since it was sent.
      const charged = result.chargedAtMs.filter((atMs) => atMs > hour + minute && atMs < hour + lengthMs);
      expect(charged).toEqual([]);
      expect(result.chargedAtMs.length).toBeLessThanOrEqual(policy.batchSizeMax);
    }
  });

  test.each([
    ["with a health check", withHealth],
    ["without one", policy],
  ])(
    "and swallows what it is sent, %s, opens its breaker within 90 s and is back within 150 s",
    (_name, policy) => {
      for (const seed of seeds) {
        // Ten minutes and a little, so that the probe of a provider without a health check finds it well.
        const lengthMs = 10 * minute + seed * 7_000;
        const result = run({ seed, durationMs: 2 * hour, policy, weather: outage("black_hole", lengthMs) });
        expect(result.openings[0]?.reason).toBe("stalled");
        expect((result.openings[0]?.atMs ?? Number.NaN) - hour).toBeLessThan(90_000);
        expect(result.openings.length).toBe(1);
        expect(result.deadRecords).toBe(0);
        expect(recoverySeconds(result, hour + lengthMs)).toBeLessThan(150);
      }
    },
  );
});
