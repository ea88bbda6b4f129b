// How providers stand now: the hot row, and counts of what waits, that stop at countCap.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { countCap, type ProviderPolicy, type ProviderState } from "#lib/contract/provider.ts";
import type { BreakerState, Hold, OpenReason } from "#lib/core/status.ts";

export type ProviderRow = {
  slug: string;
  policy: ProviderPolicy;
  version: number;
  updatedAt: string;
  updatedBy: string;
  state: ProviderState;
};

type Row = {
  slug: string;
  policy: ProviderPolicy;
  version: number;
  updated_at: string;
  updated_by: string;
  breaker: BreakerState;
  breaker_reason: OpenReason | null;
  breaker_since: string | null;
  next_probe_at: string | null;
  batch_size: number;
  hold: Hold | null;
  paused_until: string | null;
  paused_by: string | null;
  pause_reason: string | null;
  owner: string | null;
  fresh: number;
  tried: number;
  sending_fresh: number;
  sending_tried: number;
  oldest_due_at: string | null;
  failed: number;
};

const capped = (count: number) => Math.min(count, countCap + 1);

/** All providers by name, or the one named. */
export async function readProviderStates(db: Db, slug: string | null): Promise<ProviderRow[]> {
  const which: SQL = slug === null ? sql`true` : sql`providers.slug = ${slug}`;
  // A walk over at most countCap + 1 queue rows a provider, in any order, tells what waits; the rows in flight are few.
  const rows = await db.execute<Row>(sql`
    select
      providers.slug, providers.policy, providers.version, providers.updated_at::text, providers.updated_by,
      state.breaker, state.breaker_reason, state.breaker_since::text, state.next_probe_at::text, state.batch_size,
      state.hold, state.paused_until::text, state.paused_by, state.pause_reason,
      case when state.lease_until > now() then state.owner end as owner,
      queued.fresh, queued.tried, oldest.due_at::text as oldest_due_at,
      in_flight.fresh as sending_fresh, in_flight.tried as sending_tried,
      (select count(*)::int from (
        select from redrive.failures
        where failures.provider = providers.slug and failures.state = 'open'
        limit ${countCap + 1}
      ) as open) as failed
    from redrive.providers
    join redrive.provider_state as state on state.provider = providers.slug
    cross join lateral (
      select count(*) filter (where tries = 0)::int as fresh, count(*) filter (where tries > 0)::int as tried
      from (
        select tries from redrive.queue where queue.provider = providers.slug
        limit ${countCap + 1}
      ) as counted
    ) as queued
    cross join lateral (
      -- The head of each priority's lane, found by stepping from one priority to the next in the index.
      with recursive head as (
        (select priority, due_at from redrive.queue where queue.provider = providers.slug
          order by priority, due_at, record_id
          limit 1)
        union all
        select next.priority, next.due_at
        from head
        cross join lateral (
          select queue.priority, queue.due_at from redrive.queue
          where queue.provider = providers.slug and queue.priority > head.priority
          order by queue.priority, queue.due_at, queue.record_id
          limit 1
        ) as next
      )
      select min(due_at) filter (where due_at <= now()) as due_at from head
    ) as oldest
    cross join lateral (
      select
        count(*) filter (where queue.tries = 0)::int as fresh,
        count(*) filter (where queue.tries > 0)::int as tried
      from unnest(state.in_flight) as flying(id)
      join redrive.queue on queue.record_id = flying.id
      where state.lease_until > now()
    ) as in_flight
    where ${which}
    order by providers.policy ->> 'name', providers.slug`);
  return rows.map((row) => ({
    slug: row.slug,
    policy: row.policy,
    version: row.version,
    updatedAt: iso(row.updated_at),
    updatedBy: row.updated_by,
    state: stateOf(row),
  }));
}

function stateOf(row: Row): ProviderState {
  const waiting = Math.max(0, row.fresh - row.sending_fresh);
  const retrying = Math.max(0, row.tried - row.sending_tried);
  const isHeld = row.hold !== null;
  const nextProbeAt = row.breaker === "open" ? isoOrNull(row.next_probe_at) : null;
  return {
    breaker: row.breaker,
    breakerReason: row.breaker === "closed" ? null : row.breaker_reason,
    breakerSince: isoOrNull(row.breaker_since),
    nextProbeAt,
    batchSize: row.batch_size,
    hold: row.hold,
    holdUntil:
      row.hold === "paused" ? isoOrNull(row.paused_until) : row.hold === "breaker_open" ? nextProbeAt : null,
    pausedBy: row.paused_by,
    pauseReason: row.pause_reason,
    waiting: isHeld ? 0 : capped(waiting),
    retrying: isHeld ? 0 : capped(retrying),
    sending: row.sending_fresh + row.sending_tried,
    held: isHeld ? capped(waiting + retrying) : 0,
    failed: row.failed,
    oldestDueAt: isoOrNull(row.oldest_due_at),
    owner: row.owner,
  };
}
