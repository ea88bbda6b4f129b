import { describe, expect, test } from "vitest";
import { matches, patternProblem } from "#lib/core/pattern.ts";

describe("an expression", () => {
  test.each([
    ["locked", "the account is locked now", true],
    ["^locked", "the account is locked now", false],
    ["(?i)LOCKED", "the account is locked now", true],
    ["\\bE-\\d{3}\\b", "code E-117.", true],
    ["a.c", "a\nc", false],
    ["(?s)a.c", "a\nc", true],
    ["É|ß", "straße", true],
    ["(", "(", false],
  ])("%s in %j: %s", (pattern, text, fits) => {
    expect(matches(pattern, text)).toBe(fits);
  });

  test("reads the first 65,536 characters", () => {
    expect(matches("end", `${"x".repeat(65_533)}end`)).toBe(true);
    expect(matches("end", `${"x".repeat(65_534)}end`)).toBe(false);
  });

  test("that would double its work with each character answers nonetheless", () => {
    expect(matches("^(a+)+$", `${"a".repeat(60_000)}!`)).toBe(false);
    expect(matches("^(a|aa)+$", `${"a".repeat(60_000)}!`)).toBe(false);
  });

  test.each([
    ["", "is empty"],
    ["(a", "does not parse: missing closing ) in (a; it is read in RE2's syntax"],
    ["(a)\\1", "does not parse: invalid escape sequence in \\1"],
    ["(?=a)", "does not parse"],
    ["a{1001}", "does not parse: invalid repeat count"],
    ["(a?){900}", "is too large; repeat less"],
    ["a".repeat(501), "has 501 characters; it may have 500"],
  ])("is refused when it is %j", (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(problem);
  });

  test("is not refused when it is sound", () => {
    expect(patternProblem("^(?i)account \\w+ (locked|closed)$")).toBeNull();
    expect(patternProblem("\\p{L}{2,50}")).toBeNull();
  });
});
