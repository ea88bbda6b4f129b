import { expect, test } from "vitest";
import {
  firsts,
  groupTitle,
  lastActWords,
  marksOf,
  ownerWords,
  recordWords,
  trendWords,
} from "#lib/client/group-words.ts";

test("a title says its code once", () => {
  expect(groupTitle({ statusCode: 422, title: "postal_code is invalid" })).toBe(
    "422 · postal_code is invalid",
  );
  expect(groupTitle({ statusCode: 503, title: "503 Service Unavailable" })).toBe("503 Service Unavailable");
  expect(groupTitle({ statusCode: 422, title: "422: is no VAT number" })).toBe("422 · is no VAT number");
  expect(groupTitle({ statusCode: null, title: "no answer" })).toBe("no answer");
});

test("a mute that is over is no mark", () => {
  const given = { isNew: false, isGrowing: true, isBackAgain: true, mutedUntil: "2026-01-01T12:00:00Z" };
  expect(marksOf(given, Date.parse("2026-01-01T11:59:59Z"))).toEqual(["back_again", "growing", "muted"]);
  expect(marksOf(given, Date.parse("2026-01-01T12:00:00Z"))).toEqual(["back_again", "growing"]);
});

test("how many, and of how many", () => {
  expect(recordWords({ records: 1, total: 1 })).toBe("1 record");
  expect(recordWords({ records: 12, total: 40 })).toBe("12 records of 40");
  expect(ownerWords({ owners: 0, ownersAtLeast: false })).toBeNull();
  expect(ownerWords({ owners: 1, ownersAtLeast: false })).toBe("1 owner");
  expect(ownerWords({ owners: 37, ownersAtLeast: true })).toBe("at least 37 owners");
});

test("who did what last", () => {
  const ana = "Ana <ana@example.org>";
  expect(lastActWords({ lastAct: "retried", lastActBy: ana, lastActRecords: 12 })).toBe(
    "Ana ran 12 records again",
  );
  expect(lastActWords({ lastAct: "rejected", lastActBy: ana, lastActRecords: 1 })).toBe(
    "Ana rejected 1 record",
  );
  expect(lastActWords({ lastAct: null, lastActBy: null, lastActRecords: null })).toBeNull();
});

test("a few first, only where there are more", () => {
  expect(firsts(1)).toEqual([1]);
  expect(firsts(10)).toEqual([1, 10]);
  expect(firsts(1_234)).toEqual([1, 10, 100, 1_234]);
});

test("a trend for the ear", () => {
  expect(trendWords([...Array<number>(22).fill(1), 6, 12])).toBe(
    "Failures an hour, the last 24 hours: 40 in all, 12 in this one",
  );
});
