import { describe, expect, test } from "vitest";
import {
  clock,
  count,
  duration,
  figureWords,
  fullTime,
  percent,
  person,
  plural,
  relative,
} from "#lib/client/formats.ts";

const noon = Date.parse("2026-11-21T12:00:00.000Z");
const ago = (ms: number) => new Date(noon - ms).toISOString();

describe("times", () => {
  test("a moment ago is told in the largest unit that fits", () => {
    expect(relative(ago(0), noon)).toBe("now");
    expect(relative(ago(4_200), noon)).toBe("4 s ago");
    expect(relative(ago(59_999), noon)).toBe("59 s ago");
    expect(relative(ago(60_000), noon)).toBe("1 min ago");
    expect(relative(ago(3_600_000), noon)).toBe("1 h ago");
    expect(relative(ago(5 * 86_400_000), noon)).toBe("5 d ago");
  });

  test("what is to come is told as in", () => {
    expect(relative(ago(-240_000), noon)).toBe("in 4 min");
  });

  test("the clock is that of the reader's zone, and names the day when it is another one", () => {
    expect(clock(ago(0), "UTC", noon)).toBe("12:00");
    expect(clock(ago(0), "Europe/Paris", noon)).toBe("13:00");
    expect(clock("2026-11-20T23:30:00Z", "UTC", noon)).toBe("20 Nov 23:30");
    expect(clock("2026-11-20T23:30:00Z", "Europe/Paris", noon)).toBe("00:30");
    expect(clock("2025-09-01T00:05:09Z", "UTC", noon, { seconds: true })).toBe("1 Sep 2025 00:05:09");
  });

  test("midnight is 00, never 24", () => {
    expect(clock("2026-11-21T00:00:00Z", "UTC", noon)).toBe("00:00");
  });

  test("the whole time names its zone", () => {
    expect(fullTime("2026-11-20T14:02:11Z", "UTC")).toBe("20 Nov 2026 14:02:11 UTC");
  });
});

describe("figures", () => {
  test("a duration has at most two units", () => {
    expect(duration(0)).toBe("0 ms");
    expect(duration(640)).toBe("640 ms");
    expect(duration(2_300)).toBe("2.3 s");
    expect(duration(2_000)).toBe("2 s");
    expect(duration(45_400)).toBe("45 s");
    expect(duration(250_000)).toBe("4 min 10 s");
    expect(duration(600_000)).toBe("10 min");
    expect(duration(7_500_000)).toBe("2 h 5 min");
    expect(duration(273_600_000)).toBe("3 d 4 h");
  });

  test("a count stops at its cap", () => {
    expect(count(9_999)).toBe("9,999");
    expect(count(10_000)).toBe("10,000+");
    expect(count(10_001)).toBe("10,000+");
  });

  test("one is one, and everything else many", () => {
    expect(plural(1, "record")).toBe("1 record");
    expect(plural(0, "record")).toBe("0 records");
    expect(plural(2, "record waits", "records wait")).toBe("2 records wait");
  });

  test("a share is never rounded up to a perfect hundred", () => {
    expect(percent(1)).toBe("100 %");
    expect(percent(0.9996)).toBe("99.9 %");
    expect(percent(0.2)).toBe("20 %");
    expect(percent(0)).toBe("0 %");
  });

  test("a figure behind a decision reads as its unit", () => {
    expect(figureWords("p95Ms", 2_300)).toBe("p95 2.3 s");
    expect(figureWords("errorShare", 0.25)).toBe("error share 25 %");
    expect(figureWords("failed", 12)).toBe("failed 12");
    expect(figureWords("error", "503")).toBe("error 503");
  });
});

test("a person is known by name, not by address", () => {
  expect(person("Maria Lopez <maria@example.org>")).toBe("Maria Lopez");
  expect(person("key: bootstrap")).toBe("key: bootstrap");
});
