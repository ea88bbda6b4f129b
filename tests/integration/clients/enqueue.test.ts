// `redrive/enqueue` with each driver it serves: in the caller's transaction, and only there.
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import { drizzle as drizzlePostgres } from "drizzle-orm/postgres-js";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EnqueueRecord, enqueue } from "#clients/enqueue.ts";
import { enqueue as enqueueDrizzle } from "#clients/enqueue-drizzle.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";

let base: TestDatabase;
let sql: postgres.Sql;
let pool: pg.Pool;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "warehouse");
  await base.sql`create table orders (id int primary key)`;
  sql = postgres(base.url, { max: 2 });
  pool = new pg.Pool({ connectionString: base.url, max: 2 });
});
afterAll(async () => {
  await Promise.all([sql.end(), pool.end()]);
  await base[Symbol.asyncDispose]();
});

/** Inserts an order and enqueues in one transaction of the driver; undone where `fails`. */
type InTransaction = (order: number, record: EnqueueRecord, fails?: boolean) => Promise<string>;

const undone = new Error("the application changed its mind");

const drivers: Record<string, InTransaction> = {
  "postgres.js": (order, record, fails) =>
    sql.begin(async (tx) => {
      await tx`insert into orders values (${order})`;
      const id = await enqueue(tx, record);
      if (fails) throw undone;
      return id;
    }),
  pg: async (order, record, fails) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query("insert into orders values ($1)", [order]);
      const id = await enqueue(client, record);
      if (fails) throw undone;
      await client.query("commit");
      return id;
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  },
  "drizzle over postgres.js": async (order, record, fails) => {
    const client = postgres(base.url, { max: 1 });
    try {
      return await drizzlePostgres(client).transaction(async (tx) => {
        await tx.execute(`insert into orders values (${order})`);
        const id = await enqueueDrizzle(tx, record);
        if (fails) throw undone;
        return id;
      });
    } finally {
      await client.end();
    }
  },
  "drizzle over pg": (order, record, fails) =>
    drizzlePg(pool).transaction(async (tx) => {
      await tx.execute(`insert into orders values (${order})`);
      const id = await enqueueDrizzle(tx, record);
      if (fails) throw undone;
      return id;
    }),
};

const orders = async () => (await base.sql<{ id: number }[]>`select id from orders`).map(({ id }) => id);

let next = 0;

describe.each(Object.entries(drivers))("%s", (name, inTransaction) => {
  test("what commits is owed, with everything that was given", async () => {
    const order = ++next;
    const record: Required<Omit<EnqueueRecord, "id">> = {
      provider: "warehouse",
      payload: { order, words: 'it\'s "quoted" \\ and $1, ünï', none: null },
      type: "order",
      idempotencyKey: `order-${order}`,
      dedupeKey: `dedupe-${order}`,
      orderingKey: "customer-42",
      correlationId: name,
      owner: "customer-42",
      subject: `Order ${order}`,
      headers: { "x-from": "the test" },
      priority: -3,
      notBefore: "2031-01-01T00:00:00.000Z",
      onDelivered: "orders.went",
      onFailed: "orders.failed",
      onRejected: "orders.rejected",
      keepResponse: true,
    };
    const id = await inTransaction(order, record);
    expect(await orders()).toContain(order);
    const [row] = await base.sql`
      select provider, payload, type, idempotency_key, dedupe_key, ordering_key, correlation_id, owner, subject, headers,
        priority, to_char(not_before at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as not_before,
        on_delivered, on_failed, on_rejected, keep_response
      from redrive.outbox where id = ${id}`;
    expect(row).toEqual(record);
    expect(await inTransaction(++next, record)).toBe(id);
  });

  test("what rolls back never was", async () => {
    const order = ++next;
    const record = { provider: "warehouse", payload: { order }, subject: `undone ${order}` };
    await expect(inTransaction(order, record, true)).rejects.toThrow(undone);
    expect(await orders()).not.toContain(order);
    const rows = await base.sql`select from redrive.outbox where subject = ${record.subject}`;
    expect(rows).toHaveLength(0);
  });

  test("an unknown provider is refused by name, and takes the caller's work with it", async () => {
    const order = ++next;
    const refused = await inTransaction(order, { provider: "nobody", payload: {} }).catch(
      (error: unknown) => error,
    );
    const texts = [refused, refused instanceof Error ? refused.cause : null].map(String).join();
    expect(texts).toContain("nobody");
    expect(await orders()).not.toContain(order);
  });
});

describe("what would not be in the transaction, or is no record, is refused before anything is sent", () => {
  const record = { provider: "warehouse", payload: {} };
  test("sql of postgres.js, a pool of pg, db of drizzle, and nothing of the kind", async () => {
    await expect(enqueue(sql as never, record)).rejects.toThrow("give the transaction, not sql");
    await expect(enqueue(pool as never, record)).rejects.toThrow("not the pool");
    await expect(enqueueDrizzle(drizzlePg(pool) as never, record)).rejects.toThrow("not db");
    await expect(enqueue({} as never, record)).rejects.toThrow("give a transaction of postgres.js");
  });

  test.each([
    [{ payload: {} }, "provider: is missing"],
    [{ provider: "warehouse" }, "payload: is missing"],
    [{ provider: "warehouse", payload: { big: 1n } }, "payload: can't be written as JSON"],
    [{ provider: "warehouse", payload: {}, subjct: "x" }, "subjct: is not known"],
    [{ provider: "warehouse", payload: {}, constructor: "x" }, "constructor: is not known"],
  ])("%o", async (given, words) => {
    const refusal = sql.begin((tx) => enqueue(tx, given as never));
    await expect(refusal).rejects.toThrow(words);
  });
});
