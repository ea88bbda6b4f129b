// Runs a schedule's function: the application says which records its day has, and they are stored together when it has
// ended. If it throws, none is, and the run is tried again.
import { readSchedule } from "#db/reads/schedules.ts";
import { endScheduleRun, noteScheduleError } from "#db/writes/enqueue-records.ts";
import { localDay } from "#lib/core/zoned.ts";
import type { ScheduledRecord } from "#worker/application.ts";
import type { Deps } from "#worker/deps.ts";

type Run = { provider: string; schedule: string; dueAt: string };

type Given = Pick<Deps, "sql" | "application" | "log" | "hints">;

export async function ingest(
  { sql, application, log, hints }: Given,
  run: Run,
  signal: AbortSignal,
): Promise<void> {
  const { provider, schedule, dueAt } = run;
  const found = await readSchedule(sql, provider, schedule);
  if (!found) return log.warn(run, "a schedule is gone since it was started");
  const records: ScheduledRecord[] = [];
  try {
    const ingestDay = registered(application.schedules, found.run);
    await ingestDay({
      provider,
      scheduledAt: dueAt,
      day: localDay(Date.parse(dueAt), found.timeZone),
      enqueue: (more) => {
        for (const record of more) records.push(record);
      },
      signal,
      log: log.child({ provider, schedule }),
    });
    const enqueued = await endScheduleRun(sql, run, records);
    log.info({ ...run, enqueued }, "a schedule ran");
  } catch (error) {
    await noteScheduleError(sql, run, error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    hints.changed({ topic: "provider", provider });
  }
}

function registered<T>(functions: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(functions).join(", ") || "none";
  throw new Error(
    `no schedule function is registered as "${name}"; registered: ${known}. REDRIVE_APPLICATION names the module`,
  );
}
