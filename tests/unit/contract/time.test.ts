import { expect, test } from "vitest";
import { Time } from "#lib/contract/time.ts";

test.each(["0001-01-01T00:00:00Z", "2026-11-21T14:00:00+05:30", "9999-12-30T23:59:59.999999999Z"])(
  "%s is a time that may be named",
  (text) => expect(Time.parse(text)).toBe(text),
);

test.each([
  ["0000-12-31T23:59:59Z", "must be a time in the years 1 to 9999"],
  ["0001-01-01T00:00:00+01:00", "must be a time in the years 1 to 9999"],
  // A database that keeps microseconds rounds it into the year 10000.
  ["9999-12-31T23:59:59.999999999Z", "must be a time in the years 1 to 9999"],
  ["2026-11-21T14:00:00", "must be a time with its zone, like 2026-11-21T14:00:00Z"],
  ["2026-02-30T14:00:00Z", "must be a time with its zone, like 2026-11-21T14:00:00Z"],
  ["soon", "must be a time with its zone, like 2026-11-21T14:00:00Z"],
])("%s is refused: %s", (text, message) => {
  expect(Time.safeParse(text).error?.issues.map((issue) => issue.message)).toEqual([message]);
});
