import { describe, expect, test } from "vitest";
import { aheadMs, hasGrown, slotsAhead, usualPace } from "#lib/core/bulk.ts";
import { singleSubjects, systemEventKind } from "#lib/core/system-events.ts";

test.each([
  [100, 100, false],
  [100, 105, false],
  [100, 106, true],
  [1, 2, true],
  [20, 21, false],
  [100, 3, false],
])("%i seen and %i matching: grown is %s", (expected, matched, grown) => {
  expect(hasGrown(expected, matched)).toBe(grown);
});

test.each([
  [10, null, 20],
  [12_000, null, 20],
  [60_000, null, 100],
  [60_000, 5, 5],
  [10, 50, 20],
])("%i records of a provider that takes %s a second leave at %i", (records, most, pace) => {
  expect(usualPace(records, most)).toBe(pace);
});

describe("the slots of a pace", () => {
  test("reach two seconds ahead", () => {
    expect(slotsAhead(0, 50)).toEqual({ count: 100, firstInMs: 0, stepMs: 20 });
    expect(slotsAhead(1_000, 50)).toEqual({ count: 50, firstInMs: 1_000, stepMs: 20 });
    expect(slotsAhead(aheadMs, 50).count).toBe(0);
  });

  test("are not made up for when nobody looked for long", () => {
    expect(slotsAhead(-60_000, 50)).toEqual(slotsAhead(0, 50));
  });

  test("are one at least when one is due, however slow the pace", () => {
    expect(slotsAhead(0, 0.01)).toEqual({ count: 1, firstInMs: 0, stepMs: 100_000 });
  });
});

test("what the audit tells of all has a kind", () => {
  expect(systemEventKind("provider", "provider.paused")).toBe("pause");
  expect(systemEventKind("provider", "provider.changed")).toBe("config");
  expect(systemEventKind("operation", "operation.paused")).toBe("operation");
  expect(systemEventKind("installation", "installation.deployed")).toBe("deploy");
  expect(singleSubjects).toContain("record");
});
