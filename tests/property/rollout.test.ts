// Which records a percentage lets through.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isIncluded } from "#lib/core/rollout.ts";

const runs = { numRuns: 2_000 };
const percentage = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);

test("a record that is let through stays so at any higher percentage; at 0 none is, at 100 all are", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), percentage, percentage, (provider, key, one, other) => {
      const [lower, higher] = one < other ? [one, other] : [other, one];
      if (isIncluded(provider, key, lower)) expect(isIncluded(provider, key, higher)).toBe(true);
      expect(isIncluded(provider, key, 0)).toBe(false);
      expect(isIncluded(provider, key, 100)).toBe(true);
    }),
    runs,
  );
});

const count = 20_000;
/** Ids of one bulk insert differ in few places, as do numbered keys. */
const ids: [string, (index: number) => string][] = [
  [
    "UUIDv7 of one second",
    (index) =>
      `019aa${(0x3f0c1e2b000n + BigInt(index)).toString(16)}-7${(index % 4096).toString(16).padStart(3, "0")}-8000-000000000000`,
  ],
  ["numbered keys", (index) => `customer-${index}`],
  ["short keys", (index) => index.toString(36)],
];

test.each(ids)("of 20,000 %s the share that goes is within 2 % of the percentage", (_name, idOf) => {
  const all = Array.from({ length: count }, (_, index) => idOf(index));
  expect(new Set(all).size).toBe(count);
  for (const provider of ["ats", "sms", "quotes-1", "quotes-2"]) {
    for (const percentage of [1, 10, 30, 50, 90, 99]) {
      const share = all.filter((id) => isIncluded(provider, id, percentage)).length / count;
      expect(Math.abs(share * 100 - percentage)).toBeLessThan(2);
    }
  }
});

test("two providers let different records through", () => {
  const all = Array.from({ length: count }, (_, index) => `customer-${index}`);
  const both = all.filter((id) => isIncluded("ats", id, 50) && isIncluded("sms", id, 50)).length;
  expect(Math.abs(both / count - 0.25)).toBeLessThan(0.02);
});
