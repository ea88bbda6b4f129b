// The schedules of providers that are switched on, and when each last began by the clock.
import type { Sql } from "#db/client.ts";

/** Who starts what the clock says is due. */
export const byClock = "Redrive";
/** Who notes that a schedule begins: no run, but what is due later is. */
export const byNote = "Redrive, beginning";

export type ScheduleRow = {
  provider: string;
  timeZone: string;
  name: string;
  cron: string;
  /** Null when it never was looked at. */
  lastAtMs: number | null;
  /** How it was then: cron and zone. */
  lastForm: string | null;
  /** The database's clock: a worker's own may be wrong. */
  nowMs: number;
};

export async function readSchedules(sql: Sql): Promise<ScheduleRow[]> {
  return await sql<ScheduleRow[]>`
    select
      providers.slug as provider,
      coalesce(providers.policy -> 'windows' ->> 'timeZone', 'UTC') as time_zone,
      entry ->> 'name' as name,
      entry ->> 'cron' as cron,
      extract(epoch from last.due_at)::float8 * 1000 as last_at_ms,
      last.form as last_form,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from redrive.providers
    join redrive.provider_state as state on state.provider = providers.slug
    cross join lateral jsonb_array_elements(coalesce(providers.policy -> 'schedules', '[]')) as listed(entry)
    left join lateral (
      select due_at, form
      from redrive.schedule_runs
      where schedule_runs.provider = providers.slug and schedule_runs.schedule = entry ->> 'name'
        -- One that a person started between two is beside them, not instead of one.
        and started_by in (${byClock}, ${byNote})
      order by due_at desc
      limit 1
    ) as last on true
    where not state.disabled`;
}

/** What a job needs to run a schedule; null when the provider or its schedule is gone. */
export async function readSchedule(
  sql: Sql,
  provider: string,
  name: string,
): Promise<{ run: string; timeZone: string } | null> {
  const [row] = await sql<{ run: string; timeZone: string }[]>`
    select entry ->> 'run' as run, coalesce(policy -> 'windows' ->> 'timeZone', 'UTC') as time_zone
    from redrive.providers
    cross join lateral jsonb_array_elements(coalesce(policy -> 'schedules', '[]')) as listed(entry)
    where slug = ${provider} and entry ->> 'name' = ${name}`;
  return row ?? null;
}
