// Starts what is due of the providers' schedules, each time once over all workers, by the clock of the provider's zone. What
// was due while no worker lived is made up for, the latest time only.
import type { Sql } from "#db/client.ts";
import { byClock, readSchedules, type ScheduleRow } from "#db/reads/schedules.ts";
import { noteSchedule, startSchedule } from "#db/writes/start-schedule.ts";
import { latestRunMs } from "#lib/core/cron.ts";

/** What was due longer ago than this is not made up for, ms. */
const makeUpMs = 86_400_000;

/** @param nowMs left out, the database's clock. */
export async function startDueSchedules(sql: Sql, nowMs?: number): Promise<void> {
  const faults: unknown[] = [];
  for (const schedule of await readSchedules(sql)) {
    // One that can't be read is no other's trouble.
    await startIfDue(sql, schedule, nowMs ?? schedule.nowMs).catch((error) => faults.push(error));
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} schedules could not be started`);
}

async function startIfDue(
  sql: Sql,
  { provider, name, timeZone, cron, lastAtMs, lastForm }: ScheduleRow,
  nowMs: number,
): Promise<void> {
  const schedule = { provider, schedule: name, form: `${cron} ${timeZone}` };
  // One that is new, or has changed, begins now, not with what would have been due today.
  if (lastAtMs === null || lastForm !== schedule.form) return noteSchedule(sql, schedule);
  const dueAtMs = latestRunMs(cron, timeZone, Math.floor(nowMs), makeUpMs);
  if (dueAtMs === null || dueAtMs <= lastAtMs) return;
  await startSchedule(sql, { ...schedule, dueAt: new Date(dueAtMs).toISOString(), by: byClock });
}
