// What a worker refuses to start with, in one sentence, and what it starts with all the same.
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { keyringOf, seal } from "#lib/node/secrets.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";
import { aProviderServer, says } from "#tests/support/provider-server.ts";

const secret = "a secret of at least 32 characters";
const other = "another secret of 32 characters…";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
});
afterAll(() => base[Symbol.asyncDispose]());

const worker = (env: Record<string, string> = {}) =>
  run("worker.ts", {
    DATABASE_URL: base.url,
    REDRIVE_SECRET: secret,
    REDRIVE_ALLOW_PRIVATE_NETWORKS: "1",
    LOG_LEVEL: "info",
    ...env,
  });

/** Runs a worker, expects it to end with code 1, and returns the one sentence that it said. */
async function refusal(env: Record<string, string>): Promise<string> {
  await using program = worker(env);
  expect(await program.ended).toBe(1);
  const said = program.output().trim();
  expect(said.split("\n")).toHaveLength(1);
  return said;
}

async function aSealedProvider(slug: string, under: string): Promise<void> {
  await aProvider(base.sql, slug, { auth: { kind: "header", name: "x-key", value: null } });
  const sealed = seal(
    keyringOf(under),
    `provider:${slug}`,
    '{"kind":"header","name":"x-key","value":"hush"}',
  );
  await base.sql`update redrive.providers set sealed_auth = ${sealed} where slug = ${slug}`;
}

test("without its database it does not start, and says why and what to do, without the password", async () => {
  const said = await refusal({ DATABASE_URL: `postgres://me:s3cret@127.0.0.1:${await freePort()}/app` });
  expect(said).toBe(
    "The database does not answer, for nothing listens at the host and port of DATABASE_URL: start the database, or correct DATABASE_URL.",
  );
});

test("where the job runner's tables are not at its state it does not start", async () => {
  const [newest] = await base.sql<{ id: number; breaking: boolean }[]>`
    delete from graphile_worker.migrations
    where id = (select max(id) from graphile_worker.migrations)
    returning id, breaking`;
  expect(await refusal({})).toBe("The job runner's tables are not migrated: run npm run migrate first.");
  await base.sql`insert into graphile_worker.migrations ${base.sql(newest ?? {})}`;
});

test("with a secret that opens nothing it does not start; with one that opens some it starts and names the others", async () => {
  await aSealedProvider("ats", other);
  expect(await refusal({})).toMatch(/^REDRIVE_SECRET opens no stored secret \(ats\): set it to /);
  expect(await refusal({ REDRIVE_SECRET: "" })).toMatch(
    /^REDRIVE_SECRET is not set, and ats can't be called/,
  );
  await aSealedProvider("sms", secret);
  await using program = worker();
  await program.says("worker started");
  expect(program.output()).toMatch(
    /"check":"secrets","msg":"REDRIVE_SECRET does not open the stored secrets of ats,/,
  );
  expect(await program.kill("SIGTERM")).toBe(0);
  await base.sql`delete from redrive.providers`;
});

test("an ill provider is told after the start, which does not wait for it", async () => {
  await using server = await aProviderServer(says(503));
  const held = Promise.withResolvers<void>();
  server.answer((received, response) => {
    held.promise.then(() => says(503)(received, response));
  });
  await aProvider(base.sql, "ill", {
    health: {
      url: server.url,
      method: "GET",
      everyMs: 60_000,
      timeoutMs: 60_000,
      expect: 200,
      slowMs: null,
      ill: [],
    },
  });
  await using program = worker();
  await program.says("worker started");
  expect(program.output()).not.toContain("Ill:");
  held.resolve();
  await program.says('"check":"providers","msg":"Ill: ill (the health check said 503): ask them');
  expect(await program.kill("SIGTERM")).toBe(0);
});

test("a worker watches itself: its probes tell of its heartbeat, and what it hears of it is its own", async () => {
  const port = await freePort();
  await using program = worker({ REDRIVE_WORKER_PORT: String(port) });
  const probe = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  await program.says("worker started");
  await eventually(async () => expect((await probe("/readyz")).status).toBe(200));
  expect((await probe("/healthz")).status).toBe(200);
  // The heartbeat is written every five seconds; unheard, it would only grow older.
  const age = async () =>
    Number(/The heartbeat was written (\d+) s ago/.exec((await probe("/readyz")).body)?.[1]);
  await eventually(async () => expect(await age()).toBeGreaterThan(2));
  await eventually(async () => expect(await age()).toBeLessThan(2));
});
