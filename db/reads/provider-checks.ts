// What the checks ask about providers: who has a stored secret, who has a health check, and who is stuck.
import type { Sql } from "#db/client.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { adapterSchemes } from "#lib/core/adapter-names.ts";
import { type CodeNamed, type ProviderSeen, workerSilentMs } from "#lib/core/checks.ts";

export const readSealed = (sql: Sql): Promise<{ slug: string; sealedAuth: string }[]> => sql`
  select slug, sealed_auth from redrive.providers where sealed_auth is not null order by slug`;

/** Of those that are not switched off. */
export async function readHealthChecks(sql: Sql): Promise<{ slug: string; policy: ProviderPolicy }[]> {
  const rows = await sql<{ slug: string; policy: unknown }[]>`
    select providers.slug, providers.policy
    from redrive.providers
    join redrive.provider_state as state on state.provider = providers.slug
    where not state.disabled and jsonb_typeof(providers.policy -> 'health') = 'object'
    order by providers.slug`;
  return rows.map(({ slug, policy }) => ({ slug, policy: ProviderPolicy.parse(policy) }));
}

/** What policies name of the application's code, but for the adapters that Redrive brings along. */
export const readCodeNamed = (sql: Sql): Promise<CodeNamed[]> => sql<CodeNamed[]>`
  select slug as provider, kind, name
  from redrive.providers
  cross join lateral (
    select 'adapters' as kind, policy ->> 'adapter' as name
    where policy ->> 'adapter' <> all (${Object.keys(adapterSchemes)})
    union all
    select 'handlers', substr(policy ->> 'url', length('handler:') + 1) where policy ->> 'url' like 'handler:%'
    union all
    select 'schedules', schedule ->> 'run' from jsonb_array_elements(policy -> 'schedules') as schedule
  ) as named
  order by slug, kind, name`;

/** What each worker that lives has of it. */
export async function readCodeOffered(sql: Sql): Promise<Record<string, string[]>[]> {
  const rows = await sql<{ offers: Record<string, string[]> }[]>`
    select offers from redrive.workers
    where seen_at > clock_timestamp() - ${workerSilentMs} * interval '1 millisecond'`;
  return rows.map(({ offers }) => offers);
}

export async function readProvidersSeen(sql: Sql): Promise<ProviderSeen[]> {
  const rows = await sql<
    {
      provider: string;
      hold: string | null;
      breaker: string;
      breakerReason: string | null;
      sinceMs: number | null;
      oldestDueMs: number | null;
      hasOwner: boolean;
    }[]
  >`
    select
      state.provider,
      redrive.hold_of(state.*) as hold,
      state.breaker,
      state.breaker_reason,
      extract(epoch from now() - state.breaker_since)::float8 * 1000 as since_ms,
      extract(epoch from now() - oldest.due_at)::float8 * 1000 as oldest_due_ms,
      coalesce(state.lease_until > now(), false) as has_owner
    from redrive.provider_state as state
    left join lateral (
      -- By lane, for the index is ordered by priority first: one probe each, however long the queue.
      select min(first.due_at) as due_at
      from redrive.due_lanes(state.provider) as lane,
        lateral (
          select queue.due_at
          from redrive.queue
          where queue.provider = state.provider and queue.priority = lane.priority and queue.due_at <= now()
          order by queue.due_at
          limit 1
        ) as first
    ) as oldest on true
    where not state.disabled
    order by state.provider`;
  return rows.map(({ breaker, breakerReason, sinceMs, ...row }) => ({
    ...row,
    breaker: { state: breaker, reason: breakerReason, sinceMs },
  }));
}
