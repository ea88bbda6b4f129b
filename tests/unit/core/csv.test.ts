import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine } from "#lib/core/csv.ts";

test("a cell is quoted where it must be", () => {
  expect(csvLine(["a", null, 7, 'say "no"', "x,y", "two\nlines"])).toBe(
    'a,,7,"say ""no""","x,y","two\nlines"\r\n',
  );
});

test.each([
  "=1+1",
  "+49 30",
  "-2",
  "@SUM(A1)",
  " =cmd|' /C calc'!A0",
  "\t=1",
  "\r=1",
  "＝1+1",
  "\u00a0=1",
  "\0=1",
])("what a spreadsheet would run is text: %j", (text) => {
  expect(csvLine([text])).toMatch(/^"?'/);
});

test.each([
  ["a;=1", '"a;\'=1"'],
  ["a; @x", '"a;\' @x"'],
  ["a\t-2", '"a\t\'-2"'],
  ["a\r\n+1", '"a\r\n\'+1"'],
  ["a\n=1\n=2", "\"a\n'=1\n'=2\""],
  ['a;"=1"', '"a;\'""=1"""'],
  ["a|＝1", '"a|\'＝1"'],
  ["a, -b", '"a,\' -b"'],
  ["a;b - c", '"a;b - c"'],
])("so is what another program would take for a cell of its own: %j", (text, written) => {
  expect(csvLine([text])).toBe(`${written}\r\n`);
});

test("a number that is one stays one, below zero too", () => {
  expect(csvLine([-2, 0, 1e21])).toBe("-2,0,1e+21\r\n");
});

/** A reader of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test("whatever the texts are, a reader finds them again, and none begins as a formula", () => {
  const texts = fc.array(
    fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(...'=+-@",;|\r\n\t a') })),
      {
        minLength: 2,
        maxLength: 4,
      },
    ),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(texts, (rows) => {
      const written = rows.map(csvLine).join("");
      const read = readCsv(written);
      expect(read.map((row) => row.length)).toEqual(rows.map((row) => row.length));
      for (const [y, row] of rows.entries()) {
        for (const [x, text] of row.entries()) {
          expect(read[y]?.[x]?.replaceAll("'", "")).toBe(text.replaceAll("'", ""));
          expect(read[y]?.[x]).not.toMatch(/^\s*[=+\-@]/);
        }
      }
      // Whatever separates, and even if quotes mean nothing.
      for (const cell of written.split(/[,;|\t\r\n]/)) expect(cell).not.toMatch(/^[\s\0"]*[=+\-@]/);
    }),
  );
});
