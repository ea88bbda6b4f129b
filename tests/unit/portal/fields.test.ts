// Which parts of a payload an end user gets to see: those that the policy names, and of them single values only.
import { expect, test } from "vitest";
import { given, pathOf, portalFields, typed } from "#lib/core/portal-fields.ts";

const payload = {
  postal_code: "1011",
  card: { number: "4111", holder: "Grace" },
  "a/b": { "~": 1 },
  lines: [{ sku: "x", qty: 2 }],
  paid: false,
  note: null,
  billing: { city: "Bonn" },
  shipping: { city: "Köln" },
};

test("only what is named is found, under the names that people use", () => {
  expect(portalFields(payload, ["/postal_code", "/paid", "/note", "/lines/0/qty"], null)).toEqual([
    { pointer: "/postal_code", label: "postal code", value: "1011", isWrong: false },
    { pointer: "/paid", label: "paid", value: false, isWrong: false },
    { pointer: "/note", label: "note", value: null, isWrong: false },
    { pointer: "/lines/0/qty", label: "qty", value: 2, isWrong: false },
  ]);
  expect(portalFields(payload, [], null)).toEqual([]);
});

test("a group of values, what is not there, and what is inherited are none", () => {
  const none = [
    "",
    "/card",
    "/lines",
    "/nothing",
    "/lines/9/qty",
    "/lines/-/qty",
    "/lines/00/qty",
    "/toString",
    "/__proto__/x",
    "/postal_code/length",
    "postal_code",
    "/~2",
  ];
  expect(portalFields(payload, none, null)).toEqual([]);
});

test("escaped names, twice the same, two of one name", () => {
  expect(pathOf("/a~1b/~0")).toEqual(["a/b", "~"]);
  expect(portalFields(payload, ["/a~1b/~0"], null)).toMatchObject([{ value: 1 }]);
  expect(portalFields(payload, ["/paid", "/paid"], null)).toHaveLength(1);
  expect(portalFields(payload, ["/billing/city", "/shipping/city"], null).map(({ label }) => label)).toEqual([
    "billing city",
    "shipping city",
  ]);
});

test.each([
  ["422: postal_code is invalid", true],
  ["The Postal Code does not exist", true],
  ["postalCode: too short", true],
  ["$.address.postal-code must match", true],
  ["postal_codes are invalid", false],
  ["something is wrong", false],
])("whether a complaint speaks of a field: %s", (message, isWrong) => {
  expect(portalFields(payload, ["/postal_code"], message)).toMatchObject([{ isWrong }]);
});

test("an empty text clears a field, and stays nothing where there was nothing", () => {
  expect(typed({ value: "x" }, "")).toEqual({ json: '""' });
  expect(given({ value: "x" }, "")).toEqual({ json: '""' });
  expect(typed({ value: null }, "")).toEqual({ same: true });
  expect(given({ value: null }, "")).toEqual({ json: '""' });
  expect(given({ value: "x" }, null)).toEqual({ json: "null" });
});
