// The schedules of providers that are switched on, and when each last began.
import type { Sql } from "#db/client.ts";

export type ScheduleRow = {
  provider: string;
  timeZone: string;
  name: string;
  cron: string;
  /** Null when it never was looked at. */
  lastAtMs: number | null;
};

export async function readSchedules(sql: Sql): Promise<ScheduleRow[]> {
  return await sql<ScheduleRow[]>`
    select
      providers.slug as provider,
      coalesce(providers.policy -> 'windows' ->> 'timeZone', 'UTC') as time_zone,
      schedule ->> 'name' as name,
      schedule ->> 'cron' as cron,
      extract(epoch from last.due_at)::float8 * 1000 as last_at_ms
    from redrive.providers
    join redrive.provider_state as state on state.provider = providers.slug
    cross join lateral jsonb_array_elements(coalesce(providers.policy -> 'schedules', '[]')) as schedule
    left join lateral (
      select due_at
      from redrive.schedule_runs
      where schedule_runs.provider = providers.slug and schedule_runs.schedule = schedule ->> 'name'
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
    select schedule ->> 'run' as run, coalesce(policy -> 'windows' ->> 'timeZone', 'UTC') as time_zone
    from redrive.providers
    cross join lateral jsonb_array_elements(coalesce(policy -> 'schedules', '[]')) as schedule
    where slug = ${provider} and schedule ->> 'name' = ${name}`;
  return row ?? null;
}
