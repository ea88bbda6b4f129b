import { expect, test } from "vitest";
import {
  authWords,
  daysWords,
  healthWords,
  limitWords,
  ruleWords,
  whenWords,
  windowWords,
  zoneInFull,
} from "#lib/client/policy-words.ts";
import { equalsOf, lookOf, statusOf, testOf, valueText, whenOf } from "#lib/client/when.ts";
import type { RuleWhen } from "#lib/contract/policy.ts";
import type { Day } from "#lib/core/calendar.ts";

test.each<[Day[], string]>([
  [["mon", "tue", "wed", "thu", "fri"], "Mon–Fri"],
  [["wed", "mon"], "Mon, Wed"],
  [["sat", "sun"], "Sat, Sun"],
  [["mon", "tue", "wed", "fri"], "Mon–Wed, Fri"],
  [["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "every day"],
])("days are told in runs: %j", (days, words) => {
  expect(daysWords(days)).toBe(words);
});

test("a window says when it ends on the next day, and when it is the whole day", () => {
  expect(windowWords({ days: ["mon"], from: "22:00", to: "06:00" })).toBe("Mon, 22:00 to 06:00 the next day");
  expect(windowWords({ days: ["sun"], from: "00:00", to: "24:00" })).toBe("Sun, all day");
});

test("a rule is a sentence", () => {
  const when = { status: 409, jsonPath: "$.code", equals: "DUPLICATE" };
  expect(ruleWords({ when, outcome: "duplicate" })).toBe(
    "409 with $.code = DUPLICATE counts as delivered (had it already)",
  );
  expect(
    ruleWords({
      when: { status: "5xx", header: "x-why" },
      outcome: "invalid",
      team: "technical",
      say: "No.",
    }),
  ).toBe("5xx with the header x-why means that it refuses the data, for the technical team; it reads “No.”");
  expect(whenWords({ body: "^late", header: "x-a", matches: "b+" })).toBe(
    "Any answer with the header x-a like /b+/ and a body like /^late/",
  );
});

test("limits, health, zone and proof in words", () => {
  const none = { perSecond: null, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 };
  expect(limitWords(none)).toEqual([]);
  expect(limitWords({ ...none, perMinute: 60, perRun: 500 })).toEqual([
    "60 a minute",
    "500 a run, one run every 1 min",
  ]);
  expect(healthWords(null)).toEqual(["none"]);
  expect(zoneInFull("America/New_York")).toBe("New York time (America/New_York)");
  expect(zoneInFull("UTC")).toBe("UTC");
  expect(authWords({ kind: "basic", user: "ana", password: null })).not.toContain("null");
});

test.each<RuleWhen>([
  { status: 409 },
  { status: "4xx", header: "x-reason", equals: "12" },
  { header: "x-reason" },
  { jsonPath: "$.code", equals: 12 },
  { jsonPath: "$.code", equals: "12" },
  { jsonPath: "$.code", equals: null },
  { jsonPath: "$.ok", equals: false, body: "late" },
  { jsonPath: "$.code", matches: "^D" },
])("a condition goes through the form unchanged: %j", (when) => {
  const shown = whenOf({
    status: statusOf(String(when.status ?? "")),
    look: lookOf(when),
    place: when.header ?? when.jsonPath ?? "",
    test: testOf(when),
    value: valueText(when),
    body: when.body ?? "",
  });
  expect(shown).toEqual(when);
});

test("a value that is typed is what it looks like; half a number stays text", () => {
  expect(["12", "true", "null", '"12"', "1.", "1.05", "DUP"].map(equalsOf)).toEqual([
    12,
    true,
    null,
    "12",
    "1.",
    1.05,
    "DUP",
  ]);
});
