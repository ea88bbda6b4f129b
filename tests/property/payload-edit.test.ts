import fc from "fast-check";
import { expect, test } from "vitest";
import { type Exact, exactText, parseExact } from "#lib/core/exact-json.ts";
import {
  changesBetween,
  forbiddenChanges,
  isPointer,
  lockedChanges,
  valueAt,
} from "#lib/core/payload-edit.ts";

const runs = { numRuns: 2_000 };
const name = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "",
    "~",
    "/",
    "~0",
    "~1",
    "a/b",
    "m~n",
    "0",
    "01",
    "-",
    "length",
    "__proto__",
    "constructor",
    "é",
    "💥",
  ),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const { json } = fc.letrec<{ json: Exact }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.array(tie("json"), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(name, tie("json")), { maxLength: 4, selector: ([key]) => key })
      .map(Object.fromEntries),
  ),
}));

/** The same text for the same value, whatever the order of its members. */
function sorted(value: Exact): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${sorted(inner)}`).join()}}`;
}

test("nothing differs between a value and itself, and something between values that read differently", () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      expect(changesBetween(one, parseExact(exactText(one)))).toEqual([]);
      expect(changesBetween(one, other).length > 0).toBe(sorted(one) !== sorted(other));
    }),
    runs,
  );
});

test("each change is at a pointer that leads to what it says, before and after", () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      for (const change of changesBetween(one, other)) {
        expect(isPointer(change.path)).toBe(true);
        const [was, is] = [valueAt(one, change.path), valueAt(other, change.path)];
        expect(was).toEqual("old" in change ? { present: true, value: change.old } : { present: false });
        expect(is).toEqual("new" in change ? { present: true, value: change.new } : { present: false });
      }
    }),
    runs,
  );
});

test("what differs at a locked place is never let through, whatever is changed around it", () => {
  fc.assert(
    fc.property(json, json, fc.array(name, { maxLength: 3 }), (one, other, parts) => {
      const pointer = parts.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
      const [was, is] = [valueAt(one, pointer), valueAt(other, pointer)];
      const differs =
        was.present !== is.present ||
        (was.present && is.present && changesBetween(was.value, is.value).length > 0);
      expect(lockedChanges(one, other, { locked: [pointer] })).toEqual(differs ? [pointer] : []);
    }),
    runs,
  );
});

test("only changes within what is allowed are let through", () => {
  const old = parseExact(
    '{"customer": {"name": "A", "postal_code": "1"}, "lines": [{"id": 1}, {"id": 2}], "a/b": {"m~n": 1}}',
  );
  const may = (text: string, ...allowed: string[]) =>
    forbiddenChanges(changesBetween(old, parseExact(text)), { allowed });
  const edited = (change: (value: Record<string, never>) => unknown) => {
    const copy = JSON.parse(exactText(old));
    change(copy);
    return JSON.stringify(copy);
  };
  const code = edited((value) => Object.assign(value.customer ?? {}, { postal_code: "2" }));
  expect(may(code, "/customer/postal_code")).toEqual([]);
  expect(may(code, "/customer")).toEqual([]);
  expect(may(code, "")).toEqual([]);
  expect(may(code)).toEqual(["/customer/postal_code"]);
  expect(may(code, "/customer/postal")).toEqual(["/customer/postal_code"]);
  const added = edited((value) => Object.assign(value, { address: { postal_code: "2" } }));
  expect(may(added, "/address/postal_code")).toEqual([]);
  const tilde = edited((value) => Object.assign(value["a/b"] ?? {}, { "m~n": 2 }));
  expect(may(tilde, "/a~1b/m~0n")).toEqual([]);
  expect(may(tilde, "/a/b/m~n")).toEqual(["/a~1b/m~0n"]);
  const shorter = edited((value) => Object.assign(value, { lines: [{ id: 2 }] }));
  expect(may(shorter, "/lines/1")).toEqual(["/lines/0/id"]);
  expect(may('"all of it"', "/customer", "/lines", "/a~1b")).toEqual([""]);
});

test("numbers are compared by all their digits, however they are written", () => {
  const changes = (one: string, other: string) => changesBetween(parseExact(one), parseExact(other)).length;
  expect(changes("9007199254740993", "9007199254740992")).toBe(1);
  expect(changes("9007199254740993", "9007199254740993")).toBe(0);
  expect(changes("[1.0, 1e2, -0, 0.10]", "[1, 100, 0, 1e-1]")).toBe(0);
  expect(changes("12345678901234567890.10", "1234567890123456789.01e1")).toBe(0);
  expect(changes("1e400", "1e401")).toBe(1);
  expect(exactText(parseExact('{"id": 9007199254740993}'))).toBe('{"id":9007199254740993}');
});

test.each(["", "/", "/a~1b/m~0n", "/0"])("%j is a pointer", (text) => expect(isPointer(text)).toBe(true));
test.each(["a", "/~", "/a~2", "#/a", "$.a"])("%j is none", (text) => expect(isPointer(text)).toBe(false));
