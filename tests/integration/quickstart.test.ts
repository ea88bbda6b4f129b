// docs/quickstart.md, typed as it is written: each terminal is a shell of its own, and each file is saved as the page says.
// Three things differ: `npm ci` was done before any test could run, the ports are free ones, and npx, which takes a second or two
// each time, is tried once: what it finds is run directly.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#bin/free-port.ts";

const root = new URL("../..", import.meta.url).pathname;
const page = readFileSync(join(root, "docs/quickstart.md"), "utf8");

/** The page's commands and files, from top to bottom. */
const blocks = [...page.matchAll(/```(sh|js)\n([\s\S]*?)```/g)].map(([, kind, text = ""]) => ({
  kind,
  text,
}));
const commands = blocks.filter(({ kind }) => kind === "sh").map(({ text }) => text.trim().split("\n"));
const files = blocks.filter(({ kind }) => kind === "js");

type Shell = { child: ChildProcessWithoutNullStreams; said: () => string; type: (line: string) => void };

let folder: string;
let env: Record<string, string>;
let port: (text: string) => string;
const shells: Shell[] = [];

/** A folder that is as a fresh clone after `npm ci`: all of ours by links, and nothing that an earlier start left. */
function aClone(): string {
  const clone = mkdtempSync(join(tmpdir(), "redrive-quickstart-"));
  chmodSync(clone, 0o755);
  const left = [".data", ".env", ".git"];
  for (const name of readdirSync(root)) {
    if (!left.includes(name)) symlinkSync(join(root, name), join(clone, name));
  }
  return clone;
}

beforeAll(async () => {
  folder = aClone();
  const [redrive, warehouse] = [await freePort(), await freePort()];
  port = (text) => text.replace("4000", String(warehouse));
  env = {
    PATH: `${folder}/found:${process.env.PATH}`,
    HOME: process.env.HOME ?? "/",
    PORT: String(redrive),
    REDRIVE_URL: `http://localhost:${redrive}`,
  };
  mkdirSync(join(folder, "found"));
  writeFileSync(join(folder, "found/npx"), '#!/bin/sh\nshift\nexec node bin/redrive.mjs "$@"\n', {
    mode: 0o755,
  });
  for (const { text } of files) {
    const [, name = ""] = /^\/\/ (\S+\.mjs)\n/.exec(text) ?? [];
    writeFileSync(join(folder, name), port(text), { flag: "wx" });
  }
});
afterAll(async () => {
  for (const shell of shells.toReversed()) await ended(shell);
  rmSync(folder, { recursive: true, force: true });
});

/** A terminal in the clone's folder. */
function aShell(): Shell {
  const child = spawn("bash", [], {
    cwd: folder,
    env: env as NodeJS.ProcessEnv,
    detached: true,
    stdio: "pipe",
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const shell = { child, said: () => said, type: (line: string) => child.stdin.write(`${port(line)}\n`) };
  shells.push(shell);
  return shell;
}

/** Ctrl-C for all that runs in a terminal, and then the terminal itself. */
async function ended({ child }: Shell): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.stdin.end();
  process.kill(-child.pid, "SIGINT");
  await gone;
}

const exports = (lines: string[]) => lines.filter((line) => line.startsWith("export "));

const says = (shell: Shell, text: string | RegExp, timeout = 30_000) =>
  expect.poll(shell.said, { timeout, interval: 50 }).toMatch(text);

test("each command of the page does what the page says", { timeout: 300_000 }, async () => {
  const [start = [], warehouse = [], provider = [], shop = [], look = [], fail = []] = commands;
  expect(commands).toHaveLength(6);

  const first = aShell();
  expect(start).toContain("npm ci");
  for (const line of start.filter((line) => line !== "npm ci")) first.type(line);
  const npx = aShell();
  npx.type(`PATH="${process.env.PATH}" npx redrive --version`);
  await says(npx, /^\d+\.\d+\.\d+\n/);
  await says(first, "Redrive runs at", 240_000);

  const second = aShell();
  for (const line of warehouse) second.type(line);
  await says(second, "The warehouse listens");

  const third = aShell();
  for (const line of [...provider, ...shop]) third.type(line);
  await says(third, /Enqueued [0-9a-f-]{36}\n/);
  await says(second, /\/orders got \{"order": 1, "article": "lamp"\}, key [0-9a-f-]{36}\n/);

  for (const line of look) third.type(line);
  await says(third, /my-warehouse +closed/);
  await says(third, "1 stored.");
  await says(third, /delivered +my-warehouse +By hand/);
  await says(second, '{"order": 2}');

  await ended(second);
  const fourth = aShell();
  for (const line of [...exports([...provider, ...shop]), ...fail]) fourth.type(line);
  await says(third, /retrying +my-warehouse +Order 2 +Connection refused/);
  await says(fourth, /my-warehouse +\S+ +\S+ +\S+ +1 +0 /);
  const [, nobodyAsked = ""] = /nobody is asked to help:\n\n```\n(.*\n)```/.exec(page) ?? [];
  expect(nobodyAsked).not.toBe("");
  await says(fourth, nobodyAsked);

  const again = aShell();
  for (const line of warehouse) again.type(line);
  await says(again, '/orders got {"order": 2, "article": "lamp"}');
  await says(third, /delivered +my-warehouse +Order 2/);
  expect(first.said()).not.toContain(env.REDRIVE_API_KEY ?? "a-key-for-trying-it");
});
