// The canaries that the clock may start: switched on, as is their provider, and none of theirs under way.
import type { Sql } from "#db/client.ts";
import { byClock } from "#db/reads/schedules.ts";

export type DueCanary = {
  slug: string;
  cron: string;
  timeZone: string;
  /** Its last time by the clock, or when it was last changed: what was due until then is over. */
  sinceMs: number;
  /** The database's clock: a worker's own may be wrong. */
  nowMs: number;
};

export async function readDueCanaries(sql: Sql): Promise<DueCanary[]> {
  return await sql<DueCanary[]>`
    select
      canary.slug, canary.cron, canary.time_zone,
      extract(epoch from greatest(canary.updated_at, last.due_at))::float8 * 1000 as since_ms,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from redrive.canaries as canary
    join redrive.providers on providers.slug = canary.provider
    join redrive.provider_state as state on state.provider = canary.provider
    left join lateral (
      select due_at
      from redrive.canary_runs as run
      where run.canary = canary.slug and run.started_by = ${byClock}
      order by due_at desc
      limit 1
    ) as last on true
    where canary.enabled
      and not state.disabled
      -- Of a provider that nothing is sent to there is nothing to prove.
      and not coalesce((providers.policy -> 'flags' ->> 'shadow')::boolean, false)
      and not exists (select from redrive.canary_runs as run where run.canary = canary.slug and run.ended_at is null)`;
}
