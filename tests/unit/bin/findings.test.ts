import { expect, test } from "vitest";
import { findings } from "#bin/findings.ts";
import { fails, isWell, warns } from "#lib/core/checks.ts";

const all = [
  isWell("database", "It answers."),
  warns("clock", "It is late.", "Set it."),
  fails("job runner", "It is gone.", "Bring it back."),
];

test("each check has a line, each mend stands below what it mends, and the last line adds up", () => {
  expect(findings(all, { colour: false })).toBe(`✓ database    It answers.
! clock       It is late.
              Set it.
✗ job runner  It is gone.
              Bring it back.

1 failure, 1 warning.
`);
  expect(findings(all.slice(0, 1), { colour: false })).toMatch(/\nAll is well\.\n$/);
});

test("only the signs are coloured, and only when asked", () => {
  expect(findings(all, { colour: true })).toContain("\u001b[31m✗\u001b[0m job runner  It is gone.");
});
