// Providers that have something to do and nobody who does it: due records, a health check that is due, an operator's
// wish, or the journal of an owner that died. A lost wake-up costs the time between two of these looks, never a record.
import type { Sql } from "#db/client.ts";

export type IdleProvider = {
  provider: string;
  /** A record came after its last run had sent all that it may: reason enough for the next. */
  inserted: boolean;
};

export async function readIdleProviders(sql: Sql): Promise<IdleProvider[]> {
  return await sql<IdleProvider[]>`
    select state.provider, fresh.inserted
    from redrive.provider_state as state
    join redrive.providers on providers.slug = state.provider
    cross join lateral (
      -- What came while the run's last requests were out found an owner, and woke nobody.
      select state.insert_wakes and exists (
        select
        from redrive.due_lanes(state.provider) as lane
        join redrive.queue on queue.provider = state.provider and queue.priority = lane.priority
        where queue.due_at > to_timestamp((state.gate -> 'run' ->> 'endedAtMs')::float8 / 1000)
          and queue.due_at <= now()
          and queue.tries = 0
          -- Inserted then, not only due since: what waited behind another of its ordering key is no insert.
          and redrive.uuid_v7_time(queue.record_id) > to_timestamp((state.gate -> 'run' ->> 'endedAtMs')::float8 / 1000)
      ) as inserted
    ) as fresh
    where (state.lease_until is null or state.lease_until < now())
      and not state.disabled
      and state.paused_at is null
      and (
        -- Whoever left a policy that can't be used left the journal as it was found: that rests as well.
        (state.in_flight <> '{}' and not (state.gate_hold is not distinct from 'unhealthy' and coalesce(state.gate_until > now(), false)))
        or (state.breaker = 'open' and state.next_health_at <= now() and redrive.hold_of(state.*) = 'breaker_open')
        or (
          (state.breaker <> 'open' or state.next_probe_at <= now() or state.probe_requested_by is not null)
          and (state.rests_until is null or state.rests_until <= now() or fresh.inserted)
          and (
            exists (select from redrive.due_lanes(state.provider) where is_due)
            -- Failures that come back by themselves wait in no queue yet.
            or (
              state.breaker = 'closed'
              and coalesce((providers.policy ->> 'autoRedrive')::boolean, true)
              and (state.gate -> 'recovery' ->> 'nextAtMs')::float8 <= extract(epoch from now()) * 1000
            )
          )
        )
      )`;
}
