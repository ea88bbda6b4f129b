// The database goes away amid a burst, hangs, and comes back, with no worker alive: senders are told to come again, and
// every call is a record at the end, once.
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectSql, type Sql } from "#db/client.ts";
import { aProvider } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { aSource, type InboundAnswer, sendsSigned } from "#tests/support/inbound-source.ts";
import { listening } from "#tests/support/mail-server.ts";
import { aServerOfItsOwn, type OwnServer } from "#tests/support/own-server.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";

let database: OwnServer;
let sql: Sql;
let server: WebServer;
beforeAll(async () => {
  database = await aServerOfItsOwn();
  sql = connectSql(database.url, { name: "test", max: 2 });
  await aProvider(sql, "crm");
  await aSource(sql, "mail");
  server = await aWebServer({ databaseUrl: database.url, limits: { patienceMs: 3_000 } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await sql.end({ timeout: 2 });
  await database[Symbol.asyncDispose]();
});

const send = (id: string) => sendsSigned(server.inbound("mail"), `{"id":"${id}"}`, { id });

/** As a sender does: again after each 503, until it is taken. */
async function untilTaken(id: string, told: InboundAnswer[]): Promise<void> {
  await eventually(async () => {
    const answer = await send(id);
    if (answer.status !== 202) told.push(answer);
    expect(answer.status).toBe(202);
  }, 60_000);
}

async function records(ids: string[]): Promise<{ calls: number; records: number }> {
  const [row] = await sql<{ calls: number; records: number }[]>`
    select count(distinct payload ->> 'id')::int as calls, count(*)::int as records
    from redrive.outbox where payload ->> 'id' = any (${ids}::text[])`;
  return row ?? { calls: 0, records: 0 };
}

test("a restart of the database amid a burst loses none, doubles none, and says 503 meanwhile", async () => {
  const ids = Array.from({ length: 3_000 }, (_, nth) => `burst-${nth}`);
  const told: InboundAnswer[] = [];
  const waiting = [...ids];
  let taken = 0;
  const callers = Array.from({ length: 40 }, async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await untilTaken(id, told);
      taken++;
    }
  });
  await eventually(() => expect(taken).toBeGreaterThan(500));
  await database.kill();
  await eventually(() => expect(told.length).toBeGreaterThan(100));
  await database.start();
  await Promise.all(callers);

  expect(await records(ids)).toEqual({ calls: 3_000, records: 3_000 });
  for (const { status, headers, body } of told) {
    expect(status).toBe(503);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(body).toMatchObject({ code: "unavailable" });
  }
});

test("a connection whose packets are dropped is given up, and the next call is stored over another", async () => {
  const { port } = new URL(database.url);
  await using way = await aWay(Number(port));
  await using server = await aWebServer({
    databaseUrl: database.url.replace(`:${port}`, `:${way.port}`),
    limits: { patienceMs: 2_000 },
  });
  const to = server.inbound("mail");
  const tell = (id: string) => sendsSigned(to, JSON.stringify({ id }), { id });
  expect((await tell("way-1")).status).toBe(202);
  way.drop();
  expect((await tell("way-2")).status).toBe(503);
  await eventually(async () => expect((await tell("way-3")).status).toBe(202));
});

/** A way to the database that can drop all that goes over the connections of until now. */
async function aWay(port: number) {
  const pairs: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const each of [near, far]) each.on("error", () => {});
    near.pipe(far).pipe(near);
    pairs.push(near, far);
  });
  const here = await listening(server.listen(0, "127.0.0.1"));
  return {
    port: here,
    drop: () => {
      for (const each of pairs) each.unpipe().pause();
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        for (const each of pairs) each.destroy();
        server.close(() => done());
      }),
  };
}

test("a database that hangs keeps nobody waiting for ever, and stores none of what was told to come again", async () => {
  expect((await send("before")).status).toBe(202);
  const ids = Array.from({ length: 60 }, (_, nth) => `hangs-${nth}`);
  await sql.begin(async (sql) => {
    await sql`lock table redrive.outbox in access exclusive mode`;
    const first = send("hangs-first");
    await eventually(async () => {
      const waits = await sql`
        select from pg_stat_activity where application_name = 'redrive inbound' and wait_event_type = 'Lock'`;
      expect(waits).toHaveLength(1);
    });
    // One statement hangs; these go into the next, which is sent behind it.
    const answers = await Promise.all([first, ...ids.map(send)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  });
  expect((await send("after")).status).toBe(202);
  expect(await records(["hangs-first", ...ids])).toEqual({ calls: 0, records: 0 });
});
