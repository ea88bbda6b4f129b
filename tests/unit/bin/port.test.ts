// What is said of a port that can't be listened on.
import { expect, test } from "vitest";
import { explainPort } from "#bin/free-port.ts";
import { readEnv } from "#lib/node/env.ts";

const failure = (code: string) => Object.assign(new Error(code), { code });

test("a port in use and one that needs a right are told apart", () => {
  expect(String(explainPort(3000, failure("EADDRINUSE")))).toContain("Port 3000 is in use");
  expect(String(explainPort(80, failure("EACCES")))).toContain("Port 80 needs a right");
  const other = failure("EMFILE");
  expect(explainPort(3000, other)).toBe(other);
});

test.each(["0", "-1", "65536", "3000.5"])("PORT=%s is refused", (PORT) => {
  expect(() => readEnv({ NODE_ENV: "test", PORT })).toThrow("PORT: must be a port number");
});
