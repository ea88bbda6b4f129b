import { describe, expect, test } from "vitest";
import { cronProblem, latestRunMs, nextRunMs } from "#lib/core/cron.ts";

const dayMs = 86_400_000;
const at = (text: string): number => Date.parse(text);
const read = (ms: number | null): string | null =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 16)}Z`;
const next = (expression: string, timeZone: string, after: string) =>
  read(nextRunMs(expression, timeZone, at(after)));
const latest = (expression: string, timeZone: string, now: string, withinMs: number) =>
  read(latestRunMs(expression, timeZone, at(now), withinMs));

/** All its runs from one moment to another. */
function runs(expression: string, timeZone: string, from: string, to: string): (string | null)[] {
  const found: (string | null)[] = [];
  let atMs = nextRunMs(expression, timeZone, at(from) - 1);
  while (atMs !== null && atMs < at(to)) {
    found.push(read(atMs));
    atMs = nextRunMs(expression, timeZone, atMs);
  }
  return found;
}

describe("an expression", () => {
  test.each([
    "0 6 * * 1-5",
    "* * * * *",
    " */15  8-18 * * mon-fri ",
    "0 0 29 2 *",
    "0 0 L * *",
    "0 9 * * MON#1",
  ])('"%s" has no problem', (expression) => expect(cronProblem(expression, "Europe/London")).toBeNull());

  test.each([
    ["", /must have five fields, minute hour day month weekday, like/],
    ["0 6 * *", /must have five fields, minute hour day month weekday, like/],
    ["@daily", /must have five fields/],
    ["2026-11-21T06:00:00", /must have five fields/],
    ["* * * * * *", /it has 6: leave out seconds and years, a job runs once a minute at most, like/],
    ["0 0 6 * * 1 2027", /it has 7/],
    ["60 * * * *", /cannot be read \(Invalid value for minute: 60\): write .* like/],
    ["0 6 * * someday", /cannot be read/],
    ["0 0 30 2 *", /names a day that never comes: .* like/],
    ["0 0 31 4,6,9,11 *", /names a day that never comes/],
  ])('"%s" is refused with the mend', (expression, problem) => {
    expect(cronProblem(expression, "Europe/London")).toMatch(problem);
  });
});

describe("the next run", () => {
  test("is after the moment given, not at it", () => {
    expect(next("0 6 * * *", "UTC", "2026-11-21T05:59:59.999Z")).toBe("2026-11-21T06:00Z");
    expect(next("0 6 * * *", "UTC", "2026-11-21T06:00Z")).toBe("2026-11-22T06:00Z");
  });

  test("is in the zone", () => {
    expect(next("0 6 * * 1-5", "America/New_York", "2026-11-21T00:00Z")).toBe("2026-11-23T11:00Z");
    expect(next("30 0 1 * *", "Asia/Kolkata", "2026-11-21T00:00Z")).toBe("2026-11-30T19:00Z");
  });
});

describe("the latest run", () => {
  test("counts at its very moment", () => {
    expect(latest("0 6 * * *", "UTC", "2026-11-21T06:00Z", dayMs)).toBe("2026-11-21T06:00Z");
    expect(latest("0 6 * * *", "UTC", "2026-11-21T05:59:59.999Z", dayMs)).toBe("2026-11-20T06:00Z");
  });

  test("is none when it is too long ago", () => {
    expect(latest("0 6 * * *", "UTC", "2026-11-21T07:00Z", 3_600_000)).toBe("2026-11-21T06:00Z");
    expect(latest("0 6 * * *", "UTC", "2026-11-21T07:00Z", 3_599_999)).toBeNull();
  });

  test("is found through a change of the clock", () => {
    expect(latest("30 1 * * *", "Europe/London", "2026-03-29T00:59Z", dayMs)).toBe("2026-03-28T01:30Z");
    expect(latest("30 1 * * *", "Europe/London", "2026-03-29T01:00Z", dayMs)).toBe("2026-03-29T01:00Z");
    expect(latest("30 1 * * *", "Europe/London", "2026-10-25T01:45Z", dayMs)).toBe("2026-10-25T00:30Z");
  });
});

describe.each([
  ["Europe/London", "1", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-10-24T12:00Z", "2026-10-25T00:30Z"],
  [
    "America/New_York",
    "2",
    "2026-03-07T12:00Z",
    "2026-03-08T07:00Z",
    "2026-10-31T12:00Z",
    "2026-11-01T05:30Z",
  ],
])("in %s", (timeZone, skippedHour, springEve, gapEnd, autumnEve, firstHalfPast) => {
  const oneDay = (eve: string) => new Date(at(eve) + dayMs).toISOString();

  test("a time that spring skips runs once, at the end of the gap", () => {
    expect(runs(`30 ${skippedHour} * * *`, timeZone, springEve, oneDay(springEve))).toEqual([gapEnd]);
    expect(runs(`15,45 ${skippedHour} * * *`, timeZone, springEve, oneDay(springEve))).toEqual([gapEnd]);
  });

  test("a time that autumn repeats runs once, the first time", () => {
    expect(runs("30 1 * * *", timeZone, autumnEve, oneDay(autumnEve))).toEqual([firstHalfPast]);
    expect(runs("30 1-1 * * *", timeZone, autumnEve, oneDay(autumnEve))).toEqual([firstHalfPast]);
  });

  test("a job with a beat keeps it in real time", () => {
    expect(runs("0 * * * *", timeZone, springEve, oneDay(springEve))).toHaveLength(24);
    expect(runs("0 * * * *", timeZone, autumnEve, oneDay(autumnEve))).toHaveLength(24);
    expect(runs("*/20 1 * * *", timeZone, autumnEve, oneDay(autumnEve))).toHaveLength(6);
    expect(runs(`*/20 ${skippedHour} * * *`, timeZone, springEve, oneDay(springEve))).toEqual([]);
  });
});
