// What of JSON is told apart before Postgres is asked, and where it stands.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digitsMax, unstorable } from "#lib/core/storable.ts";

const nines = (many: number) => "9".repeat(many);

describe("nothing is wrong with", () => {
  test.each([
    ["ordinary text", '{"a": "\\u00e9 \\ud83d\\ude00 \\uD83D\\uDE00 💥", "b": [1, 1.5, -2e10, 1E+20]}'],
    ["a backslash before what looks like an escape", '{"a": "\\\\u0000", "C:\\\\ud800": "\\\\\\\\ud800"}'],
    ["numbers in a text", `{"a": "1e131071, 1e131071]", "b": "${nines(5_000)}", "c": "\\"1e9999, \\\\"}`],
    ["whatever a double holds", "[1.7976931348623157e308, 4.9406564584124654e-324, -1e-300]"],
    [
      "long numbers",
      `[${nines(digitsMax)}, 0.${nines(digitsMax)}, -${nines(digitsMax)}.${nines(digitsMax)}]`,
    ],
    ["an exponent that makes a long number shorter", `[0.${nines(digitsMax)}e400, ${nines(digitsMax)}e-400]`],
    ["ids in hex", `{"id": "5e10", "ids": ["1e999", "7e131071"]}`],
  ])("%s", (_name, text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(unstorable(text)).toBeNull();
  });
});

describe("a value that can't be stored is found where it stands", () => {
  test.each([
    ['"\\u0000"', ""],
    ['{"a": ["ok", "x\\u0000"]}', "/a/1"],
    ['{"a": 1, "b": {"c": ["\\\\u0000", {"d/e": "\\\\\\u0000"}]}}', "/b/c/1/d~1e"],
    ['{"a": {"\\u0000": 1}}', "/a"],
    ['[[], {}, {"a": "}],\\"{["}, "\\ud800"]', "/3"],
    ['{"a": "\\udc00"}', "/a"],
    ['{"a": "\\ud83d\\ud83d\\ude00"}', "/a"],
    ['{"a": "\\ude00\\ud83d"}', "/a"],
    ['{"a": "\\uD83D\\n\\uDE00"}', "/a"],
    ['{"n": 1e131071}', "/n"],
    ["1E+1001", ""],
    ["-1e-1001", ""],
    ['{"n": [0, 1e999999999999999999999999]}', "/n/1"],
    [`[1, {"n":${nines(digitsMax + 1)}}]`, "/1/n"],
    [`{"a": "${nines(5_000)}", "n": 0.${nines(digitsMax + 1)} }`, "/n"],
  ])("%#", (text, place) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(unstorable(text)).toMatchObject({ kind: "value", place });
  });

  test("in words with the mend, that quote nothing of it but names, cut short", () => {
    const says = (text: string) => unstorable(text)?.says;
    expect(says('"\\u0000 secret"')).toBe(
      "holds a NUL character (\\u0000), which can't be stored; take it out",
    );
    expect(says('"\\uD800 secret"')).toMatch(
      /half of a surrogate pair \(\\uD800\).*send the whole character$/,
    );
    expect(says("1e131071")).toMatch(/over 1000 digits.*send it as a text$/);
    const long = unstorable(`{"${"x".repeat(10_000)}": 1e5000}`);
    expect(long).toMatchObject({ place: `/${"x".repeat(199)}…` });
  });
});

test("numbers that are over 1 MiB together once they are written out are too many", () => {
  expect(unstorable(`[${"1e999,".repeat(1_048)}0]`)).toBeNull();
  expect(unstorable(`[${"1e999,".repeat(1_049)}0]`)).toMatchObject({ kind: "size" });
  // Each alone is 10 bytes a byte.
  expect(unstorable(`[${"1e-99,".repeat(20_000)}0]`)).toMatchObject({ kind: "size" });
});

test("however it is built, a text with a NUL or half a character in it is found, and no other", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  const piece = fc.oneof(text, fc.constantFrom("\0", "\ud83d", "\ude00", "\\u0000", "\\", '"', "\\ud83d"));
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join("")),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(piece, tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const escaped = (json: string) =>
    json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  fc.assert(
    fc.property(value, (value) => {
      const texts: string[] = [];
      JSON.stringify(value, (key, member) => {
        texts.push(key);
        if (typeof member === "string") texts.push(member);
        return member;
      });
      const isBad = texts.some((each) => each.includes("\0") || !each.isWellFormed());
      for (const json of [JSON.stringify(value), escaped(JSON.stringify(value))])
        expect(unstorable(json) !== null, json).toBe(isBad);
    }),
    { numRuns: 300 },
  );
});

test("1 MiB of anything is looked through in no time", () => {
  const fill = (piece: string) => piece.repeat(Math.ceil(1_048_576 / piece.length)).slice(0, 1_048_576);
  for (const piece of [`${nines(1_000)} `, "\\ud83d\\ude00", "1e11", "\\\\", "1e9 ", '"', "[1e10,"]) {
    const from = performance.now();
    unstorable(fill(piece));
    // It takes some milliseconds; what grows with the square would take minutes.
    expect(performance.now() - from, piece.slice(0, 10)).toBeLessThan(2_000);
  }
});
