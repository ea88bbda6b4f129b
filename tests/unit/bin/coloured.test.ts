import { expect, test } from "vitest";
import { isColoured } from "#bin/coloured.ts";

test.each([
  [true, {}, true],
  [undefined, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
  [false, { FORCE_COLOR: "1" }, true],
  [false, { FORCE_COLOR: "0" }, false],
])("a terminal: %s, with %j: %s", (isTTY, env, coloured) => {
  expect(isColoured({ isTTY }, env)).toBe(coloured);
});
