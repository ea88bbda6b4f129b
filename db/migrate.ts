// Brings a database to this code's state: tables by drizzle, the job tables by graphile-worker, then functions, roles
// and partitions, which are made anew each time. An advisory lock lets any number of processes start at once.
import { readdir, readFile } from "node:fs/promises";
import postgres from "postgres";
import journal from "#db/migrations/meta/_journal.json" with { type: "json" };
import { makePartitions } from "#db/partitions.ts";
import { toldTask } from "#lib/core/desk.ts";

const here = (path: string) => new URL(path, import.meta.url);

/** The database was migrated by a later version of this code, or is too old to serve it. */
export class WrongDatabase extends Error {
  override name = "WrongDatabase";
}

/** `warn` is told what the server warns of, such as a role that this user may not create. */
type Options = { warn?: (text: string) => void };

/**
 * Migrates the database at `url`.
 *
 * @throws WrongDatabase when it is newer than this code, or older than PostgreSQL 15.
 */
export async function migrate(url: string, { warn = () => {} }: Options = {}): Promise<void> {
  const { drizzle, runDrizzle, migrateGraphileWorker } = await loadMigrators();
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: ({ severity, message }) => {
      if (severity === "WARNING" && message) warn(message);
    },
    connection: { application_name: "redrive migrate" },
  });
  try {
    // Session-level: it spans the transactions of drizzle, graphile-worker and ourselves, and ends with the session.
    await sql`select pg_advisory_lock(hashtext('redrive.migrate'))`;
    await refuseWrongDatabase(sql);
    await runDrizzle(drizzle(sql), {
      migrationsFolder: here("./migrations").pathname,
      migrationsSchema: "redrive",
      migrationsTable: "migrations",
    });
    await migrateGraphileWorker({ connectionString: url });
    await nameTasks(sql);
    await applyFolder(sql, here("./functions/"));
    await applyFolder(sql, here("./roles/"));
    await makePartitions(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Loaded only to migrate: who just asks whether the database is migrated starts half a second sooner. */
async function loadMigrators() {
  const [{ drizzle }, { migrate: runDrizzle }, { runMigrations: migrateGraphileWorker }] = await Promise.all([
    import("drizzle-orm/postgres-js"),
    import("drizzle-orm/postgres-js/migrator"),
    import("graphile-worker"),
  ]);
  return { drizzle, runDrizzle, migrateGraphileWorker };
}

async function refuseWrongDatabase(sql: postgres.Sql): Promise<void> {
  const [server] = await sql<{ number: number; version: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version`;
  if (server && server.number < 150_000) {
    throw new WrongDatabase(`PostgreSQL ${server.version} is too old: Redrive needs 15 or newer.`);
  }
  const newest = await newestMigration(sql);
  if (newest !== null && newest > (journal.entries.at(-1)?.when ?? 0)) {
    throw new WrongDatabase(
      "The database is newer than this code: a later version of Redrive migrated it. Start that version, or restore a backup from before.",
    );
  }
}

/** When the newest applied migration was made, ms; null when none was applied. */
async function newestMigration(sql: postgres.Sql): Promise<number | null> {
  const [table] = await sql<{ present: boolean }[]>`
    select to_regclass('redrive.migrations') is not null as present`;
  if (!table?.present) return null;
  const [row] = await sql<
    { newest: string | null }[]
  >`select max(created_at)::text as newest from redrive.migrations`;
  return row?.newest == null ? null : Number(row.newest);
}

/** Whether every migration of this code is applied, by a read alone. */
export async function isMigrated(sql: postgres.Sql): Promise<boolean> {
  return (await newestMigration(sql)) === (journal.entries.at(-1)?.when ?? null);
}

/** Tasks that SQL adds jobs for. */
const tasksOfSql = ["drain", "ingest", toldTask];

/**
 * The first job of a task writes the task's name into a table with a unique index, and every other transaction that adds
 * one then waits for the first to commit. So the names are written now, by adding a job and taking it back.
 */
async function nameTasks(sql: postgres.Sql): Promise<void> {
  for (const task of tasksOfSql) {
    const key = `redrive.names.${task}`;
    await sql`select graphile_worker.add_job(${task}, run_at => 'infinity', job_key => ${key})`;
    await sql`select graphile_worker.remove_job(${key})`;
  }
}

async function applyFolder(sql: postgres.Sql, folder: URL): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  await sql.begin(async (transaction) => {
    for (const file of files) await transaction.unsafe(await readFile(new URL(file, folder), "utf8"));
  });
}

/**
 * For those who work in a database that others migrate.
 *
 * @throws WrongDatabase when the database at `url` is not at this code's state, with what to do about it.
 */
export async function refuseUnmigrated(url: string): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: "redrive check" },
  });
  try {
    await refuseWrongDatabase(sql);
    if (await isMigrated(sql)) return;
    throw new WrongDatabase("The database is not migrated: run npm run migrate first.");
  } finally {
    await sql.end({ timeout: 5 });
  }
}
