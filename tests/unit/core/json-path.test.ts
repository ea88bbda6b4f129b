import { describe, expect, test } from "vitest";
import { jsonPathProblem, valuesAt } from "#lib/core/json-path.ts";

const document = {
  errors: [
    { code: 7, field: "city" },
    { code: 8, field: null },
  ],
  "a b": { deep: [[{ code: 9 }]] },
  "": { "": 1 },
  none: null,
  word: "text",
};

describe("the values at", () => {
  test.each([
    ["$.errors[0].code", [7]],
    ["$.errors[-1].code", [8]],
    ["$.errors[*].field", ["city", null]],
    ["$['a b'].deep[0][0].code", [9]],
    ["$..code", [7, 8, 9]],
    ["$.errors[?@.code == 8].field", [null]],
    ["$.errors[?@.field != null && @.code < 8].code", [7]],
    ["$.errors[1:].code", [8]],
    ["$.nothing", []],
    ["$.errors.code", []],
    ["$.errors['0']", []],
    ["$['a b'].deep.code", []],
    ["$['']['']", [1]],
    ["$.none.code", []],
    ["$.word.length", []],
    ["$.toString", []],
    ["$.errors.length", []],
    ["not a path", []],
  ])("%s", (path, values) => {
    expect(valuesAt(path, document)).toEqual(values);
  });

  test("the root are the document, whatever it is", () => {
    expect(valuesAt("$", null)).toEqual([null]);
    expect(valuesAt("$", "text")).toEqual(["text"]);
    expect(valuesAt("$.length", "text")).toEqual([]);
  });

  test("a member named like what every object has are only those that the answer has", () => {
    expect(valuesAt("$.__proto__", {})).toEqual([]);
    expect(valuesAt("$.__proto__", JSON.parse('{"__proto__":1}'))).toEqual([1]);
  });

  test("many places are the first thousand", () => {
    expect(valuesAt("$[*]", Array(5_000).fill(1))).toHaveLength(1_000);
  });

  test("a path that searches are none in a huge document, though a plain walk finds its way", () => {
    const huge = { first: 1, list: Array(100_000).fill(0) };
    expect(valuesAt("$..first", huge)).toEqual([]);
    expect(valuesAt("$.first", huge)).toEqual([1]);
  });

  test("a search are none in a document nested without end", () => {
    const nested = JSON.parse(`${"[".repeat(5_000)}1${"]".repeat(5_000)}`);
    expect(valuesAt("$..code", nested)).toEqual([]);
  });
});

describe("a path is refused", () => {
  test.each([
    ["", "is empty; write it like $.errors[0].code"],
    ["code", "does not parse at character 1: expected '$', found 'c'; write it like $.errors[0].code"],
    ["$.errors[", "does not parse at character 10: unclosed bracketed selection; write it like"],
    ["$[?match(@.code, 'a+')]", "does not parse at character 4: no such function 'match'"],
    ["$[?search(@.code, 'a+')]", "no such function 'search'"],
    ["$[?length(@.code) > 1]", "no such function 'length'"],
    [`$.${"a".repeat(500)}`, "has 502 characters; it may have 500"],
    ["$[*]".padEnd(82, "[*]"), "has 27 parts; it may have 20"],
    ["$..errors..code", "searches deep (..) more than once"],
    ["$['code','field']", "takes several things in one bracket"],
    ["$.errors[?@.code == $.code]", "looks at $ inside a filter"],
    ["$.errors[?!$.code]", "looks at $ inside a filter"],
    ["$.errors[?(@.code == 7 || @..code)]", "searches inside a filter"],
    ["$.errors[?@.list[?@.code]]", "searches inside a filter"],
  ])("when it is %j", (path, problem) => {
    expect(jsonPathProblem(path)).toContain(problem);
    expect(valuesAt(path, document)).toEqual([]);
  });

  test("never for what an answer's error may look like", () => {
    const paths = [
      "$",
      "$.error.code",
      "$['error-code']",
      "$..message",
      "$.errors[?@.code == 'A' && !@.ok].code",
    ];
    expect(paths.map(jsonPathProblem)).toEqual(paths.map(() => null));
  });
});
