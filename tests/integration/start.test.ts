// `npm start`, as a newcomer meets it: what it says when it can't, and that it leaves nothing behind.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { aDatabase } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "redrive-start-"));
  chmodSync(folder, 0o755);
  env = {
    REDRIVE_DATA_DIR: join(folder, "data"),
    PORT: String(await freePort()),
    REDRIVE_DEMO: "0",
    LOG_LEVEL: "warn",
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts, expects it to end with code 1, and returns the one sentence that it said. */
async function refusal(more: Record<string, string>): Promise<string> {
  await using start = run("start.ts", { ...env, ...more });
  expect(await start.ended).toBe(1);
  const said = start.output().trim();
  expect(said.split("\n")).toHaveLength(1);
  return said;
}

const children = (): number[] =>
  JSON.parse(readFileSync(join(folder, "data", "running.json"), "utf8")).children;
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("a busy port is told in one sentence, with the mend", async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(Number(env.PORT), "0.0.0.0", done));
  expect(await refusal({})).toContain(`Port ${env.PORT} is in use`);
  await new Promise((done) => other.close(done));
});

test("an unreachable database is told in one sentence, without its password", async () => {
  const said = await refusal({ DATABASE_URL: `postgres://me:s3cret@127.0.0.1:${await freePort()}/app` });
  expect(said).toContain("The database does not answer");
  expect(said).not.toContain("s3cret");
});

test("a database that does not exist, and a wrong password, are told apart", async () => {
  const url = new URL(inject("serverUrl"));
  url.pathname = "/nowhere";
  expect(await refusal({ DATABASE_URL: url.href })).toContain("does not exist");
  url.password = "wrong";
  expect(await refusal({ DATABASE_URL: url.href })).toContain("refuses the user or password");
});

test("a database newer than the code is told in one sentence", async () => {
  await using base = await aDatabase();
  await base.sql`insert into redrive.migrations (hash, created_at) values ('from the future', 99999999999999)`;
  expect(await refusal({ DATABASE_URL: base.url })).toContain("newer than this code");
});

test("a malformed variable is named, and its value is not shown", async () => {
  expect(await refusal({ PORT: "http" })).toContain("PORT: must be a port number");
  const said = await refusal({ REDRIVE_SECRET: "too short" });
  expect(said).toContain("REDRIVE_SECRET: must be at least 32 characters");
  expect(said).not.toContain("too short");
});

if (process.getuid?.() === 0) {
  test("as root, a folder that the user postgres can't enter is named, with the mend", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const said = await refusal({ REDRIVE_DATA_DIR: join(closed, "data") });
    expect(said).toContain("can't enter");
    expect(said).toContain(closed);
  });
}

test("it starts, keeps its data, starts again after being killed, and ends without a trace", {
  timeout: 240_000,
}, async () => {
  await using first = run("start.ts", env);
  const said = await first.says("Redrive runs at");
  expect(said).toMatch(/Sign in as admin@redrive\.local with the password \S{12,} \(shown only now\)/);
  expect(existsSync(join(folder, "data", "postgres", "PG_VERSION"))).toBe(true);
  const health = await fetch(`http://localhost:${env.PORT}/healthz`);
  expect(health.status).toBe(200);
  await eventually(async () => expect((await fetch(`http://localhost:${env.PORT}/readyz`)).status).toBe(200));

  // A second one from the same folder would fight over the database.
  expect(await refusal({ PORT: String(await freePort()) })).toContain("already runs from this folder");

  // A dead worker is started again.
  const before = children();
  const worker = await workerPid();
  process.kill(worker, "SIGKILL");
  await first.says(/worker\s+│ ended with SIGKILL; starting again/);
  await eventually(() => expect(children()).not.toEqual(before));

  const left = children();
  await first.kill("SIGKILL");
  await using second = run("start.ts", env);
  expect(await second.says("Redrive runs at")).toContain("with the password of the first start");
  expect(left.filter(isAlive)).toEqual([]);

  const running = children();
  expect(await second.kill("SIGINT")).toBe(0);
  expect(running.filter(isAlive)).toEqual([]);
  expect(existsSync(join(folder, "data", "postgres", "postmaster.pid"))).toBe(false);
});

/** The worker's process, as it registered itself. */
async function workerPid(): Promise<number> {
  const { postgresPort, postgresPassword } = JSON.parse(
    readFileSync(join(folder, "data", "installation.json"), "utf8"),
  );
  const sql = postgres(`postgres://postgres:${postgresPassword}@127.0.0.1:${postgresPort}/redrive`, {
    max: 1,
  });
  try {
    const [row] = await sql`select pid from redrive.workers order by seen_at desc limit 1`;
    if (!row) throw new Error("no worker");
    return row.pid;
  } finally {
    await sql.end();
  }
}
