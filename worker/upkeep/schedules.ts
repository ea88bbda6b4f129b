// Starts what is due of the providers' schedules, each time once over all workers, by the clock of the provider's zone. What
// was due while no worker lived is made up for, the latest time only.
import type { Sql } from "#db/client.ts";
import { readSchedules } from "#db/reads/schedules.ts";
import { noteSchedule, startSchedule } from "#db/writes/start-schedule.ts";
import { latestRunMs } from "#lib/core/cron.ts";

/** What was due longer ago than this is not made up for, ms. */
const makeUpMs = 86_400_000;

export async function startDueSchedules(sql: Sql, nowMs = Date.now()): Promise<void> {
  for (const { provider, timeZone, name, cron, lastAtMs } of await readSchedules(sql)) {
    // One that is new begins now, not with what would have been due today.
    if (lastAtMs === null) {
      await noteSchedule(sql, { provider, schedule: name });
      continue;
    }
    const dueAtMs = latestRunMs(cron, timeZone, nowMs, makeUpMs);
    if (dueAtMs === null || dueAtMs <= lastAtMs) continue;
    await startSchedule(sql, {
      provider,
      schedule: name,
      dueAt: new Date(dueAtMs).toISOString(),
      by: "Redrive",
    });
  }
}
