// What the hourly upkeep throws away, and what it must leave.
import { afterAll, beforeAll, expect, test } from "vitest";
import { upkeep } from "#db/writes/upkeep.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
});
afterAll(() => base[Symbol.asyncDispose]());

test("a token goes a day after everything of it is over, and stays while somebody fetches it", async () => {
  await base.sql`
    insert into redrive.tokens (credential, sealed, expires_at, failed_until, fetching_by, fetching_until)
    values
      ('in use', 'v1.x', now() + interval '1 hour', null, null, null),
      ('over for an hour', 'v1.x', now() - interval '1 hour', null, null, null),
      ('over for days, being fetched', 'v1.x', now() - interval '2 days', null, 'w', now() + interval '10 seconds'),
      ('over for days, failed lately', 'v1.x', now() - interval '2 days', now() - interval '1 hour', null, null),
      ('over for days', 'v1.x', now() - interval '2 days', null, null, null),
      ('never had', null, null, now() - interval '2 days', null, null),
      ('dropped', null, null, null, null, null)`;
  await upkeep(base.sql);
  const left = await base.sql<
    { credential: string }[]
  >`select credential from redrive.tokens order by credential`;
  expect(left.map(({ credential }) => credential)).toEqual([
    "in use",
    "over for an hour",
    "over for days, being fetched",
    "over for days, failed lately",
  ]);
});
