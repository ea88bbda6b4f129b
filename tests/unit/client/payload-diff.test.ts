import { expect, test } from "vitest";
import { diffWords, payloadDiff } from "#lib/client/payload-diff.ts";

const text = (lines: ReturnType<typeof payloadDiff>) =>
  lines.map((line) =>
    line.kind === "left_out"
      ? `… ${line.lines}`
      : `${{ same: " ", was: "-", is: "+" }[line.kind]} ${line.text}`,
  );

test("a changed value is a line out and a line in", () => {
  const lines = payloadDiff('{"a":1,"postal_code":"SW1A"}', '{"a":1,"postal_code":"12345"}');
  expect(text(lines)).toEqual([
    "  {",
    '    "a": 1,',
    '-   "postal_code": "SW1A"',
    '+   "postal_code": "12345"',
    "  }",
  ]);
  expect(diffWords(lines)).toBe("1 out, 1 in");
});

test("another layout is no difference, another digit far behind is one", () => {
  expect(payloadDiff('{"a":[1,2]}', '{ "a": [\n1, 2] }')).toEqual([]);
  expect(payloadDiff("12345678901234567890", "12345678901234567891")).toHaveLength(2);
});

test("what is far from a change is left out", () => {
  const long = Array.from({ length: 40 }, (_, n) => n);
  const lines = text(payloadDiff(JSON.stringify(long), JSON.stringify(long.with(20, 99))));
  expect(lines).toEqual([
    "… 18",
    "    17,",
    "    18,",
    "    19,",
    "-   20,",
    "+   99,",
    "    21,",
    "    22,",
    "    23,",
    "… 17",
  ]);
});
