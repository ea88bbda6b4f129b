import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bucket, bucketRoom, nextTokenMs, type RateRule, take } from "#lib/core/bucket.ts";
import { days } from "#lib/core/calendar.ts";
import { latestRunMs, nextRunMs } from "#lib/core/cron.ts";
import { openingAt, type Window, windowProblem } from "#lib/core/windows.ts";
import { localDay, nextDayMs, periodOf, startOfDayMs } from "#lib/core/zoned.ts";

const runs = { numRuns: 500 };
const minuteMs = 60_000;
const dayMs = 86_400_000;

const timeZone = fc.constantFrom(
  "Europe/London",
  "America/New_York",
  "UTC",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Cairo",
  "America/Havana",
  "America/St_Johns",
  "Asia/Beirut",
  "America/Nuuk",
  "Pacific/Chatham",
  "Africa/Casablanca",
);

/** The changes of 2026 in London and New York. */
const changes = ["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-03-08T07:00Z", "2026-11-01T06:00Z"];
const aMoment = fc.oneof(
  fc.integer({ min: Date.parse("2024-01-01"), max: Date.parse("2030-01-01") }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * dayMs, max: 2 * dayMs }))
    .map(([change, afterMs]) => Date.parse(change) + afterMs),
);
/** Where a change of the clock is likely. */
const aZonedMoment = fc.oneof(
  fc.record({ timeZone, nowMs: aMoment }),
  fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: -dayMs, max: dayMs })).map(([change, afterMs]) => ({
    timeZone: change < 2 ? "Europe/London" : "America/New_York",
    nowMs: Date.parse(changes[change] ?? "") + afterMs,
  })),
);

const twoDigits = (count: number) => String(count).padStart(2, "0");
const aTime = fc
  .oneof(
    fc.integer({ min: 0, max: 1_439 }),
    fc.integer({ min: 0, max: 16 }).map((quarters) => quarters * 15),
  )
  .map((minutes) => `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`);
const aWindow: fc.Arbitrary<Window> = fc
  .record({
    days: fc.oneof(fc.constant([...days]), fc.subarray([...days], { minLength: 1 })),
    from: aTime,
    to: fc.oneof(aTime, fc.constantFrom("24:00", "00:00")),
  })
  .filter((window) => windowProblem(window) === null);

/** What a clock on the wall shows, from Intl alone: local minutes since 1970, one for each real minute. */
function wall(zone: string, fromMs: number, minutes: number): number[] {
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const shown: number[] = [];
  // No clock of these years changes but on a quarter of an hour.
  for (let quarter = 0; quarter < minutes; quarter += 15) {
    const local = Date.parse(`${clock.format(fromMs + quarter * minuteMs).replace(" ", "T")}Z`) / minuteMs;
    for (let minute = 0; minute < 15; minute += 1) shown.push(local + minute);
  }
  return shown;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The first minute at which the wall shows `local` or more. No zone here moves its clock by more than three hours. */
function firstFrom(shown: number[], local: number): number {
  let minute = Math.max(0, local - (shown[0] ?? 0) - 180);
  while (minute < shown.length && (shown[minute] ?? 0) < local) minute += 1;
  return minute;
}

/** The last minute at which the wall shows `local`; if it never does, the first at which it shows more. */
function lastOf(shown: number[], local: number): number {
  const first = firstFrom(shown, local);
  for (let minute = first + 180; minute > first; minute -= 1) if (shown[minute] === local) return minute;
  return first;
}

/** Walks the wall minute by minute, and marks those that are in a window. */
function marked(windows: Window[], shown: number[]): boolean[] {
  const inside = shown.map(() => false);
  const firstDate = Math.floor((shown[0] ?? 0) / 1_440);
  for (let date = firstDate; date < firstDate + 13; date += 1) {
    // The first of January 1970 was a Thursday.
    const day = days[(date + 3) % 7];
    for (const { from, to } of windows.filter((window) => window.days.some((each) => each === day))) {
      const ends = date * 1_440 + minutesOf(to) + (to > from ? 0 : 1_440);
      const end = to === "24:00" ? firstFrom(shown, ends) : lastOf(shown, ends);
      inside.fill(true, firstFrom(shown, date * 1_440 + minutesOf(from)), end);
    }
  }
  return inside;
}

test("an opening is what a walk minute by minute finds, and changes at its end and never before", () => {
  fc.assert(
    fc.property(aZonedMoment, fc.array(aWindow, { maxLength: 3 }), ({ timeZone, nowMs }, windows) => {
      const quarterMs = 15 * minuteMs;
      const fromMs = Math.floor(nowMs / quarterMs) * quarterMs - 2 * dayMs;
      const inside = marked(windows, wall(timeZone, fromMs, 11 * 1_440));
      const now = Math.floor((nowMs - fromMs) / minuteMs);
      const change = inside.findIndex((each, minute) => minute > now && each !== inside[now]);
      const changeMs = fromMs + change * minuteMs;
      expect(openingAt(windows, timeZone, nowMs)).toEqual({
        inside: inside[now],
        untilMs: change === -1 || changeMs > nowMs + 8 * dayMs ? null : changeMs,
      });
    }),
    runs,
  );
}, 30_000);

test("an opening holds until its end, and there it turns", () => {
  fc.assert(
    fc.property(
      aZonedMoment,
      fc.array(aWindow, { maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      ({ timeZone, nowMs }, windows, share) => {
        const { inside, untilMs } = openingAt(windows, timeZone, nowMs);
        const endMs = untilMs ?? nowMs + 8 * dayMs;
        expect(endMs).toBeGreaterThan(nowMs);
        const between = nowMs + Math.floor(share * (endMs - nowMs));
        expect(openingAt(windows, timeZone, between).inside).toBe(inside);
        if (untilMs === null) return;
        expect(openingAt(windows, timeZone, untilMs - 1)).toEqual({ inside, untilMs });
        expect(openingAt(windows, timeZone, untilMs).inside).toBe(!inside);
      },
    ),
    runs,
  );
});

test("a local day is Intl's, changes exactly when the next begins, and lasts 23 to 25 hours", () => {
  fc.assert(
    fc.property(aZonedMoment, ({ timeZone, nowMs }) => {
      const day = localDay(nowMs, timeZone);
      const startMs = startOfDayMs(day, timeZone);
      const nextMs = nextDayMs(nowMs, timeZone);
      expect(day).toBe(new Intl.DateTimeFormat("sv-SE", { timeZone }).format(nowMs));
      expect(startMs <= nowMs && nowMs < nextMs).toBe(true);
      expect(localDay(startMs, timeZone)).toBe(day);
      expect(localDay(startMs - 1, timeZone) < day).toBe(true);
      expect(localDay(nextMs - 1, timeZone)).toBe(day);
      expect(localDay(nextMs, timeZone) > day).toBe(true);
      expect(nextMs - startMs).toBeGreaterThanOrEqual(23 * 3_600_000);
      expect(nextMs - startMs).toBeLessThanOrEqual(25 * 3_600_000);
    }),
    { numRuns: 2_000 },
  );
});

test("two moments share a week, a month or an hour only if no other lies between them", () => {
  fc.assert(
    fc.property(
      aZonedMoment,
      fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const),
      fc.integer({ min: 0, max: 40 * dayMs }),
      ({ timeZone, nowMs }, period, laterMs) => {
        const one = periodOf(nowMs, timeZone, period);
        const other = periodOf(nowMs + laterMs, timeZone, period);
        const middle = periodOf(nowMs + Math.floor(laterMs / 2), timeZone, period);
        expect(one <= other || period === "hour").toBe(true);
        if (one === other) expect(middle).toBe(one);
      },
    ),
    { numRuns: 2_000 },
  );
});

const aRule = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1_000 })),
  perMs: fc.constantFrom(1_000, 60_000),
});

/** One look of a sender at its bucket, after a rest. */
type Look = { restMs: number; share: number; backMs: number };
const seldom = (ms: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 80, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: ms });
const aLook = fc.record({
  /** Mostly none: only a sender that comes back when the next token is due empties the bucket for a whole interval. */
  restMs: seldom(fc.nat({ max: 150_000 })),
  /** How much of the room it uses. */
  share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  /** By how much the clock goes back meanwhile. */
  backMs: seldom(fc.nat({ max: 1_000 })),
});

/** When each request started, by a clock that never goes back. */
function startsOf(rule: RateRule, looks: Look[]): number[] {
  const starts: number[] = [];
  let bucket: Bucket | null = null;
  let trueMs = 0;
  let behindMs = 0;
  for (const { restMs, share, backMs } of looks) {
    behindMs += backMs;
    trueMs += restMs;
    const nowMs = 1_700_000_000_000 + trueMs - behindMs;
    const count = Math.ceil(share * bucketRoom(bucket, rule, nowMs));
    bucket = take(bucket, rule, nowMs, count);
    for (let each = 0; each < count; each += 1) starts.push(trueMs);
    trueMs += nextTokenMs(bucket, rule, nowMs) - nowMs;
  }
  return starts;
}

/** The most that start in any half-open interval of `perMs`: one of those that begin with a start. */
function mostIn(starts: number[], perMs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of starts.entries()) {
    while (at - (starts[first] ?? at) >= perMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

test("no interval, wherever it begins, sees more than its limit, even if the clock goes back", () => {
  fc.assert(
    fc.property(aRule, fc.array(aLook, { minLength: 100, maxLength: 400, size: "max" }), (rule, looks) => {
      expect(mostIn(startsOf(rule, looks), rule.perMs)).toBeLessThanOrEqual(rule.limit);
    }),
    runs,
  );
});

test("a limit that changes holds from then on", () => {
  const given = fc.tuple(aRule, fc.integer({ min: 1, max: 1_000 }), fc.array(aLook, { maxLength: 100 }));
  fc.assert(
    fc.property(given, ([rule, limit, looks]) => {
      const nowMs = 1_700_000_000_000;
      const changed = { ...rule, limit };
      let bucket = take(null, rule, nowMs, bucketRoom(null, rule, nowMs));
      expect(bucketRoom(bucket, changed, nowMs)).toBe(0);
      const starts: number[] = [];
      let atMs = nowMs;
      for (const { restMs } of looks) {
        atMs = nextTokenMs(bucket, changed, atMs + restMs);
        const count = bucketRoom(bucket, changed, atMs);
        expect(count).toBeGreaterThan(0);
        for (let each = 0; each < count; each += 1) starts.push(atMs);
        bucket = take(bucket, changed, atMs, count);
      }
      expect(mostIn(starts, rule.perMs)).toBeLessThanOrEqual(limit);
    }),
    runs,
  );
});

test("a patient sender comes to 94 % of its limit at least", () => {
  fc.assert(
    fc.property(aRule, (rule) => {
      let bucket: Bucket | null = null;
      let sent = 0;
      for (let nowMs = 0; nowMs < 10 * rule.perMs; nowMs = nextTokenMs(bucket, rule, nowMs)) {
        const room = bucketRoom(bucket, rule, nowMs);
        bucket = take(bucket, rule, nowMs, room);
        sent += room;
      }
      expect(sent).toBeGreaterThanOrEqual(0.94 * 10 * rule.limit);
      expect(sent).toBeLessThanOrEqual(10 * rule.limit);
    }),
    runs,
  );
});

test("between a run and the one before it there is none, from either side", () => {
  const field = (least: number, most: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: least, max: most }).map(String),
      fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
      fc
        .uniqueArray(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 4 })
        .map((list) => list.join(",")),
    );
  const expression = fc
    .tuple(field(0, 59), field(0, 23), fc.constantFrom("*", "1", "15,28"), fc.constant("*"), field(0, 6))
    .map((fields) => fields.join(" "));
  fc.assert(
    fc.property(aZonedMoment, expression, ({ timeZone, nowMs }, text) => {
      const within = 400 * dayMs;
      const nextMs = nextRunMs(text, timeZone, nowMs) ?? 0;
      const latestMs = latestRunMs(text, timeZone, nowMs, within) ?? 0;
      expect(latestMs <= nowMs && nowMs < nextMs).toBe(true);
      expect(nextRunMs(text, timeZone, latestMs)).toBe(nextMs);
      expect(latestRunMs(text, timeZone, nextMs - 1, within)).toBe(latestMs);
      expect(latestRunMs(text, timeZone, nextMs, 0)).toBe(nextMs);
    }),
    runs,
  );
});
