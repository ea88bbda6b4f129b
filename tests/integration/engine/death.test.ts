// How a worker dies: real processes with a watchdog, its patience shortened.
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { type Process, run } from "#tests/support/processes.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
});
afterAll(() => base[Symbol.asyncDispose]());

const watched = () => run("../tests/support/watched.ts", { DATABASE_URL: base.url, LOG_LEVEL: "info" });

const beats = (process: Process): number => process.output().split("heartbeat written").length - 1;

const lastWords = (process: Process): Record<string, unknown> => {
  const line = process
    .output()
    .split("\n")
    .find((text) => text.includes("the worker dies"));
  return JSON.parse(line ?? "{}");
};

test("an event loop that stands still is killed from outside it, and the log says why", async () => {
  await using process = watched();
  await process.says("heartbeat written");
  expect(await process.kill("SIGUSR2")).toBe("SIGKILL");
  expect(lastWords(process)).toMatchObject({
    level: 60,
    name: "worker",
    pid: process.pid,
    why: "the event loop has stood still for 1 s",
  });
});

test("a heartbeat that can't be written, though the database answers, ends the process with code 70", async () => {
  await using process = watched();
  await process.says("heartbeat written");
  await base.sql.begin(async (transaction) => {
    await transaction`lock table redrive.workers in access exclusive mode`;
    expect(await process.ended).toBe(70);
  });
  expect(lastWords(process)).toMatchObject({
    level: 60,
    why: "no heartbeat was written for 1 s, though the database answers",
  });
});

test("a process that was stopped and goes on is forgiven", async () => {
  await using process = watched();
  // The guard's thread takes a moment to begin.
  await eventually(() => expect(beats(process)).toBeGreaterThan(10));
  // Stopped in the midst of something, so that whoever watches from outside is awake again before the event loop is.
  process.child.kill("SIGHUP");
  await process.says("busy");
  process.child.kill("SIGSTOP");
  const stoppedMs = performance.now();
  // Longer than its event loop may be silent, and than its heartbeat may be late.
  await eventually(() => expect(performance.now() - stoppedMs).toBeGreaterThan(2_500));
  const before = beats(process);
  process.child.kill("SIGCONT");
  // Longer than it would take to be killed.
  await eventually(() => expect(beats(process)).toBeGreaterThan(before + 20));
  expect(process.child.exitCode).toBeNull();
});
