import { describe, expect, test } from "vitest";
import type { Reply } from "#lib/core/reply.ts";
import {
  firstMatch,
  fitting,
  type Rule,
  type RuleWhen,
  ruleProblem,
  sayProblem,
  sayWords,
  shadowed,
} from "#lib/core/rules.ts";

type Response = Extract<Reply, { kind: "response" }>;

const aReply = (more: Partial<Response> = {}): Response => ({
  kind: "response",
  status: 422,
  headers: { "x-error": "17", "content-type": "application/json" },
  body: '{"error":{"code":17,"message":"no such city"},"items":[{"ok":true},{"ok":false}],"nothing":null}',
  truncated: false,
  ...more,
});
const fits = (when: RuleWhen, more: Partial<Response> = {}) => fitting(aReply(more))(when);
const aRule = (when: RuleWhen, more: Partial<Rule> = {}): Rule => ({ when, outcome: "invalid", ...more });

describe("a condition on", () => {
  test.each<[RuleWhen, boolean]>([
    [{}, true],
    [{ status: 422 }, true],
    [{ status: "4xx" }, true],
    [{ status: 400 }, false],
    [{ status: "5xx" }, false],
    [{ header: "X-Error" }, true],
    [{ header: "x-other" }, false],
    [{ header: "constructor" }, false],
    [{ header: "x-error", equals: "17" }, true],
    [{ header: "x-error", equals: 17 }, true],
    [{ header: "x-error", equals: 18 }, false],
    [{ header: "x-error", matches: "^1" }, true],
    [{ header: "x-error", matches: "^7" }, false],
    [{ jsonPath: "$.error" }, true],
    [{ jsonPath: "$.nothing" }, true],
    [{ jsonPath: "$.other" }, false],
    [{ jsonPath: "$.error.code", equals: 17 }, true],
    [{ jsonPath: "$.error.code", equals: "17" }, false],
    [{ jsonPath: "$.nothing", equals: null }, true],
    [{ jsonPath: "$.other", equals: null }, false],
    [{ jsonPath: "$.items[*].ok", equals: false }, true],
    [{ jsonPath: "$.error.code", matches: "^17$" }, true],
    [{ jsonPath: "$.error.message", matches: "city" }, true],
    [{ jsonPath: "$.error", matches: "city" }, false],
    [{ body: "no such (city|town)" }, true],
    [{ body: "no such town" }, false],
    [{ status: 422, header: "x-error", body: "city" }, true],
    [{ status: 400, header: "x-error", body: "city" }, false],
    [{ body: "(" }, false],
    [{ jsonPath: "$[" }, false],
  ])("%j fits: %s", (when, expected) => {
    expect(fits(when)).toBe(expected);
  });

  test("JSON fits nothing that is no JSON, or only half of one", () => {
    expect(fits({ jsonPath: "$" }, { body: "" })).toBe(false);
    expect(fits({ jsonPath: "$" }, { body: "<html>" })).toBe(false);
    expect(fits({ jsonPath: "$" }, { body: "12", truncated: true })).toBe(false);
    expect(fits({ jsonPath: "$" }, { body: "12" })).toBe(true);
  });
});

test("the first rule that fits decides", () => {
  const rules = [aRule({ status: 400 }), aRule({ body: "city" }), aRule({ status: 422 })];
  expect(firstMatch(rules, aReply())).toBe(rules[1]);
  expect(firstMatch(rules, aReply({ status: 500, body: "" }))).toBeNull();
});

describe("a sentence", () => {
  test.each([
    ["No such city", "No such city"],
    ["{status}: {words}", "422: no such city"],
    ["Code {header:X-Error}", "Code 17"],
    ["{$.error.message} ({$.error.code})", "no such city (17)"],
    ["{$.items[*].ok}", "true"],
    ["{$.error}, {$.nothing}, {$.other}, {header:x-other}, {what}, {}, {$[}", "…, …, …, …, …, …, …"],
    ["a\n b\u0000  c", "a b c"],
    ["half {status", "half {status"],
  ])("%j reads %j", (say, words) => {
    expect(sayWords(say, aReply())).toBe(words);
  });

  test("is one line of at most 200 characters, whatever it quotes", () => {
    const body = JSON.stringify({ long: "x\n".repeat(100_000) });
    const words = sayWords("It says {$.long}", aReply({ body }));
    expect(words).toHaveLength(200);
    expect(words).toMatch(/^It says x x .*…$/);
  });

  test("is cut between characters, not inside one", () => {
    expect(sayWords("x".repeat(300), aReply())).toBe(`${"x".repeat(199)}…`);
    expect(sayWords(`${"x".repeat(198)}😀${"x".repeat(50)}`, aReply()).isWellFormed()).toBe(true);
  });

  test("takes the provider's words as they are, dollar signs and braces too", () => {
    expect(sayWords("{$.a}", aReply({ body: '{"a":"$& {status}"}' }))).toBe("$& {status}");
  });

  test.each([
    [" ", "is empty; leave it out for the usual words"],
    ["x".repeat(501), "has 501 characters; it may have 500"],
    ["{status", "has a { or } without its other half"],
    ["status}", "has a { or } without its other half"],
    ["{stats}", "knows no {stats}; write {status}, {words}, {header:x-name} or {$.json.path}"],
    ["{header:}", "knows no {header:}"],
    ["{header:a b}", "knows no {header:a b}"],
    ["{$.a[}", "has {$.a[}, which does not parse at character 5"],
  ])("is refused when it is %j", (say, problem) => {
    expect(sayProblem(say)).toContain(problem);
  });

  test("is not refused when all its places are known", () => {
    expect(sayProblem("{status}: {words}, {header:x-error}, {$.errors[0].code}")).toBeNull();
    expect(sayProblem("No such city")).toBeNull();
  });
});

describe("a rule is refused", () => {
  test.each<[string, Rule, string]>([
    ["when", aRule({}), "is empty"],
    ["when", aRule({ equals: undefined }), "is empty"],
    ["when.jsonPath", aRule({ header: "x-error", jsonPath: "$.a" }), "stands beside a header"],
    ["when.equals", aRule({ status: 400, equals: null }), "needs a header or a JSONPath"],
    ["when.matches", aRule({ body: "a", matches: "a" }), "needs a header or a JSONPath"],
    ["when.matches", aRule({ header: "x-error", equals: 1, matches: "a" }), "keep one of the two"],
    ["when.header", aRule({ header: "x error" }), "is no header's name"],
    ["when.jsonPath", aRule({ jsonPath: "error" }), "does not parse at character 1"],
    ["when.body", aRule({ body: "(" }), "does not parse"],
    ["when.matches", aRule({ jsonPath: "$.a", matches: "(" }), "does not parse"],
    ["say", aRule({ status: 400 }, { say: "{what}" }), "knows no {what}"],
    [
      "team",
      aRule({ status: 400 }, { outcome: "throttled", team: "technical" }),
      "means nothing beside throttled",
    ],
    [
      "team",
      aRule({ status: 400 }, { outcome: "delivered", team: "technical" }),
      "means nothing beside delivered",
    ],
  ])("for its %s", (field, rule, message) => {
    const problem = ruleProblem(rule);
    expect(problem?.field).toBe(field);
    expect(problem?.message).toContain(message);
  });

  test("not when it is sound", () => {
    const rules = [
      aRule({ status: "5xx" }, { outcome: "unavailable", team: "client_data", say: "{words}" }),
      aRule({ jsonPath: "$.a", equals: null }, { outcome: "delivered" }),
      aRule({ header: "x-error", matches: "^1", body: "city" }, { team: "technical" }),
    ];
    expect(rules.map(ruleProblem)).toEqual([null, null, null]);
  });
});

describe("a rule never has its turn after", () => {
  const isShadowed = (earlier: RuleWhen, later: RuleWhen) =>
    shadowed([aRule(earlier), aRule(later)]) !== null;

  test.each<[RuleWhen, RuleWhen]>([
    [{ status: 409 }, { status: 409 }],
    [{ status: "4xx" }, { status: 409 }],
    [{ status: "4xx" }, { status: "4xx", body: "a" }],
    [{ header: "X-Error" }, { header: "x-error", equals: "1" }],
    [{ header: "x-error" }, { header: "x-error", matches: "1", status: 400 }],
    [{ jsonPath: "$.a" }, { jsonPath: "$.a", equals: null }],
    [
      { jsonPath: "$.a", equals: 1 },
      { jsonPath: "$.a", equals: 1, body: "b" },
    ],
    [{ body: "a" }, { status: 400, body: "a" }],
  ])("%j when it is %j", (earlier, later) => {
    expect(isShadowed(earlier, later)).toBe(true);
  });

  test.each<[RuleWhen, RuleWhen]>([
    [{ status: 409 }, { status: "4xx" }],
    [{ status: "4xx" }, { status: 500 }],
    [{ status: 409 }, { body: "a" }],
    [{ header: "x-error", equals: "1" }, { header: "x-error" }],
    [
      { header: "x-error", equals: "1" },
      { header: "x-error", equals: "2" },
    ],
    [{ header: "x-error" }, { header: "x-other" }],
    [
      { jsonPath: "$.a", equals: 1 },
      { jsonPath: "$.a", equals: "1" },
    ],
    [{ jsonPath: "$.a" }, { header: "$.a" }],
    [{ body: "a" }, { body: "ab" }],
  ])("%j, except when it is %j", (earlier, later) => {
    expect(isShadowed(earlier, later)).toBe(false);
  });

  test("an earlier one, and the first pair is named", () => {
    const rules = [
      aRule({ status: 500 }),
      aRule({ status: "4xx" }),
      aRule({ body: "a" }),
      aRule({ status: 404 }),
    ];
    expect(shadowed(rules)).toEqual({ index: 3, by: 1 });
    expect(shadowed(rules.slice(0, 3))).toBeNull();
  });
});
