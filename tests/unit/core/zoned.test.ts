import { describe, expect, test } from "vitest";
import {
  instantMs,
  isTimeZone,
  localDay,
  nextDayMs,
  periodOf,
  startOfDayMs,
  weekday,
} from "#lib/core/zoned.ts";

const at = (text: string): number => Date.parse(text);
const read = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");
const hours = (fromMs: number, toMs: number): number => (toMs - fromMs) / 3_600_000;

describe("a time zone", () => {
  test.each(["UTC", "Europe/London", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "europe/paris"])(
    "%s is one",
    (name) => expect(isTimeZone(name)).toBe(true),
  );

  test.each([
    "",
    " ",
    "Z",
    "+02:00",
    "-05",
    "+0200",
    "UTC+2",
    "Mars/Olympus",
    "Europe/London ",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00[Europe/London]",
  ])('"%s" is none', (name) => expect(isTimeZone(name)).toBe(false));

  test("that does not exist is named by whoever asks for a moment in it", () => {
    expect(() => localDay(0, "Mars/Olympus")).toThrow(RangeError);
    expect(() => localDay(0, "Mars/Olympus")).toThrow("Mars/Olympus");
    expect(() => instantMs("2026-11-21", "12:00", "+02:00", "earlier")).toThrow("+02:00");
  });
});

describe("a local day", () => {
  test("is the date that people there read", () => {
    const nowMs = at("2026-11-21T23:30:00Z");
    expect(localDay(nowMs, "UTC")).toBe("2026-11-21");
    expect(localDay(nowMs, "Asia/Tokyo")).toBe("2026-11-22");
    expect(localDay(at("2026-11-21T04:59:59.999Z"), "America/New_York")).toBe("2026-11-20");
  });

  test.each([
    ["Europe/London", "2026-03-29", "2026-03-29T00:00:00Z", 23],
    ["Europe/London", "2026-10-25", "2026-10-24T23:00:00Z", 25],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25],
    ["Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5],
    ["Asia/Kolkata", "2026-11-21", "2026-11-20T18:30:00Z", 24],
  ])("in %s, %s begins at %s and has %d hours", (timeZone, day, begins, length) => {
    const startMs = startOfDayMs(day, timeZone);
    expect(read(startMs)).toBe(begins);
    expect(hours(startMs, nextDayMs(startMs, timeZone))).toBe(length);
  });

  test("that has 23 or 25 hours ends at the same instant whenever one asks", () => {
    for (const [timeZone, day] of [
      ["Europe/London", "2026-03-29"],
      ["Europe/London", "2026-10-25"],
      ["America/New_York", "2026-03-08"],
      ["America/New_York", "2026-11-01"],
    ] as const) {
      const startMs = startOfDayMs(day, timeZone);
      const endMs = nextDayMs(startMs, timeZone);
      for (let nowMs = startMs; nowMs < endMs; nowMs += 60_000) {
        expect(nextDayMs(nowMs, timeZone)).toBe(endMs);
        expect(localDay(nowMs, timeZone)).toBe(day);
      }
      expect(localDay(endMs, timeZone)).not.toBe(day);
    }
  });

  test.each([
    ["America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"],
    ["Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"],
  ])("in %s, %s begins at 01:00: its midnight is skipped", (timeZone, day, begins) => {
    const eve = at(begins) - 1;
    expect(read(startOfDayMs(day, timeZone))).toBe(begins);
    expect(read(nextDayMs(eve, timeZone))).toBe(begins);
    expect(localDay(at(begins), timeZone)).toBe(day);
    expect(localDay(eve, timeZone)).not.toBe(day);
  });

  test("begins at the first of two midnights", () => {
    expect(read(startOfDayMs("2026-11-01", "America/Havana"))).toBe("2026-11-01T04:00:00Z");
    expect(hours(at("2026-11-01T04:00:00Z"), nextDayMs(at("2026-11-01T04:30:00Z"), "America/Havana"))).toBe(
      25,
    );
  });

  test("that the clock went back into ends later than now", () => {
    // 00:01 on the 7th became 23:01 on the 6th.
    const nowMs = at("2010-11-07T02:40:00Z");
    expect(localDay(nowMs, "America/St_Johns")).toBe("2010-11-06");
    expect(read(nextDayMs(nowMs, "America/St_Johns"))).toBe("2010-11-07T03:30:00Z");
  });

  test("that a country skipped is passed over", () => {
    expect(localDay(nextDayMs(at("2011-12-30T00:00:00Z"), "Pacific/Apia"), "Pacific/Apia")).toBe(
      "2011-12-31",
    );
  });
});

describe("a time of day", () => {
  const instant = (...args: Parameters<typeof instantMs>) => read(instantMs(...args));

  test("is where the clock shows it", () => {
    expect(instant("2026-11-21", "14:30", "America/New_York", "earlier")).toBe("2026-11-21T19:30:00Z");
    expect(instant("2026-07-21", "14:30", "America/New_York", "later")).toBe("2026-07-21T18:30:00Z");
  });

  test.each([
    ["Europe/London", "2026-03-29", ["01:00", "01:30", "01:59", "02:00"], "2026-03-29T01:00:00Z"],
    ["America/New_York", "2026-03-08", ["02:00", "02:30", "02:59", "03:00"], "2026-03-08T07:00:00Z"],
  ] as const)("in %s's gap of %s is the end of the gap", (timeZone, day, times, end) => {
    for (const time of times) {
      expect(instant(day, time, timeZone, "earlier")).toBe(end);
      expect(instant(day, time, timeZone, "later")).toBe(end);
    }
  });

  test.each([
    ["Europe/London", "2026-10-25", "01:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
    ["Europe/London", "2026-10-25", "01:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"],
    ["Europe/London", "2026-10-25", "02:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"],
    ["America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"],
  ])("in %s on %s, %s comes twice, and one says which", (timeZone, day, time, earlier, later) => {
    expect(instant(day, time, timeZone, "earlier")).toBe(earlier);
    expect(instant(day, time, timeZone, "later")).toBe(later);
  });

  test("24:00 is where the next day begins, even when midnight is skipped or comes twice", () => {
    expect(instant("2026-12-31", "24:00", "Europe/London", "later")).toBe("2027-01-01T00:00:00Z");
    expect(instant("2026-09-05", "24:00", "America/Santiago", "later")).toBe("2026-09-06T04:00:00Z");
    expect(instant("2026-10-31", "24:00", "America/Havana", "later")).toBe("2026-11-01T04:00:00Z");
  });
});

test("weekdays follow each other, and leap days are days", () => {
  const week = [21, 22, 23, 24, 25, 26, 27].map((day) => weekday(`2026-11-${day}`));
  expect(week).toEqual(["sat", "sun", "mon", "tue", "wed", "thu", "fri"]);
  expect(weekday("2028-02-29")).toBe("tue");
});

describe("a period", () => {
  const nowMs = at("2026-11-21T23:10:00Z");

  test.each([
    ["hour", "2026-11-22T00+01:00"],
    ["day", "2026-11-22"],
    ["week", "2026-W47"],
    ["month", "2026-11"],
  ] as const)("of an %s in Paris reads %s", (period, text) => {
    expect(periodOf(nowMs, "Europe/Paris", period)).toBe(text);
  });

  test("knows offsets west of Greenwich, of half an hour, and of none", () => {
    expect(periodOf(nowMs, "America/St_Johns", "hour")).toBe("2026-11-21T19-03:30");
    expect(periodOf(nowMs, "Asia/Kolkata", "hour")).toBe("2026-11-22T04+05:30");
    expect(periodOf(nowMs, "UTC", "hour")).toBe("2026-11-21T23+00:00");
  });

  test.each([
    ["2026-12-31", "2026-W53"],
    ["2027-01-03", "2026-W53"],
    ["2027-01-04", "2027-W01"],
    ["2024-12-29", "2024-W52"],
    ["2024-12-30", "2025-W01"],
  ])("the week of %s is %s", (day, week) => {
    expect(periodOf(at(`${day}T12:00:00Z`), "UTC", "week")).toBe(week);
  });

  test("of a day is one text through the 23 and the 25 hours of a change of the clock", () => {
    for (const [timeZone, day] of [
      ["Europe/London", "2026-03-29"],
      ["Europe/London", "2026-10-25"],
      ["America/New_York", "2026-03-08"],
      ["America/New_York", "2026-11-01"],
    ] as const) {
      const startMs = startOfDayMs(day, timeZone);
      const endMs = nextDayMs(startMs, timeZone);
      const texts = new Set<string>();
      for (let nowMs = startMs; nowMs < endMs; nowMs += 60_000) texts.add(periodOf(nowMs, timeZone, "day"));
      expect([...texts]).toEqual([day]);
      expect(periodOf(startMs - 1, timeZone, "day")).not.toBe(day);
      expect(periodOf(endMs, timeZone, "day")).not.toBe(day);
    }
  });

  test("the repeated hour of an autumn change is two hours, and the skipped one of spring is none", () => {
    const hourly = (timeZone: string, from: string, count: number) =>
      Array.from({ length: count }, (_, hour) => periodOf(at(from) + hour * 3_600_000, timeZone, "hour"));
    expect(hourly("Europe/London", "2026-10-25T00:30:00Z", 2)).toEqual([
      "2026-10-25T01+01:00",
      "2026-10-25T01+00:00",
    ]);
    expect(hourly("America/New_York", "2026-11-01T05:30:00Z", 2)).toEqual([
      "2026-11-01T01-04:00",
      "2026-11-01T01-05:00",
    ]);
    expect(hourly("Europe/London", "2026-03-29T00:30:00Z", 2)).toEqual([
      "2026-03-29T00+00:00",
      "2026-03-29T02+01:00",
    ]);
    expect(hourly("America/New_York", "2026-03-08T06:30:00Z", 2)).toEqual([
      "2026-03-08T01-05:00",
      "2026-03-08T03-04:00",
    ]);
  });
});
