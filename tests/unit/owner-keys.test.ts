// Keys of programs that are kept to an owner.
import fc from "fast-check";
import { expect, test } from "vitest";
import { keysOfOwner } from "#lib/server/owner-keys.ts";

const keyOf = (owner: string, orderingKey: string) => keysOfOwner(owner, { orderingKey }).orderingKey ?? "";

test("a key that is not given is not made", () => {
  expect(keysOfOwner("a", {})).toEqual({});
});

test("two owners never have a key in common, nor one owner two of its own in one; each fits its column", () => {
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(..."~:1a"), minLength: 1, maxLength: 6 }),
  );
  fc.assert(
    fc.property(text, text, text, text, (owner, key, otherOwner, otherKey) => {
      const isSame = owner === otherOwner && key === otherKey;
      expect(keyOf(owner, key) === keyOf(otherOwner, otherKey)).toBe(isSame);
      expect(keyOf(owner, key).length).toBeLessThanOrEqual(200);
    }),
  );
  expect(keyOf("a:b", "c")).not.toBe(keyOf("a", "b:c"));
  expect(keyOf("o".repeat(200), "k")).toMatch(/^~sha256:[0-9a-f]{64}$/);
});
