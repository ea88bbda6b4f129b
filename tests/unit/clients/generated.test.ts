// The typed client is what the API's operations say.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generated } from "#bin/generate-client.ts";

test("clients/operations.ts is as the operations are: npm run clients makes it so", async () => {
  const text = readFileSync(new URL("../../../clients/operations.ts", import.meta.url), "utf8");
  expect(text).toBe(await generated());
});
