// What the doctor finds, each trouble alone; then as a person runs it.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { jobsRevision } from "#db/reads/database-state.ts";
import type { Check } from "#lib/core/checks.ts";
import { readEnv } from "#lib/node/env.ts";
import { keyringOf, seal } from "#lib/node/secrets.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { enqueue } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";
import { aProviderServer, says } from "#tests/support/provider-server.ts";
import { examine } from "#worker/checks/doctor.ts";

const secret = "a secret of at least 32 characters";

let base: TestDatabase;
let folder: string;
beforeEach(async () => {
  base = await aDatabase();
  folder = mkdtempSync(join(tmpdir(), "redrive-doctor-"));
});
afterEach(async () => {
  await base[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

type Given = { url?: string; secret?: string; wallMs?: () => number; patienceMs?: number };

const examined = ({ url = base.url, secret: given = secret, ...more }: Given = {}): Promise<Check[]> =>
  examine({
    env: readEnv({
      NODE_ENV: "test",
      DATABASE_URL: url,
      REDRIVE_SECRET: given,
      REDRIVE_ALLOW_PRIVATE_NETWORKS: "1",
    }),
    ...more,
  });

/** What is not well, in short. */
const troubles = async (given: Given = {}): Promise<string[]> =>
  (await examined(given))
    .filter(({ level }) => level !== "ok")
    .map(({ name, level, says: words }) => `${level} ${name}: ${words}`);

const aWorkerRow = (id = "w") => base.sql`insert into redrive.workers (id, host, pid) values (${id}, 'h', 1)`;

const anotherUrl = (change: (url: URL) => void): string => {
  const url = new URL(base.url);
  change(url);
  return url.href;
};

async function aSealedProvider(slug: string, under: string): Promise<void> {
  await aProvider(base.sql, slug, { auth: { kind: "header", name: "x-key", value: null } });
  const sealed = seal(
    keyringOf(under),
    `provider:${slug}`,
    '{"kind":"header","name":"x-key","value":"hush"}',
  );
  await base.sql`update redrive.providers set sealed_auth = ${sealed} where slug = ${slug}`;
}

test("where all is well, each check says so in a sentence", async () => {
  await aWorkerRow();
  await aSealedProvider("ats", secret);
  const checks = await examined();
  expect(checks.map(({ name, level }) => `${level} ${name}`)).toEqual([
    "ok database",
    "ok version",
    "ok migrations",
    "ok job runner",
    "ok partitions",
    "ok clock",
    "ok secrets",
    "ok workers",
    "ok code",
    "ok providers",
    "ok breakers",
    "ok queues",
  ]);
  for (const { says: words, mend } of checks) {
    expect(words).toMatch(/^[^.].*\.$/);
    expect(mend).toBeNull();
  }
});

test("a database that can't be reached is the only finding, with why", async () => {
  const port = String(await freePort());
  const refused = await troubles({ url: anotherUrl((url) => Object.assign(url, { port })) });
  expect(refused).toEqual([
    "fail database: The database does not answer, for nothing listens at the host and port of DATABASE_URL.",
  ]);
  const unknown = await troubles({
    url: anotherUrl((url) => Object.assign(url, { hostname: "no.such.host.invalid" })),
  });
  expect(unknown).toEqual([expect.stringMatching(/host name in DATABASE_URL/)]);
  const noTls = await troubles({ url: anotherUrl((url) => url.searchParams.set("sslmode", "require")) });
  expect(noTls).toEqual([expect.stringMatching(/^fail database: .*TLS|closed/)]);
});

test("a wrong password and a database that does not exist are told apart", async () => {
  expect(await troubles({ url: anotherUrl((url) => Object.assign(url, { password: "s3cret" })) })).toEqual([
    "fail database: The database refuses the user or password of DATABASE_URL.",
  ]);
  expect(await troubles({ url: anotherUrl((url) => Object.assign(url, { pathname: "/nowhere" })) })).toEqual([
    "fail database: The database that DATABASE_URL names does not exist.",
  ]);
});

test("code that a policy names and no living worker has is found", async () => {
  const { sql } = base;
  const offers = { adapters: ["bank"], handlers: ["views"], schedules: [] };
  await sql`insert into redrive.workers (id, host, pid, offers) values ('w', 'h', 1, ${sql.json(offers)})`;
  await aProvider(sql, "bank", { adapter: "bank" });
  await aProvider(sql, "views", { adapter: "handler", url: "handler:views" });
  expect(await troubles()).toEqual([]);
  await aProvider(sql, "sales", { adapter: "handler", url: "handler:sales" });
  await aProvider(sql, "daily", {
    schedules: [{ name: "day", cron: "0 4 * * *", run: "portfolio" }],
  });
  await sql`
    insert into redrive.workers (id, host, pid, seen_at, offers)
    values ('dead', 'h', 2, now() - interval '1 hour', ${sql.json({ schedules: ["portfolio"] })})`;
  expect(await troubles()).toContainEqual(
    "warn code: No worker that lives has what these providers name: daily (schedule's function portfolio), sales (handler sales).",
  );
});

/** A way to the database that lets nothing more through once somebody has said `word`. */
async function aWayThatFallsSilentAt(word: string): Promise<AsyncDisposable & { url: string }> {
  const { hostname, port } = new URL(base.url);
  const sockets = new Set<Socket>();
  const way = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) sockets.add(socket.on("error", () => {}));
    server.pipe(client);
    client.on("data", (said) => (said.includes(word) ? server.unpipe(client) : server.write(said)));
  });
  await once(way.listen(0, "127.0.0.1"), "listening");
  const { port: ours } = way.address() as AddressInfo;
  return {
    url: anotherUrl((url) => Object.assign(url, { hostname: "127.0.0.1", port: String(ours) })),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => way.close(closed));
    },
  };
}

test.each([
  ["at the first question", "server_version"],
  ["at the last of a start's", "sealed_auth"],
  ["at the doctor's own", "redrive.workers"],
  ["at the doctor's last", "redrive.due_lanes"],
])("a database that falls silent %s is told so, with how long it was waited for", async (_, word) => {
  await using way = await aWayThatFallsSilentAt(word);
  expect(await troubles({ url: way.url, patienceMs: 250 })).toEqual([
    "fail database: The database was reached, and then said nothing for 0.25 s.",
  ]);
});

test("an unmigrated database, and one that a later version migrated", async () => {
  expect(await troubles({ url: inject("serverUrl") })).toEqual([
    "fail migrations: The database is not migrated.",
    "fail job runner: The job runner's tables are not migrated.",
  ]);
  await base.sql`insert into redrive.migrations (hash, created_at) values ('from the future', 99999999999999)`;
  expect(await troubles()).toEqual([
    expect.stringMatching(/^fail migrations: The database is newer than this code/),
  ]);
});

test("the job runner's tables: missing, and of a revision that this code can't work with", async () => {
  const [installed] = await base.sql`select max(id) as revision from graphile_worker.migrations`;
  expect(installed?.revision).toBe(jobsRevision);
  await base.sql`delete from graphile_worker.migrations where id = (select max(id) from graphile_worker.migrations)`;
  expect(await troubles()).toEqual(["fail job runner: The job runner's tables are not migrated."]);
  await base.sql`insert into graphile_worker.migrations (id, breaking) values (1000, true)`;
  expect(await troubles()).toEqual(["fail job runner: The job runner's tables are newer than this code."]);
});

test("partitions that are missing are named", async () => {
  await aWorkerRow();
  const [day] = await base.sql<{ part: string }[]>`
    select 'outbox_' || to_char((now() at time zone 'UTC')::date + 1, 'YYYYMMDD') as part`;
  await base.sql.unsafe(`drop table redrive.${day?.part}`);
  expect(await troubles()).toEqual([
    `warn partitions: Partitions are missing (${day?.part}), and records wait in the default one.`,
  ]);
});

test("a secret that opens no provider's, and one that opens some", async () => {
  await aWorkerRow();
  await aSealedProvider("ats", secret);
  expect(await troubles({ secret: "another secret of 32 characters…" })).toEqual([
    "fail secrets: REDRIVE_SECRET opens no stored secret (ats).",
  ]);
  await aSealedProvider("sms", "another secret of 32 characters…");
  expect(await troubles()).toEqual([
    expect.stringMatching(/^warn secrets: .* of sms, and nothing is sent there/),
  ]);
});

test("a clock that is off", async () => {
  await aWorkerRow();
  const off = (ms: number) => troubles({ wallMs: () => Date.now() + ms });
  expect(await off(10_000)).toEqual(["warn clock: The database's clock is 10 s behind this host's."]);
  expect(await off(-3_600_000)).toEqual(["fail clock: The database's clock is 60 min ahead of this host's."]);
});

test("nobody works, and who fell silent", async () => {
  expect(await troubles()).toEqual(["fail workers: For 30 s no worker has said that it lives."]);
  await aWorkerRow("silent");
  await base.sql`update redrive.workers set seen_at = now() - interval '10 minutes'`;
  await aWorkerRow("alive");
  expect(await troubles()).toEqual([
    expect.stringMatching(/^warn workers: One worker lives.*; silent: silent for 10 min\.$/),
  ]);
});

test("an ill provider, an open breaker, and a queue that nobody takes up", async () => {
  await aWorkerRow();
  await using server = await aProviderServer(says(503));
  const health = { url: `${server.url}/health`, method: "GET", everyMs: 60_000, timeoutMs: 5_000 } as const;
  await aProvider(base.sql, "ill", { health: { ...health, expect: 200, slowMs: null, ill: [] } });
  await aProvider(base.sql, "well", { health: { ...health, expect: 503, slowMs: null, ill: [] } });
  await aProvider(base.sql, "stuck");
  await enqueue(base.sql, "stuck");
  await base.sql`update redrive.queue set due_at = now() - interval '2 minutes'`;
  await base.sql`
    update redrive.provider_state
    set breaker = 'open', breaker_reason = 'failing', breaker_since = now() - interval '4 minutes',
      next_probe_at = now() + interval '6 minutes'
    where provider = 'ill'`;
  expect(await troubles()).toEqual([
    "warn providers: Ill: ill (the health check said 503).",
    "warn breakers: Open: ill for 4 min (failing).",
    "warn queues: Nobody delivers what is due for stuck.",
  ]);
  expect(server.received.map(({ url }) => url)).toEqual(["/health", "/health"]);
});

const doctor = async (env: Record<string, string>, ...args: string[]) => {
  await using program = run("doctor.ts", { REDRIVE_DATA_DIR: folder, ...env }, { args });
  return { code: await program.ended, said: program.output() };
};

test("npm run doctor ends with 0 where nothing fails, and shows a line a check", async () => {
  await aWorkerRow();
  const { code, said } = await doctor({ DATABASE_URL: base.url });
  expect(said).toMatch(/^✓ environment {2}It is complete/);
  expect(said).toMatch(/\n✓ workers {6}One worker lives/);
  expect(said).toMatch(/\nAll is well\.\n$/);
  expect(code).toBe(0);
  const { checks } = JSON.parse((await doctor({ DATABASE_URL: base.url }, "--json")).said);
  expect(checks[0]).toEqual({ name: "environment", level: "ok", says: expect.any(String), mend: null });
});

test("npm run doctor ends with 1 where something fails, and never shows a password", async () => {
  const url = `postgres://me:s3cret@127.0.0.1:${await freePort()}/app`;
  const away = await doctor({ DATABASE_URL: url });
  expect(away.code).toBe(1);
  expect(away.said).toContain("✗ database     The database does not answer, for nothing listens");
  expect(away.said).toContain("\n               Start the database, or correct DATABASE_URL.\n");
  expect(away.said).not.toContain("s3cret");
  const unset = await doctor({});
  expect(unset.code).toBe(1);
  expect(unset.said).toContain("✗ environment  DATABASE_URL is not set");
});
