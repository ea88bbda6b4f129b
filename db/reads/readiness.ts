// What readiness is made of: how far the database is migrated, and which workers live.
import type { Sql } from "#db/client.ts";
import { readDatabaseState, readWorkers } from "#db/reads/database-state.ts";
import { checkMigrations } from "#lib/core/checks.ts";
import { type Readiness, readinessOf } from "#lib/core/readiness.ts";

export async function readReadiness(sql: Sql): Promise<Readiness> {
  const startedMs = performance.now();
  const state = await readDatabaseState(sql);
  const tookMs = Math.round(performance.now() - startedMs);
  const isOurs = checkMigrations(state.migration).level === "ok";
  return readinessOf({ state, tookMs, workers: isOurs ? await readWorkers(sql) : null });
}
