// What a transaction does whose connection is lost: it fails where it is awaited, and not one of its statements is carried out
// outside of it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectSql, type Sql } from "#db/client.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await aDatabase();
  await database.sql`create table kept (what text)`;
});
afterAll(() => database[Symbol.asyncDispose]());

/** One connection, so that whoever comes next gets the one that was lost. */
function oneConnection() {
  const sql = connectSql(database.url, { max: 1, name: "one connection" });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) });
}

const backend = async (sql: Pick<Sql, "unsafe">): Promise<number> =>
  (await sql.unsafe("select pg_backend_pid() pid"))[0]?.pid;

async function end(pid: number): Promise<void> {
  await database.sql`select pg_terminate_backend(${pid})`;
  await eventually(async () =>
    expect(await database.sql`select from pg_stat_activity where pid = ${pid}`).toHaveLength(0),
  );
}

test("a transaction whose connection is lost in a statement fails, and the next one works", async () => {
  await using sql = oneConnection();
  for (let round = 0; round < 20; round += 1) {
    await expect(
      sql.begin(async (transaction) => {
        await transaction`insert into kept values ('lost in a statement')`;
        await transaction`select pg_terminate_backend(pg_backend_pid())`;
      }),
    ).rejects.toThrow();
    expect(await sql`select 1 one`).toEqual([{ one: 1 }]);
  }
  expect(await database.sql`select from kept where what = 'lost in a statement'`).toHaveLength(0);
});

test("a transaction whose connection is lost between statements does not go on outside of it", async () => {
  await using sql = oneConnection();
  const late: unknown[] = [];
  const outcome = sql.begin(async (transaction) => {
    await transaction`insert into kept values ('before')`;
    await end(await backend(transaction));
    // Someone else has the connection opened again before the transaction goes on.
    await eventually(async () => expect(await sql`select 1 one`).toEqual([{ one: 1 }]));
    for (let again = 0; again < 2; again += 1)
      await transaction`insert into kept values ('after')`.catch((error) => late.push(error));
  });
  await expect(outcome).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await eventually(async () => expect(late).toHaveLength(2));
  expect(late).toEqual([
    expect.objectContaining({ code: "CONNECTION_CLOSED" }),
    expect.objectContaining({ code: "CONNECTION_CLOSED" }),
  ]);
  expect(await sql`select what from kept where what in ('before', 'after')`).toHaveLength(0);
});

test("a connection that was kept for one fails once it is lost, and its place can be used again", async () => {
  await using sql = oneConnection();
  const kept = await sql.reserve();
  await end(await backend(kept));
  // Where the statement was written before we heard of the end, its answer is the reset.
  await expect(kept`select 1`).rejects.toMatchObject({
    code: expect.stringMatching(/^(CONNECTION_CLOSED|ECONNRESET|EPIPE)$/),
  });
  expect(await sql`select 1 one`).toEqual([{ one: 1 }]);
  await expect(kept`select 2`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  kept.release();
  expect(await sql`select 1 one`).toEqual([{ one: 1 }]);
});
