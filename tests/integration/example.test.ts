// The example application's handlers, on the tables that it says it needs.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createLog } from "#lib/node/log.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";
import type { Outgoing } from "#worker/adapters/adapter.ts";
import { type Application, loadApplication } from "#worker/application.ts";

let base: TestDatabase;
let application: Application;
beforeAll(async () => {
  base = await aDatabase();
  const text = readFileSync("examples/application.ts", "utf8");
  for (const [, table] of text.matchAll(/^\/\/\s+(create table .*);$/gm)) await base.sql.unsafe(table ?? "");
  vi.stubEnv("DATABASE_URL", base.url);
  application = await loadApplication({ REDRIVE_APPLICATION: "examples/application.ts" });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await base[Symbol.asyncDispose]();
});

const log = createLog("test", "silent");
const { signal } = new AbortController();
const [first, second] = [
  "0191e2a4-5b6c-7d8e-9f01-23456789abcd",
  "0191e2a4-5b6c-7d8e-9f01-23456789abce",
] as const;

function handle(name: string, id: string, payload: unknown) {
  const record = { id, payload: JSON.stringify(payload) } as Outgoing;
  return application.handlers[name]?.(payload, { record, signal, log });
}

const view = (viewedAt: string) => ({ customer: "ada", product: "lamp", viewedAt });

test("a view that comes twice is counted once", async () => {
  const monday = view("2026-11-23T10:00:00Z");
  expect(await handle("view-statistics", first, monday)).toEqual({ counted: true });
  expect(await handle("view-statistics", first, monday)).toEqual({ counted: false });
  expect(await handle("view-statistics", second, monday)).toEqual({ counted: true });
  const days = await base.sql`select day::text, product, views::int from views_by_day`;
  expect(days).toEqual([{ day: "2026-11-23", product: "lamp", views: 2 }]);
});

test("views that come out of order leave the newest", async () => {
  await handle("viewed-products", first, view("2026-11-23T12:00:00Z"));
  await handle("viewed-products", second, view("2026-11-23T10:00:00Z"));
  const seen = await base.sql`select customer, product, viewed_at from viewed_products`;
  expect(seen).toEqual([{ customer: "ada", product: "lamp", viewedAt: "2026-11-23T12:00:00Z" }]);
});

test("what is no view is the record's fault", async () => {
  await expect(handle("viewed-products", first, { customer: "ada" })).rejects.toThrow("product: ");
});

test("the schedule enqueues every company, once a day each", async () => {
  await base.sql`insert into companies values ('12345678'), ('23456789')`;
  const enqueued: unknown[] = [];
  await application.schedules["refresh-companies"]?.({
    provider: "register",
    scheduledAt: "2026-11-23T01:00:00Z",
    day: "2026-11-23",
    enqueue: (records) => enqueued.push(...records),
    signal,
    log,
  });
  expect(enqueued).toEqual([
    { payload: { number: "12345678" }, dedupeKey: "12345678", subject: "Company 12345678" },
    { payload: { number: "23456789" }, dedupeKey: "23456789", subject: "Company 23456789" },
  ]);
});
