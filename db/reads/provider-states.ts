// How providers stand now: the hot row, and counts of what waits, that stop at countCap.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { byNote } from "#db/reads/schedules.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { redrivePriority } from "#db/writes/redrive-failures.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import type { ProviderState } from "#lib/contract/provider.ts";
import { countCap } from "#lib/core/count-cap.ts";
import { nextRunMs } from "#lib/core/cron.ts";
import { calendarAt, type GateMemory, gate, newGateMemory, usedToday } from "#lib/core/gate.ts";
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
  hold_until: string | null;
  gate_reason: string | null;
  gate: GateMemory | null;
  redriving: number;
  runs: Record<string, string> | null;
  now_ms: number;
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
      redrive.hold_of(state.*) as hold, redrive.hold_until_of(state.*)::text as hold_until, state.gate_reason, state.gate,
      extract(epoch from now())::float8 * 1000 as now_ms,
      (select count(*)::int from redrive.queue where provider = providers.slug and priority = ${redrivePriority}) as redriving,
      (
        select jsonb_object_agg(schedule, due_at)
        from (select schedule, max(due_at) as due_at from redrive.schedule_runs
          where schedule_runs.provider = providers.slug and started_by <> ${byNote} group by schedule) as latest
      ) as runs,
      state.paused_until::text, state.paused_by, state.pause_reason,
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
    -- Canaries are no business: they are looked over wherever something is counted.
    cross join lateral (select redrive.canary_records(providers.slug) as ids) as canary
    cross join lateral (
      select count(*) filter (where tries = 0)::int as fresh, count(*) filter (where tries > 0)::int as tried
      from (
        select tries from redrive.queue where queue.provider = providers.slug and queue.record_id <> all (canary.ids)
        limit ${countCap + 1}
      ) as counted
    ) as queued
    cross join lateral (
      -- The head of each priority's lane, found by stepping from one priority to the next in the index.
      with recursive head as (
        (select priority, due_at from redrive.queue
          where queue.provider = providers.slug and queue.record_id <> all (canary.ids)
          order by priority, due_at, record_id
          limit 1)
        union all
        select next.priority, next.due_at
        from head
        cross join lateral (
          select queue.priority, queue.due_at from redrive.queue
          where queue.provider = providers.slug and queue.priority > head.priority
            and queue.record_id <> all (canary.ids)
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
      where state.lease_until > now() and flying.id <> all (canary.ids)
    ) as in_flight
    where ${which}
    order by providers.policy ->> 'name', providers.slug`);
  return rows.map((row) => {
    // Parsed anew: a policy stored before a setting existed reads with that setting's default.
    const policy = ProviderPolicy.parse(row.policy);
    return {
      slug: row.slug,
      policy,
      version: row.version,
      updatedAt: iso(row.updated_at),
      updatedBy: row.updated_by,
      state: stateOf(row, policy),
    };
  });
}

function stateOf(row: Row, policy: ProviderPolicy): ProviderState {
  const held = heldBy(row, policy);
  const waiting = Math.max(0, row.fresh - row.sending_fresh);
  const retrying = Math.max(0, row.tried - row.sending_tried);
  const isHeld = held.hold !== null;
  const nextProbeAt = row.breaker === "open" ? isoOrNull(row.next_probe_at) : null;
  return {
    breaker: row.breaker,
    breakerReason: row.breaker === "closed" ? null : row.breaker_reason,
    breakerSince: isoOrNull(row.breaker_since),
    nextProbeAt,
    batchSize: row.batch_size,
    ...held,
    pausedBy: row.paused_by,
    pauseReason: row.pause_reason,
    health: healthOf(row, policy),
    quota: quotaOf(row, policy),
    redriving: row.redriving,
    schedules: policy.schedules.map(({ name, cron }) => {
      const nextMs = nextRunMs(cron, policy.windows.timeZone, row.now_ms);
      const last = row.runs?.[name];
      return {
        name,
        nextAt: nextMs === null ? null : new Date(nextMs).toISOString(),
        lastAt: last === undefined ? null : new Date(last).toISOString(),
      };
    }),
    waiting: isHeld ? 0 : capped(waiting),
    retrying: isHeld ? 0 : capped(retrying),
    sending: row.sending_fresh + row.sending_tried,
    held: isHeld ? capped(waiting + retrying) : 0,
    failed: row.failed,
    oldestDueAt: isoOrNull(row.oldest_due_at),
    owner: row.owner,
  };
}

type Held = Pick<ProviderState, "hold" | "holdUntil" | "holdReason">;

/**
 * What holds a provider. Where nobody has had a reason to look, since nothing waits, the calendar is asked here: a window
 * shuts whether or not somebody comes to it.
 */
function heldBy(row: Row, policy: ProviderPolicy): Held {
  const fromGate = row.hold === "outside_window" || row.hold === "quota_spent" || row.hold === "unhealthy";
  const held = {
    hold: row.hold,
    holdUntil: isoOrNull(row.hold_until),
    holdReason: fromGate ? row.gate_reason : null,
  };
  if (row.hold !== null && row.hold !== "breaker_open") return held;
  const { hold, untilMs, reason } = gate(
    policy,
    { ...newGateMemory, ...row.gate },
    {
      nowMs: row.now_ms,
      calendar: calendarAt(policy, row.now_ms),
      // Neither breaker nor health check: those only an owner asks.
      breaker: "open",
      pausedUntilMs: null,
    },
  );
  if (hold !== "outside_window" || untilMs === null) return held;
  return { hold, holdUntil: new Date(untilMs).toISOString(), holdReason: reason };
}

function healthOf({ gate: memory }: Row, { health }: ProviderPolicy): ProviderState["health"] {
  if (health === null || !memory?.health) return null;
  const { green, checkedAtMs, detail, lying } = memory.health;
  return { green, checkedAt: new Date(checkedAtMs).toISOString(), detail, lying };
}

function quotaOf({ gate: memory, now_ms: nowMs }: Row, policy: ProviderPolicy): ProviderState["quota"] {
  const { perDay } = policy.limits;
  if (perDay === null) return null;
  const { day, dayEndsMs } = calendarAt(policy, nowMs);
  const used = usedToday({ ...newGateMemory, ...memory }, day);
  return { perDay, used, resetsAt: new Date(dayEndsMs).toISOString() };
}
