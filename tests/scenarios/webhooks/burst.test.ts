// E2: a burst while no worker runs and the database goes away in its midst. What was answered 202 is there; what could not be
// stored was told so and came again; and each event has its effect once, though the worker is killed amid them.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectSql, type Sql } from "#db/client.ts";
import { anEvent } from "#tests/scenarios/webhooks/senders.ts";
import { atOnce, countedEvents, openShop, tell } from "#tests/scenarios/webhooks/shop.ts";
import { eventually, standing } from "#tests/support/engine.ts";
import { aServerOfItsOwn, type OwnServer } from "#tests/support/own-server.ts";
import { run } from "#tests/support/processes.ts";
import { aWebServer } from "#tests/support/web-server.ts";

const events = 2_500;
let server: OwnServer;
let sql: Sql;
beforeAll(async () => {
  server = await aServerOfItsOwn();
  sql = connectSql(server.url, { name: "test" });
  await openShop(sql, {
    timeoutMs: { connect: 1_000, headers: 2_000, total: 2_000 },
    breaker: { probeEveryMs: 200, goodTrials: 1 },
  });
});
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await server[Symbol.asyncDispose]();
});

test("E2: a burst is stored before it is answered, or is told to come again: none is lost", {
  timeout: 90_000,
}, async () => {
  await using door = await aWebServer({ databaseUrl: server.url });
  const ids = Array.from({ length: events }, () => crypto.randomUUID());
  const records = new Map<string, string>();
  let sentBack = 0;
  const bursting = atOnce(50, ids, async (id) => {
    for (;;) {
      const { status, headers, body } = await tell(door, anEvent({ type: "email.opened" }), id);
      if (status === 202) return void records.set(id, String(body.id));
      expect(status).toBe(503);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      sentBack += 1;
      // A sender's own pace; it would be patient for longer.
      await delay(100);
    }
  });
  await eventually(() => expect(records.size).toBeGreaterThan(events / 4));
  await server.kill();
  await eventually(() => expect(sentBack).toBeGreaterThan(50));
  expect(records.size).toBeLessThan(events);
  await server.start();
  await bursting;

  expect(new Set(records.values()).size).toBe(events);
  const stored = await sql<{ id: string; key: string }[]>`
    select outbox.id, keys.key
    from redrive.enqueued_keys as keys
    join redrive.outbox on outbox.id = keys.record_id
    where keys.provider = 'email-events'`;
  expect(new Map(stored.map(({ id, key }) => [key.replace("inbound:newsletter:", ""), id]))).toEqual(records);
  expect(await standing(sql, "email-events")).toMatchObject({ accepted: events, queued: events });
});

test("E4: the worker is killed amid them, another goes on, and each is counted once", {
  timeout: 90_000,
}, async () => {
  const env = { DATABASE_URL: server.url, LOG_LEVEL: "info", REDRIVE_APPLICATION: "examples/application.ts" };
  const counted = async () => (await countedEvents(sql))["email.opened"] ?? 0;
  await using victim = run("worker.ts", env);
  await eventually(async () => expect(await counted(), victim.output()).toBeGreaterThan(events / 8));
  await victim.kill("SIGKILL");
  expect(await counted()).toBeLessThan(events);
  await using heir = run("worker.ts", env);
  await eventually(async () => {
    expect((await standing(sql, "email-events")).queued, heir.output()).toBe(0);
  }, 60_000);
  expect(await counted()).toBe(events);
  await heir.kill("SIGTERM");
});
