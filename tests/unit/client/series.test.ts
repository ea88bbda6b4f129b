import { describe, expect, test } from "vitest";
import { batchSteps, breakerSegments, chartPoints, stepOf, withPauses } from "#lib/client/series.ts";
import type { BatchChange, ThroughputPoint } from "#lib/contract/provider.ts";

const base = Date.parse("2026-11-21T12:00:00Z");
const iso = (seconds: number) => new Date(base + seconds * 1_000).toISOString();
const aPoint = (seconds: number, given: Partial<ThroughputPoint> = {}): ThroughputPoint => ({
  at: iso(seconds),
  delivered: 0,
  retried: 0,
  failed: 0,
  held: 0,
  backlog: null,
  oldestMs: null,
  batchSize: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  byOutcome: {},
  ...given,
});
const aChange = (seconds: number, given: Partial<BatchChange> = {}): BatchChange => ({
  at: iso(seconds),
  from: 10,
  to: 10,
  breaker: "closed",
  reason: "because",
  figures: {},
  ...given,
});
const span = { fromMs: base, toMs: base + 60_000, stepMs: 10_000 };

describe("points", () => {
  test("counts become rates a minute", () => {
    expect(chartPoints([aPoint(0, { delivered: 5 })], span)[0]).toMatchObject({ delivered: 30 });
  });

  test("an absent bucket is one in which nothing happened", () => {
    const points = chartPoints([aPoint(0, { delivered: 5 }), aPoint(50, { delivered: 1 })], span);
    expect(points.map(({ delivered }) => delivered)).toEqual([30, 0, 0, 0, 0, 6]);
    expect(points[1]?.waiting).toBeNull();
  });

  test("what is held is taken out of what waits", () => {
    expect(chartPoints([aPoint(0, { backlog: 12, held: 5 })], span)[0]).toMatchObject({
      waiting: 7,
      held: 5,
    });
  });

  test("the step is the distance between two points", () => {
    expect(stepOf([aPoint(0), aPoint(30), aPoint(60)])).toBe(30_000);
    expect(stepOf([])).toBe(60_000);
  });
});

describe("the batch size", () => {
  test("begins with what it was before the first change and ends with what it is", () => {
    const steps = batchSteps([aChange(20, { from: 10, to: 5 })], 5, span);
    expect(steps.map(({ atMs, size }) => [atMs - base, size])).toEqual([
      [0, 10],
      [20_000, 5],
      [60_000, 5],
    ]);
  });

  test("without a change it is flat", () => {
    expect(batchSteps([], 7, span).map(({ size }) => size)).toEqual([7, 7]);
  });
});

describe("the breaker's band", () => {
  test("without a change it is what it is now, all along", () => {
    expect(breakerSegments([], "closed", span)).toEqual([
      { fromMs: span.fromMs, toMs: span.toMs, state: "closed", reason: null },
    ]);
  });

  test("has no gaps, and each segment its reason", () => {
    const changes = [
      aChange(10, { breaker: "open", reason: "12 of 20 failed (503)" }),
      aChange(30, { breaker: "half_open", reason: "probe" }),
      aChange(40, { breaker: "closed", reason: "3 good trials" }),
      aChange(50, { breaker: "closed", reason: "batch size only" }),
    ];
    const segments = breakerSegments(changes.toReversed(), "closed", span);
    expect(segments.map(({ fromMs, toMs, state }) => [fromMs - base, toMs - base, state])).toEqual([
      [0, 10_000, "closed"],
      [10_000, 30_000, "open"],
      [30_000, 40_000, "half_open"],
      [40_000, 60_000, "closed"],
    ]);
    expect(segments[1]?.reason).toBe("12 of 20 failed (503)");
  });

  test("before a half-open one it was open", () => {
    expect(breakerSegments([aChange(10, { breaker: "half_open" })], "closed", span)[0]?.state).toBe("open");
  });

  test("what was held while it was closed was paused", () => {
    const points = chartPoints(
      [aPoint(20, { held: 3, backlog: 3 }), aPoint(30, { held: 4, backlog: 4 })],
      span,
    );
    const segments = withPauses(breakerSegments([], "closed", span), points, null, span);
    expect(segments.map(({ fromMs, toMs, state }) => [fromMs - base, toMs - base, state])).toEqual([
      [0, 20_000, "closed"],
      [20_000, 40_000, "paused"],
      [40_000, 60_000, "closed"],
    ]);
  });

  test("a pause that lasts reaches the end and says why, even when nothing waits", () => {
    const segments = withPauses(breakerSegments([], "closed", span), [], { reason: "their deploy" }, span);
    expect(segments.at(-1)).toEqual({
      fromMs: base + 50_000,
      toMs: base + 60_000,
      state: "paused",
      reason: "their deploy",
    });
  });

  test("what was held while it was open stays open", () => {
    const points = chartPoints([aPoint(20, { held: 3, backlog: 3 })], span);
    const open = breakerSegments([aChange(0, { breaker: "open" })], "open", span);
    expect(withPauses(open, points, null, span).map(({ state }) => state)).toEqual(["open"]);
  });

  test("what was held in the step in which it opened is no pause", () => {
    const points = chartPoints([aPoint(20, { held: 3, backlog: 3 })], span);
    const segments = breakerSegments([aChange(24, { breaker: "open" })], "open", span);
    expect(withPauses(segments, points, null, span).map(({ state }) => state)).toEqual(["closed", "open"]);
  });
});
