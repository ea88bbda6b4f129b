// One start at a time in a folder, and what a killed one leaves there blocks nobody and harms nobody.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimFolder } from "#bin/leftovers.ts";
import { type Identity, identify } from "#bin/process-identity.ts";

let folder: string;
let file: string;
let child: ChildProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "redrive-claim-"));
  file = join(folder, "running.json");
  child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
  await once(child, "spawn");
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const claim = () => claimFolder(folder, never);
const whoIs = (pid = child.pid ?? 0): Identity => {
  const known = identify(pid);
  if (!known) throw new Error(`nobody has the pid ${pid}`);
  return known;
};
const gone: Identity = { pid: 2 ** 22 + 1, since: "a former boot" };
const noted = (supervisor: unknown, children: unknown[] = []) =>
  writeFileSync(file, JSON.stringify({ supervisor, children }));

test("a folder in use is refused, and who uses it is named", async () => {
  noted(whoIs());
  await expect(claim()).rejects.toThrow(`already runs from this folder (process ${child.pid})`);
  expect(child.signalCode).toBeNull();
});

test("after a kill, our own pid in the note is another's", async () => {
  noted({ pid: process.pid, since: "a former boot 1" });
  await claim();
  expect(JSON.parse(readFileSync(file, "utf8")).supervisor).toEqual(whoIs(process.pid));
});

test("a leftover process is ended and waited for", async () => {
  noted(gone, [whoIs()]);
  await claim();
  expect(child.signalCode).toBe("SIGTERM");
});

test("a stranger with a leftover's pid is left alone", async () => {
  noted(gone, [{ pid: child.pid, since: "a former boot 1" }]);
  await claim();
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
});

test.each(["", '{"supervisor":', '{"supervisor":1,"children":[2]}'])(
  "a note that says nothing (%j) blocks nobody",
  async (text) => {
    writeFileSync(file, text);
    await claim();
  },
);

test("of many claims at once one wins, also over the note of a killed start", async () => {
  noted(gone);
  // A claim of ours is not refused by another of ours: so these are processes, each holding what it gets.
  const program = `
    import { claimFolder } from "#bin/leftovers.ts";
    await claimFolder(${JSON.stringify(folder)}, new AbortController().signal).then(
      () => console.log("won"), (error) => console.log(error.message));
    process.stdin.resume();`;
  const claims = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  const said = await Promise.all(
    claims.map(async ({ stdout }) => String((await once(stdout, "data"))[0]).trim()),
  );
  for (const one of claims) one.stdin.end();
  await Promise.all(claims.map((one) => once(one, "exit")));
  expect(said.filter((one) => one === "won")).toHaveLength(1);
  expect(said.filter((one) => one.includes("already runs"))).toHaveLength(4);
});

test("a released folder is as it was", async () => {
  const { note, release } = await claim();
  note([child.pid ?? 0]);
  expect(JSON.parse(readFileSync(file, "utf8")).children).toEqual([whoIs()]);
  release();
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});
