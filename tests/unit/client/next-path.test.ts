import { expect, test } from "vitest";
import { addressOf, nextPath } from "#lib/client/next-path.ts";

test("a path of this site is kept, with its filter", () => {
  expect(nextPath("/failures?tab=technical&q=a%20b")).toBe("/failures?tab=technical&q=a%20b");
});

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/%2e//evil.example",
  "javascript:alert(1)",
  "",
  null,
  undefined,
  "/signin?next=/signin",
  "/api/auth/signout",
])("%s is not followed", (given) => {
  expect(nextPath(given)).toBe("/overview");
});

test("a page's own address keeps its filter", () => {
  expect(addressOf("/failures", { tab: "technical", q: "a b", none: undefined, many: ["1", "2"] })).toBe(
    "/failures?tab=technical&q=a+b&many=1&many=2",
  );
  expect(addressOf("/failures", {})).toBe("/failures");
});
