// Providers that have something to do and nobody who does it: due records, a health check that is due, an operator's
// wish, or the journal of an owner that died. A lost wake-up costs the time between two of these looks, never a record.
import type { Sql } from "#db/client.ts";

export async function readIdleProviders(sql: Sql): Promise<string[]> {
  const rows = await sql<{ provider: string }[]>`
    select state.provider
    from redrive.provider_state as state
    where (state.lease_until is null or state.lease_until < now())
      and not state.disabled
      and state.paused_at is null
      and (
        state.in_flight <> '{}'
        or (state.breaker = 'open' and state.next_health_at <= now() and redrive.hold_of(state.*) = 'breaker_open')
        or (
          (state.breaker <> 'open' or state.next_probe_at <= now() or state.probe_requested_by is not null)
          and (state.rests_until is null or state.rests_until <= now())
          and (
            exists (select from redrive.due_lanes(state.provider) where is_due)
            -- Failures that come back by themselves wait in no queue yet.
            or (
              state.breaker = 'closed'
              and (state.gate -> 'recovery' ->> 'nextAtMs')::float8 <= extract(epoch from now()) * 1000
            )
          )
        )
      )`;
  return rows.map(({ provider }) => provider);
}
