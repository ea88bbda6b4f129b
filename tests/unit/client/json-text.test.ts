import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonFault, prettyJson } from "#lib/client/json-text.ts";

describe("layout", () => {
  test("every digit and every escape stays as it was", () => {
    expect(prettyJson('{"id":12345678901234567890,"a":[1.50,{}],"b":"\\u00e9 \\" { , :","c":[]}')).toBe(
      `{
  "id": 12345678901234567890,
  "a": [
    1.50,
    {}
  ],
  "b": "\\u00e9 \\" { , :",
  "c": []
}`,
    );
  });

  test("is that of JSON.stringify, and says the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test("laid out twice is laid out once", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(prettyJson(prettyJson(text))).toBe(prettyJson(text));
      }),
    );
  });
});

describe("what is broken", () => {
  test.each([
    ['{"a": 1,}', 1, 8, "The comma before } is one too many"],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'A comma or } is missing before “"”'],
    ['{"a" 1}', 1, 6, "A colon is missing before “1”"],
    ["{a: 1}", 1, 2, 'A name in "quotes" is missing before “a”'],
    ['{"a": SW1A}', 1, 7, '“SW1A” is no value; text stands in "quotes"'],
    ['{"a": 01}', 1, 7, '“01” is no value; text stands in "quotes"'],
    ["{'a': 1}", 1, 2, 'A name in "quotes" is missing before “\'”'],
    ['["a', 1, 2, "The text that begins here is not closed"],
    ['{"a": "b\nc"}', 1, 7, "The text that begins here is not closed"],
    ['"\\x"', 1, 2, "A backslash must begin an escape, like \\n, or be doubled"],
    ['{\n"a": [1, 2', 2, 11, "It ends before the [ of line 2 is closed"],
    ["", 1, 1, "There is nothing here; a payload that says nothing is null"],
    ["{} {}", 1, 4, "“{” stands after the end"],
    [`${"[".repeat(201)}${"]".repeat(201)}`, 1, 201, "It is nested more than 200 levels deep"],
  ])("%j", (text, line, column, what) => {
    expect(jsonFault(text)).toEqual({ line, column, what });
  });

  test("nothing, whenever the browser can read it, and something whenever it can't", () => {
    const nearly = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.string({ unit: fc.constantFrom(...'{}[]",:1e-.\\ \ntrue'), maxLength: 3 }),
      )
      .map(([text, at, more]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + more + text.slice(place + (at % 2));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), nearly), (text) => {
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
