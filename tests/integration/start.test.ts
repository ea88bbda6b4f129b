// `npm start`, as a newcomer meets it: what it says when it can't, and that it leaves nothing behind.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { commandOf, identify } from "#bin/process-identity.ts";
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

/** Runs, expects it to end with code 1, and returns the one sentence that it said. */
async function refusal(more: Record<string, string>, file = "start.ts"): Promise<string> {
  await using program = run(file, { ...env, ...more });
  expect(await program.ended).toBe(1);
  const said = program.output().trim();
  expect(said.split("\n")).toHaveLength(1);
  return said;
}

type Noted = { supervisor: { pid: number }; children: { pid: number }[] };
const noted = (): Noted | null => {
  const file = join(folder, "data", "running.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
};
const children = (): number[] => noted()?.children.map(({ pid }) => pid) ?? [];
const isAlive = (pid: number): boolean => identify(pid) !== null;

/** As soon as it holds: what is killed then is killed in the midst of it. */
const atOnce = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 30_000, interval: 1 });

/** The database server of a data folder; 0 before there is one. */
const serverPid = (dataDir = join(folder, "data")): number => {
  const file = join(dataDir, "postgres", "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
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

test.each(["worker.ts", "web.ts"])("%s refuses a database that is not at its state", async (file) => {
  const given = { NEXTAUTH_SECRET: "a secret of at least 32 characters" };
  const unmigrated = await refusal({ ...given, DATABASE_URL: inject("serverUrl") }, file);
  expect(unmigrated).toBe("The database is not migrated: run npm run migrate first.");
  await using base = await aDatabase();
  await base.sql`insert into redrive.migrations (hash, created_at) values ('from the future', 99999999999999)`;
  expect(await refusal({ ...given, DATABASE_URL: base.url }, file)).toContain("newer than this code");
});

test("a worker whose terminal was closed settles and signs off, as on Ctrl-C", async () => {
  await using base = await aDatabase();
  for (const signal of ["SIGHUP", "SIGINT"] as const) {
    await using worker = run("worker.ts", { ...env, DATABASE_URL: base.url, LOG_LEVEL: "info" });
    await worker.says("worker started");
    // Under npm it comes twice.
    worker.child.kill(signal);
    expect(await worker.kill(signal)).toBe(0);
    expect(worker.output()).toContain("worker stopped");
  }
});

test("npm run migrate makes the first administrator where a password is given, once", async () => {
  await using base = await aDatabase();
  const migrate = async (more: Record<string, string> = {}) => {
    await using program = run("migrate.ts", { ...env, DATABASE_URL: base.url, ...more });
    expect(await program.ended).toBe(0);
    return program.output();
  };
  const people = () => base.sql`select email, role from redrive.users`;
  expect(await migrate()).not.toContain("administrator");
  expect(await people()).toEqual([]);
  const given = { REDRIVE_ADMIN_EMAIL: "first@example.com", REDRIVE_ADMIN_PASSWORD: "a password for tests" };
  expect(await migrate(given)).toContain("The first administrator is first@example.com");
  expect(await migrate({ ...given, REDRIVE_ADMIN_EMAIL: "second@example.com" })).toContain(
    "There are people already",
  );
  expect(await people()).toEqual([{ email: "first@example.com", role: "admin" }]);
});

test("what the server warns of during a migration is told", async () => {
  await using base = await aDatabase();
  await base.sql.unsafe(`
    create function public.warns() returns event_trigger language plpgsql as
      $$ begin raise warning 'the roof leaks'; end $$;
    create event trigger warns on ddl_command_end execute function public.warns()`);
  await using migrate = run("migrate.ts", { ...env, DATABASE_URL: base.url });
  expect(await migrate.ended).toBe(0);
  expect(migrate.output()).toContain("Warning: the roof leaks.");
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

test("a database that is told to stop while it starts leaves no server behind", async () => {
  const dir = join(folder, "postgres");
  const guard = async () =>
    run(
      "postgres.ts",
      { ...env, REDRIVE_POSTGRES_PASSWORD: "test" },
      { args: [dir, String(await freePort())] },
    );
  await using first = await guard();
  await atOnce(() => readdirSync(folder).some((name) => name.startsWith("postgres.unfinished")));
  expect(await first.kill("SIGTERM")).toBe(0);
  expect(first.output()).toBe("");
  expect(readdirSync(folder)).toEqual([]);

  await using second = await guard();
  await atOnce(() => serverPid(folder));
  const server = serverPid(folder);
  expect(await second.kill("SIGTERM")).toBe(0);
  expect(commandOf(server)).toBe("");
  expect(serverPid(folder)).toBe(0);
});

test("a start that is cut short, wherever, blocks no later one, and keeps no password to itself", {
  timeout: 240_000,
}, async () => {
  const data = join(folder, "data");
  const isMade = () => existsSync(join(data, "postgres", "PG_VERSION"));

  await using first = run("start.ts", env);
  await atOnce(() => existsSync(data) && readdirSync(data).some((name) => name.includes(".unfinished")));
  await first.kill("SIGKILL");
  expect(isMade()).toBe(false);

  await using second = run("start.ts", env);
  await atOnce(isMade);
  expect(noted()?.supervisor.pid).toBe(second.pid);
  await second.kill("SIGKILL");

  // Asked, not killed: it says nothing of what its own end has broken.
  await using third = run("start.ts", env);
  await atOnce(() => noted()?.supervisor.pid === third.pid && serverPid());
  const server = serverPid();
  expect(await third.kill("SIGTERM")).toBe(0);
  expect(third.output().trim()).toBe("Stopping: what is on its way is settled first …");
  expect(isAlive(server)).toBe(false);
  expect(existsSync(join(data, "running.json"))).toBe(false);

  // By now there are tables, and programs beside the database.
  await using fourth = run("start.ts", env);
  await atOnce(() => children().length > 1);
  await fourth.kill("SIGKILL");

  await using fifth = run("start.ts", env);
  expect(await fifth.says("Redrive runs at")).toMatch(/with the password \S{12,} \(shown only now\)/);
  const running = children();
  expect(await fifth.kill("SIGTERM")).toBe(0);
  expect(running.filter(isAlive)).toEqual([]);
  expect(serverPid()).toBe(0);
});

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
