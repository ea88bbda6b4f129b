// Canaries by the clock: ends those that were not delivered in time, and starts those that are due, each time once over all
// workers. What was due while no worker lived is not made up for: it would tell of the past.
import type { Sql } from "#db/client.ts";
import { type DueCanary, readDueCanaries } from "#db/reads/due-canaries.ts";
import { endLateCanaries } from "#db/writes/end-late-canaries.ts";
import { startCanary } from "#db/writes/start-canary.ts";
import { latestRunMs } from "#lib/core/cron.ts";

/** A time that is longer past is missed, ms. */
const missedAfterMs = 60_000;

/** @param nowMs left out, the database's clock. */
export async function runCanaries(sql: Sql, nowMs?: number): Promise<void> {
  // First: one that is under way keeps the next of its kind from starting.
  await endLateCanaries(sql);
  const faults: unknown[] = [];
  for (const canary of await readDueCanaries(sql)) {
    // One that can't be started is no other's trouble.
    await startIfDue(sql, canary, Math.floor(nowMs ?? canary.nowMs)).catch((error) => faults.push(error));
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} canaries could not be started`);
}

async function startIfDue(
  sql: Sql,
  { slug, cron, timeZone, sinceMs }: DueCanary,
  nowMs: number,
): Promise<void> {
  const dueAtMs = latestRunMs(cron, timeZone, nowMs, missedAfterMs);
  if (dueAtMs === null || dueAtMs <= sinceMs) return;
  await startCanary(sql, { slug, dueAt: new Date(dueAtMs).toISOString() });
}
