// What a session of ours starts with, whatever the server's settings say.
import { expect, test } from "vitest";
import { connectSql } from "#db/client.ts";
import { connectDb } from "#db/drizzle.ts";
import { aDatabase } from "#tests/support/database.ts";

test("no statement of ours is compiled, and times are UTC", async () => {
  await using base = await aDatabase();
  const sql = connectSql(base.url, { name: "a writer", max: 1 });
  const { db, close } = connectDb(base.url, { name: "a reader", max: 1 });
  const look = "select current_setting('jit') as jit, current_setting('TimeZone') as zone";
  expect([...(await sql.unsafe(look))]).toEqual([{ jit: "off", zone: "UTC" }]);
  expect([...(await db.execute(look))]).toEqual([{ jit: "off", zone: "UTC" }]);
  await sql.end();
  await close();
});
