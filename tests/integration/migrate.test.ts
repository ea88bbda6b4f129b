// Migration: by any number of processes at once, never over a newer database, and to just what the schema says.
import { randomBytes } from "node:crypto";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { migrate, WrongDatabase } from "#db/migrate.ts";
import * as schema from "#db/schema.ts";
import * as desk from "#db/schema-desk.ts";
import * as handled from "#db/schema-handled.ts";
import * as inbound from "#db/schema-inbound.ts";
import * as operations from "#db/schema-operations.ts";

const name = `migrate_${randomBytes(4).toString("hex")}`;
let url: string;
let server: postgres.Sql;
let sql: postgres.Sql;

beforeAll(async () => {
  server = postgres(inject("serverUrl"), { max: 1, onnotice: () => {} });
  await server.unsafe(`create database ${name}`);
  url = new URL(`/${name}`, inject("serverUrl")).href;
  sql = postgres(url, { max: 2, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await server.unsafe(`drop database ${name} with (force)`);
  await server.end();
});

test("ten migrations at once all succeed and leave one result", async () => {
  await Promise.all(Array.from({ length: 10 }, () => migrate(url)));
  const [applied] =
    await sql`select count(*)::int as n, count(distinct hash)::int as different from redrive.migrations`;
  expect(applied?.n).toBe(applied?.different);
});

test("the migrated tables have exactly the columns that the schema declares", async () => {
  const rows = await sql<{ table: string; column: string; required: boolean }[]>`
    select table_name as table, column_name as column, is_nullable = 'NO' as required
    from information_schema.columns
    where table_schema = 'redrive' and table_name not similar to '(outbox|events)_%' and table_name <> 'migrations'`;
  const found = rows.map(({ table, column, required }) => `${table}.${column} ${required}`).sort();
  const declared = [schema, desk, inbound, handled, operations]
    .flatMap((tables) => Object.values(tables))
    .filter((value) => is(value, PgTable))
    .flatMap((table) => {
      const { name, columns } = getTableConfig(table);
      return columns.map((column) => `${name}.${column.name} ${column.notNull || column.primary}`);
    })
    .sort();
  expect(found).toEqual(declared);
});

test("outbox and events have a partition for each of the next two weeks", async () => {
  const rows = await sql<{ parent: string; n: number }[]>`
    select inhparent::regclass::text as parent, count(*)::int as n
    from pg_inherits where inhparent in ('redrive.outbox'::regclass, 'redrive.events'::regclass) group by 1 order by 1`;
  // Yesterday, today, fourteen days ahead, and the default one.
  expect(rows.map(({ n }) => n)).toEqual([17, 17]);
});

test("rows that came before their partition are moved into it when it is made", async () => {
  await sql`insert into redrive.providers (slug, policy, updated_by) values ('ats', '{"name": "ATS"}', 'test')`;
  await sql`
    insert into redrive.outbox (id, provider, payload)
    values (redrive.uuid_v7_floor(now() + interval '20 days'), 'ats', '{}')`;
  const [before] = await sql`select count(*)::int as n from redrive.outbox_default`;
  await sql`select redrive.make_partitions(21)`;
  const [after] = await sql`select count(*)::int as n from redrive.outbox_default`;
  const [all] = await sql`select count(*)::int as n from redrive.outbox`;
  expect([before?.n, after?.n, all?.n]).toEqual([1, 0, 1]);
});

test("ids sort by time, on every supported server", async () => {
  const ids: string[] = [];
  // One by one: the servers before 18 know the time to the microsecond, and a call a round trip is further apart.
  for (let n = 0; n < 20; n += 1) {
    const [row] = await sql<{ id: string }[]>`select redrive.uuid_v7() as id`;
    ids.push(row?.id ?? "");
  }
  expect(ids).toEqual([...ids].sort());
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const [age] =
    await sql`select abs(extract(epoch from now() - redrive.uuid_v7_time(redrive.uuid_v7()))) < 5 as recent`;
  expect(age?.recent).toBe(true);
});

test("a migration beside an open enqueue waits for nobody, and no other enqueue waits for it", async () => {
  await sql`insert into redrive.providers (slug, policy, updated_by) values ('busy', '{"name": "Busy"}', 'test')`;
  await sql.begin(async (open) => {
    await open`select redrive.enqueue('busy', '{}')`;
    // Would either wait for the open transaction, this would never end.
    await migrate(url);
    await sql.begin(async (other) => {
      await other`set local lock_timeout = '2s'`;
      await other`select redrive.enqueue('busy', '{}')`;
    });
  });
  const [row] = await sql`select count(*)::int as n from redrive.queue where provider = 'busy'`;
  expect(row?.n).toBe(2);
});

test("a database that a later version migrated is refused with one sentence", async () => {
  await sql`insert into redrive.migrations (hash, created_at) values ('from the future', ${Date.now() + 1e12})`;
  await expect(migrate(url)).rejects.toThrow(WrongDatabase);
  await expect(migrate(url)).rejects.toThrow("newer than this code");
  await sql`delete from redrive.migrations where hash = 'from the future'`;
});
