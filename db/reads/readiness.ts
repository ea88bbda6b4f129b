// Whether this process's database can serve: its migrations are this code's, and a worker lives.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import journal from "#db/migrations/meta/_journal.json" with { type: "json" };

/** Three missed heartbeats. */
const silentSeconds = 30;

/** Reasons why it is not ready; none when it is. */
export async function readUnreadiness(db: Db): Promise<string[]> {
  const newest = await readNewestMigration(db);
  const expected = journal.entries.at(-1)?.when ?? null;
  if (newest !== expected) {
    return [
      newest !== null && expected !== null && newest > expected
        ? "the database is newer than this code: a later version migrated it"
        : "migrations are missing: run npm run migrate",
    ];
  }
  const [worker] = await db.execute<{ lives: boolean }>(sql`
    select exists (
      select from redrive.workers where seen_at > now() - ${silentSeconds}::int * interval '1 second'
    ) as lives`);
  return worker?.lives
    ? []
    : [`no worker has said that it lives for ${silentSeconds} s: start one with npm run worker`];
}

/** When the newest applied migration was made, ms. Asked here, for db/migrate.ts would bring the job runner along. */
async function readNewestMigration(db: Db): Promise<number | null> {
  const [table] = await db.execute<{ present: boolean }>(
    sql`select to_regclass('redrive.migrations') is not null as present`,
  );
  if (!table?.present) return null;
  const [row] = await db.execute<{ newest: number | null }>(
    sql`select max(created_at)::float8 as newest from redrive.migrations`,
  );
  return row?.newest ?? null;
}
