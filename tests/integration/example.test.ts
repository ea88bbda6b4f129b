// The example application in a whole worker, on the tables that it says it needs.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createLog } from "#lib/node/log.ts";
import { anEngine, createdProvider, type Engine, enqueue, untilStatus } from "#tests/support/engine.ts";
import { type Application, loadApplication } from "#worker/application.ts";

let base: Engine;
let application: Application;
beforeAll(async () => {
  application = await loadApplication({ REDRIVE_APPLICATION: "examples/application.ts" });
  base = await anEngine({ application });
  for (const file of ["application", "email-events"]) {
    const text = readFileSync(`examples/${file}.ts`, "utf8");
    for (const [, table] of text.matchAll(/^\/\/\s+(create table .*);$/gm))
      await base.sql.unsafe(table ?? "");
  }
  vi.stubEnv("DATABASE_URL", base.url);
  await createdProvider(base.sql, "email-events", { url: "handler:email-events", adapter: "handler" });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await base[Symbol.asyncDispose]();
});

const event = (type: string, timestamp: string, product?: string) => ({
  type: `email.${type}`,
  timestamp,
  data: { campaign: "winter", customer: "ada", product },
});

test("events are counted by day, and the newest look at a product stays, in whatever order they come", async () => {
  const { sql } = base;
  for (const payload of [
    event("clicked", "2026-11-23T12:00:00Z", "lamp"),
    event("clicked", "2026-11-23T10:00:00Z", "lamp"),
    event("opened", "2026-11-23T09:59:00Z"),
    event("spam", "2026-11-24T08:00:00Z"),
  ])
    await untilStatus(sql, await enqueue(sql, "email-events", payload), "delivered");
  expect(await sql`select customer, product, viewed_at from viewed_products`).toEqual([
    { customer: "ada", product: "lamp", viewedAt: "2026-11-23T12:00:00Z" },
  ]);
  const counted = await sql`
    select day::text, campaign, event, sum(events)::int as n
    from email_statistics group by 1, 2, 3 order by 1, 3`;
  expect(counted).toEqual([
    { day: "2026-11-23", campaign: "winter", event: "email.clicked", n: 2 },
    { day: "2026-11-23", campaign: "winter", event: "email.opened", n: 1 },
    { day: "2026-11-24", campaign: "winter", event: "email.spam", n: 1 },
  ]);
});

test("what is no event is the record's fault, and the people who know the data are told why", async () => {
  const { sql } = base;
  const id = await enqueue(sql, "email-events", { type: "email.opened", timestamp: "2026-11-23T10:00:00Z" });
  await untilStatus(sql, id, "failed");
  const [failure] = await sql`select team, message from redrive.failures where record_id = ${id}`;
  expect(failure).toEqual({
    team: "client_data",
    message: expect.stringMatching(/^The record can't be sent as it is: data: /),
  });
});

test("the schedule enqueues every company, once a day each", async () => {
  await base.sql`insert into companies values ('12345678'), ('23456789')`;
  const enqueued: unknown[] = [];
  await application.schedules["refresh-companies"]?.({
    provider: "register",
    scheduledAt: "2026-11-23T01:00:00Z",
    day: "2026-11-23",
    enqueue: (records) => enqueued.push(...records),
    signal: new AbortController().signal,
    log: createLog("test", "silent"),
  });
  expect(enqueued).toEqual([
    { payload: { number: "12345678" }, dedupeKey: "12345678", subject: "Company 12345678" },
    { payload: { number: "23456789" }, dedupeKey: "23456789", subject: "Company 23456789" },
  ]);
});
