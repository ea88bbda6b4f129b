// What version a database has, and how far it is migrated. Written so that it can be asked of any database, even an empty
// one.
import type { Sql } from "#db/client.ts";
import journal from "#db/migrations/meta/_journal.json" with { type: "json" };
import type { ClockSample, DatabaseState, WorkerSeen } from "#lib/core/checks.ts";

/** The newest migration of the job runner that we have installed; its own list takes half a second to load. */
export const jobsRevision = 20;

export async function readDatabaseState(sql: Sql): Promise<DatabaseState> {
  const [found] = await sql<
    {
      number: number;
      words: string;
      hasMigrations: boolean;
      hasJobs: boolean;
      missing: string[];
      tomorrow: string;
    }[]
  >`
    select
      current_setting('server_version_num')::int as number,
      split_part(current_setting('server_version'), ' ', 1) as words,
      to_regclass('redrive.migrations') is not null as has_migrations,
      to_regclass('graphile_worker.migrations') is not null as has_jobs,
      array(
        select part
        from unnest(array['outbox', 'events']) as parent, unnest(array[0, 1]) as ahead,
          lateral (
            select parent || '_' || to_char((now() at time zone 'UTC')::date + ahead, 'YYYYMMDD') as part
          ) as named
        where to_regclass('redrive.' || part) is null
        order by part
      ) as missing,
      to_char((now() at time zone 'UTC')::date + 1, 'YYYYMMDD') as tomorrow`;
  if (!found) throw new Error("the database said nothing");
  const { number, words, hasMigrations, hasJobs, missing, tomorrow } = found;
  return {
    version: { number, words },
    migration: { newest: hasMigrations ? await newestMigration(sql) : null, expected: expectedMigration },
    jobs: {
      ...(hasJobs ? await newestJobs(sql) : { newest: null, newestBreaking: null }),
      expected: jobsRevision,
    },
    missing: {
      today: missing.filter((part) => !part.endsWith(tomorrow)),
      tomorrow: missing.filter((part) => part.endsWith(tomorrow)),
    },
  };
}

const expectedMigration = journal.entries.at(-1)?.when ?? 0;

async function newestMigration(sql: Sql): Promise<number | null> {
  const [row] = await sql<{ newest: number | null }[]>`
    select max(created_at)::float8 as newest from redrive.migrations`;
  return row?.newest ?? null;
}

async function newestJobs(sql: Sql): Promise<{ newest: number | null; newestBreaking: number | null }> {
  const [row] = await sql<{ newest: number | null; newestBreaking: number | null }[]>`
    select max(id) as newest, max(id) filter (where breaking) as newest_breaking from graphile_worker.migrations`;
  return row ?? { newest: null, newestBreaking: null };
}

/** @param wallMs this host's clock, ms since 1970. */
export async function readClock(sql: Sql, wallMs: () => number): Promise<ClockSample> {
  const sentMs = wallMs();
  const [row] = await sql<
    { said: number }[]
  >`select extract(epoch from clock_timestamp())::float8 * 1000 as said`;
  return { sentMs, saidMs: row?.said ?? sentMs, receivedMs: wallMs() };
}

export const readWorkers = (sql: Sql): Promise<WorkerSeen[]> => sql<WorkerSeen[]>`
  select id, extract(epoch from clock_timestamp() - seen_at)::float8 * 1000 as silent_ms
  from redrive.workers
  order by seen_at desc`;
