import { describe, expect, test } from "vitest";
import { days } from "#lib/core/calendar.ts";
import { openingAt, type Window, windowProblem } from "#lib/core/windows.ts";

const nightly: Window = { days, from: "22:00", to: "06:00" };
const workdays: Window = { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" };
const daily = (from: string, to: string): Window => ({ days, from, to });

/** As the opening reads: "inside until …". */
function opening(windows: Window[], timeZone: string, now: string): string {
  const { inside, untilMs } = openingAt(windows, timeZone, Date.parse(now));
  const until = untilMs === null ? "always" : `until ${new Date(untilMs).toISOString().slice(0, 16)}Z`;
  return `${inside ? "inside" : "outside"} ${until}`;
}

describe("windows", () => {
  test("none are never inside, and the whole of each day is always inside", () => {
    expect(opening([], "UTC", "2026-11-21T12:00Z")).toBe("outside always");
    expect(opening([daily("00:00", "24:00")], "Europe/London", "2026-03-28T12:00Z")).toBe("inside always");
    expect(opening([daily("00:00", "24:00")], "America/Havana", "2026-10-31T12:00Z")).toBe("inside always");
    expect(opening([daily("00:00", "24:00")], "America/Santiago", "2026-09-05T12:00Z")).toBe("inside always");
  });

  test("begin with their first instant and are over at their last", () => {
    expect(opening([workdays], "UTC", "2026-11-20T07:59:59.999Z")).toBe("outside until 2026-11-20T08:00Z");
    expect(opening([workdays], "UTC", "2026-11-20T08:00Z")).toBe("inside until 2026-11-20T18:00Z");
    expect(opening([workdays], "UTC", "2026-11-20T17:59:59.999Z")).toBe("inside until 2026-11-20T18:00Z");
    expect(opening([workdays], "UTC", "2026-11-20T18:00Z")).toBe("outside until 2026-11-23T08:00Z");
  });

  test("that cross midnight belong to the day on which they begin", () => {
    const friday: Window = { days: ["fri"], from: "22:00", to: "06:00" };
    expect(opening([friday], "UTC", "2026-11-20T05:00Z")).toBe("outside until 2026-11-20T22:00Z");
    expect(opening([friday], "UTC", "2026-11-21T05:00Z")).toBe("inside until 2026-11-21T06:00Z");
    expect(opening([friday], "UTC", "2026-11-21T06:00Z")).toBe("outside until 2026-11-27T22:00Z");
  });

  test("that touch or overlap are one", () => {
    const halves = [daily("12:00", "24:00"), daily("00:00", "06:00")];
    expect(opening(halves, "UTC", "2026-11-21T13:00Z")).toBe("inside until 2026-11-22T06:00Z");
    const overlapping = [daily("09:00", "12:00"), daily("11:00", "15:00"), daily("10:00", "11:30")];
    expect(opening(overlapping, "UTC", "2026-11-21T09:30Z")).toBe("inside until 2026-11-21T15:00Z");
    const around = [daily("06:00", "00:00"), daily("00:00", "06:00")];
    expect(opening(around, "Europe/London", "2026-10-24T13:00Z")).toBe("inside always");
  });
});

describe("a nightly 22:00–06:00 window", () => {
  test.each([
    ["Europe/London", "2026-03-28", "2026-03-28T22:00Z", "2026-03-29T05:00Z", 7],
    ["Europe/London", "2026-10-24", "2026-10-24T21:00Z", "2026-10-25T06:00Z", 9],
    ["America/New_York", "2026-03-07", "2026-03-08T03:00Z", "2026-03-08T10:00Z", 7],
    ["America/New_York", "2026-10-31", "2026-11-01T02:00Z", "2026-11-01T11:00Z", 9],
    ["America/New_York", "2026-11-20", "2026-11-21T03:00Z", "2026-11-21T11:00Z", 8],
  ])("in %s on the night of %s is from %s to %s: %d hours", (timeZone, _night, from, to, hours) => {
    const before = new Date(Date.parse(from) - 1).toISOString();
    const last = new Date(Date.parse(to) - 1).toISOString();
    expect(opening([nightly], timeZone, before)).toBe(`outside until ${from}`);
    expect(opening([nightly], timeZone, from)).toBe(`inside until ${to}`);
    expect(opening([nightly], timeZone, last)).toBe(`inside until ${to}`);
    expect(opening([nightly], timeZone, to)).toMatch(/^outside until /);
    expect((Date.parse(to) - Date.parse(from)) / 3_600_000).toBe(hours);
  });
});

describe("in the gap of spring", () => {
  test.each([
    ["Europe/London", "01:30", "04:00", "2026-03-29T00:00Z", "2026-03-29T01:00Z", "2026-03-29T03:00Z"],
    ["America/New_York", "02:30", "05:00", "2026-03-08T06:00Z", "2026-03-08T07:00Z", "2026-03-08T09:00Z"],
  ])("a window of %s that begins there begins at its end", (timeZone, from, to, before, start, end) => {
    expect(opening([daily(from, to)], timeZone, before)).toBe(`outside until ${start}`);
    expect(opening([daily(from, to)], timeZone, start)).toBe(`inside until ${end}`);
  });

  test.each([
    ["Europe/London", "23:00", "01:30", "2026-03-29T00:59Z", "2026-03-29T01:00Z"],
    ["America/New_York", "23:00", "02:30", "2026-03-08T06:59Z", "2026-03-08T07:00Z"],
  ])("a window of %s that ends there ends at its end", (timeZone, from, to, last, end) => {
    expect(opening([daily(from, to)], timeZone, last)).toBe(`inside until ${end}`);
    expect(opening([daily(from, to)], timeZone, end)).toMatch(/^outside/);
  });

  test.each([
    ["Europe/London", "01:10", "01:50", "2026-03-29T00:59Z", "2026-03-30T00:10Z"],
    ["America/New_York", "02:10", "02:50", "2026-03-08T06:59Z", "2026-03-09T06:10Z"],
  ])("a window of %s within it is not held that day", (timeZone, from, to, before, next) => {
    expect(opening([daily(from, to)], timeZone, before)).toBe(`outside until ${next}`);
  });

  test("a window of one day a week that is not held leaves no change in sight", () => {
    const sunday: Window = { days: ["sun"], from: "02:10", to: "02:50" };
    expect(opening([sunday], "America/New_York", "2026-03-02T12:00Z")).toBe("outside always");
    expect(opening([sunday], "America/New_York", "2026-03-08T12:00Z")).toBe(
      "outside until 2026-03-15T06:10Z",
    );
  });
});

describe("in the repeated hour of autumn", () => {
  test.each([
    ["Europe/London", "01:30", "04:00", "2026-10-25T00:30Z", "2026-10-25T04:00Z"],
    ["America/New_York", "01:30", "04:00", "2026-11-01T05:30Z", "2026-11-01T09:00Z"],
  ])("a window of %s that begins there begins the first time", (timeZone, from, to, start, end) => {
    const before = new Date(Date.parse(start) - 60_000).toISOString();
    expect(opening([daily(from, to)], timeZone, before)).toBe(`outside until ${start}`);
    expect(opening([daily(from, to)], timeZone, start)).toBe(`inside until ${end}`);
  });

  test.each([
    ["Europe/London", "23:00", "01:30", "2026-10-25T00:45Z", "2026-10-25T01:30Z"],
    ["America/New_York", "23:00", "01:30", "2026-11-01T05:45Z", "2026-11-01T06:30Z"],
  ])("a window of %s that ends there ends the second time", (timeZone, from, to, between, end) => {
    expect(opening([daily(from, to)], timeZone, between)).toBe(`inside until ${end}`);
    expect(opening([daily(from, to)], timeZone, end)).toMatch(/^outside/);
  });

  test.each([
    ["Europe/London", "2026-10-25T00:10Z", "2026-10-25T01:50Z"],
    ["America/New_York", "2026-11-01T05:10Z", "2026-11-01T06:50Z"],
  ])(
    "a window of %s within it is held once, from the first 01:10 to the last 01:50",
    (timeZone, start, end) => {
      expect(opening([daily("01:10", "01:50")], timeZone, start)).toBe(`inside until ${end}`);
    },
  );
});

test("a window that ends at the time to which autumn goes back ends when it goes back", () => {
  const early = [daily("00:00", "01:00")];
  expect(opening(early, "Europe/London", "2026-10-24T23:30Z")).toBe("inside until 2026-10-25T01:00Z");
  expect(opening(early, "America/New_York", "2026-11-01T04:30Z")).toBe("inside until 2026-11-01T06:00Z");
});

describe("a window's problem", () => {
  test.each([
    [{ from: "8:00" }, "from must be HH:MM, 00:00 to 24:00, like 22:00"],
    [{ from: "12:60" }, "from must be HH:MM, 00:00 to 24:00, like 22:00"],
    [{ to: "24:01" }, "to must be HH:MM, 00:00 to 24:00, like 22:00"],
    [{ to: "" }, "to must be HH:MM, 00:00 to 24:00, like 22:00"],
    [{ from: "24:00" }, "from must be before 24:00: write 00:00 and name the next day"],
    [{ from: "06:00", to: "06:00" }, "ends when it starts: at 06:00, for the whole day write 00:00 to 24:00"],
    [{ days: [] }, "days must name one day at least, like mon"],
    [{ days: ["mon", "sun", "mon"] as const }, "days names mon twice: leave one out"],
  ])("of %j names the mend", (wrong, problem) => {
    expect(windowProblem({ ...workdays, ...wrong })).toBe(problem);
  });

  test.each([workdays, nightly, daily("00:00", "24:00"), daily("22:00", "00:00")])(
    "there is none of %j",
    (window) => {
      expect(windowProblem(window)).toBeNull();
    },
  );
});
