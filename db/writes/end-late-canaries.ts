// Ends the canaries that were not delivered in time, and takes their records off the queue: none piles up behind a provider
// that is held, and each tells that the pipe does not flow.
import type { Sql, TransactionSql } from "#db/client.ts";
import { hint } from "#db/writes/hint.ts";
import type { Hold } from "#lib/core/status.ts";

type Late = { recordId: string; provider: string; hold: Hold | null; seconds: number };

/** So many at once; the others come with the next turn. */
const most = 100;

/** @returns how many were ended. */
export async function endLateCanaries(sql: Sql): Promise<number> {
  const late = await sql<Late[]>`
    select
      run.record_id, canary.provider, redrive.hold_of(state.*) as hold,
      floor(extract(epoch from clock_timestamp() - run.started_at))::int as seconds
    from redrive.canary_runs as run
    join redrive.canaries as canary on canary.slug = run.canary
    join redrive.provider_state as state on state.provider = canary.provider
    where run.ended_at is null
      and run.started_at < clock_timestamp() - greatest(60000, 3 * canary.limit_ms::bigint) * interval '1 millisecond'
    order by run.started_at
    limit ${most}`;
  for (const each of late) await sql.begin((sql) => endLate(sql, each));
  return late.length;
}

async function endLate(sql: TransactionSql, { recordId, provider, hold, seconds }: Late): Promise<void> {
  const error = `It was not delivered in time: after ${seconds} s ${reasons[hold ?? "none"]}.`;
  // The queue first, as whoever settles it does.
  await sql`
    with gone as (
      delete from redrive.queue where record_id = ${recordId} returning record_id
    )
    insert into redrive.events (record_id, at, kind, detail)
    select record_id, clock_timestamp(), 'discarded', jsonb_build_object('error', ${error}::text)
    from gone`;
  await sql`select redrive.end_canary_run(${recordId}, ${error})`;
  await hint(sql, { topic: "provider", provider });
}

const reasons: Record<Hold | "none", string> = {
  disabled: "the provider was switched off",
  paused: "the provider was paused",
  outside_window: "the provider was outside its hours",
  quota_spent: "the provider's quota was spent, or it asked to wait",
  breaker_open: "the provider's breaker was open",
  unhealthy: "the provider's health check was red",
  none: "it was still waiting, or on its way",
};
