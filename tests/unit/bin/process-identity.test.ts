// Who is who: a pid alone says nothing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { commandOf, identify, isStillThere } from "#bin/process-identity.ts";

test("a process is itself for as long as it lives", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  const known = identify(child.pid ?? 0);
  if (!known) throw new Error("a living process was not identified");
  expect(isStillThere(known)).toBe(true);
  expect(commandOf(known.pid)).toContain("setInterval");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isStillThere(known)).toBe(false);
  expect(identify(known.pid)).toBeNull();
});

test("another process with the same pid is a stranger", () => {
  const parent = identify(process.ppid);
  if (!parent) throw new Error("the parent was not identified");
  expect(isStillThere(parent)).toBe(true);
  expect(isStillThere({ ...parent, since: "another boot 12345" })).toBe(false);
});

test("nobody is its own leftover", () => {
  const self = identify(process.pid);
  if (!self) throw new Error("this process was not identified");
  expect(isStillThere(self)).toBe(false);
});
