// Writes down what happened to a group of records, in one statement and so in one transaction: renews the lease, checks
// the epoch (a zombie owner's write changes nothing), notes the journal, deletes delivered queue rows, re-queues retries,
// moves failures, appends the timeline, adds up the rollup, keeps the control state with its changes, and adds the
// continuations.
import type { Sql } from "#db/client.ts";
import { leaseMs } from "#db/writes/take-lease.ts";
import type { Change } from "#lib/core/control.ts";
import { latencyBucket, latencyBuckets } from "#lib/core/latency-histogram.ts";
import { type Outcome, outcomes } from "#lib/core/outcome.ts";
import type {
  BreakerState,
  EventKind,
  FailureCategory,
  GateHold,
  OpenReason,
  Team,
} from "#lib/core/status.ts";

/** One attempt's result. */
export type Settled = {
  id: string;
  kind: EventKind;
  outcome: Outcome;
  /** Whether the provider was called: only that counts in the figures. */
  called: boolean;
  attempts: number;
  tries: number;
  atMs: number;
  durationMs: number;
  status: number | null;
  detail: Record<string, unknown> | null;
  /** For a retry: from now, ms. */
  dueInMs: number | null;
  failure: { category: FailureCategory; team: Team; fingerprint: string; message: string } | null;
  continuation: { task: string; payload: unknown } | null;
  /** The record's keys; null where it has none. */
  orderingKey: string | null;
  dedupeKey: string | null;
  /** Of a canary's record: what was wrong, null when nothing was. It is in none of the figures. */
  canary?: { fault: string | null };
};

/** What screens and triggers read of the control state. */
export type ControlColumns = {
  control: unknown;
  batchSize: number;
  breaker: BreakerState;
  breakerReason: OpenReason | null;
  breakerSinceMs: number | null;
  nextProbeAtMs: number | null;
  nextHealthAtMs: number | null;
};

/** What the gate says and remembers. */
export type GateColumns = {
  gate: unknown;
  gateHold: GateHold | null;
  gateUntilMs: number | null;
  gateReason: string | null;
  insertWakes: boolean;
};

export type Settlement = {
  provider: string;
  owner: string;
  epoch: number;
  settled: Settled[];
  /** Ids that may be on their way once this is written. */
  journal: string[];
  /** How long the last of them may take, ms. */
  deadlineMs: number;
  /** The operator's wish for a probe was fulfilled. */
  probeTaken: boolean;
  columns: ControlColumns & GateColumns;
  changes: (Change & { atMs: number })[];
};

/** What an operator may have changed meanwhile. */
export type AfterSettle = {
  paused: boolean;
  version: number;
  probeRequestedBy: string | null;
  /** Queue rows that were there to delete or re-queue. */
  found: number;
  /** Records that became due, since the one before them of their key is settled. */
  unparked: number;
};

/** @returns null when the lease is lost: nothing was written. */
export async function settle(sql: Sql, settlement: Settlement): Promise<AfterSettle | null> {
  const { provider, owner, epoch, settled, journal, deadlineMs, probeTaken, columns, changes } = settlement;
  const failed = settled.filter((one) => one.failure !== null);
  const continued = settled.filter((one) => one.continuation !== null);
  // What is over and did not fail lets the next of its key go; what the provider has not taken gives its dedupe key back.
  const passed = settled.filter((one) => isOver(one) && one.orderingKey !== null && one.failure === null);
  const freed = settled.filter(
    (one) =>
      one.dedupeKey !== null &&
      one.outcome !== "ambiguous" &&
      (one.failure !== null || one.kind === "discarded" || one.kind === "shadowed"),
  );
  const business = settled.filter((one) => one.canary === undefined);
  const counts = count(business);
  const canaries = canariesOf(settled);
  const [after] = await sql<AfterSettle[]>`
    with lease as (
      update redrive.provider_state as state
      set
        lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond',
        in_flight = ${journal}::uuid[],
        in_flight_until = clock_timestamp() + ${deadlineMs}::int * interval '1 millisecond',
        probe_requested_by = case when ${probeTaken} then null else probe_requested_by end,
        control = ${sql.json(columns.control as never)},
        batch_size = ${columns.batchSize},
        breaker = ${columns.breaker},
        breaker_reason = ${columns.breakerReason},
        breaker_since = to_timestamp(${columns.breakerSinceMs}::float8 / 1000),
        next_probe_at = to_timestamp(${columns.nextProbeAtMs}::float8 / 1000),
        next_health_at = to_timestamp(${columns.nextHealthAtMs}::float8 / 1000),
        gate = ${sql.json(columns.gate as never)},
        gate_hold = ${columns.gateHold},
        gate_until = to_timestamp(${columns.gateUntilMs}::float8 / 1000),
        gate_reason = ${columns.gateReason},
        insert_wakes = ${columns.insertWakes}
      from redrive.providers
      where state.provider = ${provider} and providers.slug = state.provider
        and state.owner = ${owner} and state.epoch = ${epoch}
      returning
        state.paused_at is not null or state.disabled as paused,
        state.probe_requested_by,
        providers.version
    ), result as (
      select result.*
      from lease, unnest(
        ${settled.map((one) => one.id)}::uuid[],
        ${settled.map((one) => one.kind)}::text[],
        ${settled.map((one) => one.outcome)}::text[],
        ${settled.map((one) => one.attempts)}::smallint[],
        ${settled.map((one) => one.tries)}::smallint[],
        ${settled.map((one) => one.atMs)}::float8[],
        ${settled.map((one) => one.durationMs)}::int[],
        ${settled.map((one) => one.status)}::smallint[],
        ${settled.map((one) => (one.detail === null ? null : JSON.stringify(one.detail)))}::text[],
        ${settled.map((one) => one.dueInMs)}::float8[]
      ) as result(id, kind, outcome, attempts, tries, at_ms, duration_ms, status, detail, due_in_ms)
    ), gone as (
      delete from redrive.queue using result
      where queue.record_id = result.id and result.due_in_ms is null
      returning queue.record_id, queue.ordering_key, queue.redrives, queue.revision
    ), again as (
      update redrive.queue
      set
        due_at = clock_timestamp() + result.due_in_ms * interval '1 millisecond',
        attempts = result.attempts,
        tries = result.tries,
        tried_at = to_timestamp((result.at_ms - result.duration_ms) / 1000),
        interruptions = case result.kind when 'interrupted' then queue.interruptions else 0 end
      from result
      where queue.record_id = result.id and result.due_in_ms is not null
      returning queue.record_id, queue.due_at
    )${
      failed.length === 0
        ? sql``
        : sql`, failed as (
      insert into redrive.failures
        (record_id, provider, category, team, fingerprint, outcome, status_code, message, attempts, tries, failed_at,
          ordering_key, redrives, revision)
      select
        result.id, ${provider}, failure.category, failure.team, failure.fingerprint, result.outcome, result.status,
        failure.message, result.attempts, result.tries, to_timestamp(result.at_ms / 1000), gone.ordering_key,
        gone.redrives, gone.revision
      from unnest(
        ${failed.map((one) => one.id)}::uuid[],
        ${failed.map((one) => one.failure?.category ?? null)}::text[],
        ${failed.map((one) => one.failure?.team ?? null)}::text[],
        ${failed.map((one) => one.failure?.fingerprint ?? null)}::text[],
        ${failed.map((one) => one.failure?.message ?? null)}::text[]
      ) as failure(id, category, team, fingerprint, message)
      join result on result.id = failure.id
      -- Only what was queued can fail: a record that a person settled meanwhile stays as they left it.
      join gone on gone.record_id = result.id
    )`
    }, first as (
      -- The record that is first of its key now; of the ones that go on waiting none is touched.
      select first.record_id
      from lease, unnest(${passed.map((one) => one.orderingKey)}::text[]) as passed(key)
      cross join lateral (
        select queue.record_id, queue.due_at
        from redrive.queue
        where queue.provider = ${provider} and queue.ordering_key = passed.key
          and queue.record_id <> all (${passed.map((one) => one.id)}::uuid[])
        order by queue.record_id
        limit 1
      ) as first
      where first.due_at = 'infinity' and not redrive.is_held_up(${provider}, passed.key, first.record_id)
    ), unparked as (
      update redrive.queue
      set due_at = clock_timestamp()
      from first
      where queue.record_id = first.record_id
      returning queue.record_id
    ), freed as (
      delete from redrive.dedupe_keys
      using lease
      where dedupe_keys.record_id = any (${freed.map((one) => one.id)}::uuid[])
    ), timeline as (
      insert into redrive.events (record_id, at, kind, attempt, outcome, status, duration_ms, detail)
      select
        result.id, to_timestamp(result.at_ms / 1000), result.kind, nullif(result.tries, 0), result.outcome, result.status,
        result.duration_ms,
        case when again.due_at is null then result.detail::jsonb
        else coalesce(result.detail::jsonb, '{}') || jsonb_build_object('dueAt', again.due_at) end
      from result
      left join gone on gone.record_id = result.id
      left join again on again.record_id = result.id
      -- What was not queued any more is looked at apart, see absorbLateSuccesses.
      where gone.record_id is not null or again.record_id is not null
    ), rollup as (
      insert into redrive.throughput as present
        (provider, bucket, delivered, retried, failed, by_outcome, latency, batch_size)
      select
        ${provider}, date_bin('10 seconds', clock_timestamp(), '2000-01-01Z'), ${counts.delivered}::int,
        ${counts.retried}::int, ${counts.failed}::int, ${counts.byOutcome}::int[], ${counts.latency}::int[],
        ${columns.batchSize}::smallint
      from lease
      where ${business.length > 0 || changes.length > 0}
      on conflict (provider, bucket) do update set
        delivered = present.delivered + excluded.delivered,
        retried = present.retried + excluded.retried,
        failed = present.failed + excluded.failed,
        by_outcome = redrive.add_counts(present.by_outcome, excluded.by_outcome),
        latency = redrive.add_counts(present.latency, excluded.latency),
        batch_size = excluded.batch_size
    ), changed as (
      insert into redrive.batch_changes (provider, at, from_size, to_size, breaker, breaker_was, reason, figures)
      select
        ${provider}, to_timestamp(change.at_ms / 1000), change.from_size, change.to_size, change.breaker,
        change.breaker_was, change.reason,
        change.figures::jsonb
      from lease, unnest(
        ${changes.map((change) => change.atMs)}::float8[],
        ${changes.map((change) => change.from)}::smallint[],
        ${changes.map((change) => change.to)}::smallint[],
        ${changes.map((change) => change.breaker)}::text[],
        ${changes.map((change) => change.breakerWas)}::text[],
        ${changes.map((change) => change.reason)}::text[],
        ${changes.map((change) => JSON.stringify(change.figures))}::text[]
      ) as change(at_ms, from_size, to_size, breaker, breaker_was, reason, figures)
    ), continued as (
      select graphile_worker.add_job(continuation.task, continuation.payload::json)
      from unnest(
        ${continued.map((one) => one.id)}::uuid[],
        ${continued.map((one) => one.continuation?.task ?? null)}::text[],
        ${continued.map((one) => JSON.stringify(one.continuation?.payload))}::text[]
      ) as continuation(id, task, payload)
      -- Exactly once per settlement: only by the statement that took the record off the queue.
      join gone on gone.record_id = continuation.id
    ), canaries as (
      select redrive.end_canary_run(canary.id, canary.fault)
      from unnest(${canaries.ids}::uuid[], ${canaries.faults}::text[]) as canary(id, fault)
      join gone on gone.record_id = canary.id
    )
    select
      lease.*,
      (select count(*)::int from gone) + (select count(*)::int from again) as found,
      (select count(*)::int from unparked) as unparked,
      (select count(*)::int from continued) as continuations,
      (select count(*)::int from canaries) as canaries
    from lease`;
  return after ?? null;
}

/**
 * A success that arrives after the lease was lost, or after a person settled the record: it happened, so it is written
 * down, its flow goes on, and nobody need do it again. A failure that comes so late is not.
 */
export async function absorbLateSuccesses(sql: Sql, provider: string, late: Settled[]): Promise<void> {
  const delivered = late.filter((one) => one.kind === "delivered" || one.kind === "duplicate");
  if (delivered.length === 0) return;
  const continued = delivered.filter((one) => one.continuation !== null);
  const canaries = canariesOf(delivered);
  await sql`
    with late as (
      select late.*
      from unnest(
        ${delivered.map((one) => one.id)}::uuid[],
        ${delivered.map((one) => one.kind)}::text[],
        ${delivered.map((one) => one.tries)}::smallint[],
        ${delivered.map((one) => one.atMs)}::float8[],
        ${delivered.map((one) => one.status)}::smallint[],
        ${delivered.map((one) => one.durationMs)}::int[]
      ) as late(id, kind, tries, at_ms, status, duration_ms)
    ), unqueued as (
      delete from redrive.queue using late
      where queue.record_id = late.id and queue.provider = ${provider}
      returning queue.record_id
    ), unfailed as (
      delete from redrive.failures using late
      where failures.record_id = late.id and failures.state = 'open'
      returning failures.record_id
    ), settled as (
      select record_id from unqueued union select record_id from unfailed
    ), timeline as (
      insert into redrive.events (record_id, at, kind, attempt, outcome, status, duration_ms)
      select late.id, to_timestamp(late.at_ms / 1000), late.kind, late.tries, late.kind, late.status, late.duration_ms
      from late
      join settled on settled.record_id = late.id
    ), continued as (
      select graphile_worker.add_job(continuation.task, continuation.payload::json)
      from unnest(
        ${continued.map((one) => one.id)}::uuid[],
        ${continued.map((one) => one.continuation?.task ?? null)}::text[],
        ${continued.map((one) => JSON.stringify(one.continuation?.payload))}::text[]
      ) as continuation(id, task, payload)
      join settled on settled.record_id = continuation.id
    ), canaries as (
      select redrive.end_canary_run(canary.id, canary.fault)
      from unnest(${canaries.ids}::uuid[], ${canaries.faults}::text[]) as canary(id, fault)
      join settled on settled.record_id = canary.id
    )
    select (select count(*) from continued) as continuations, (select count(*) from canaries) as canaries`;
}

function canariesOf(settled: readonly Settled[]): { ids: string[]; faults: (string | null)[] } {
  const found = settled.flatMap(({ id, canary }) => (canary === undefined ? [] : [{ id, ...canary }]));
  return { ids: found.map(({ id }) => id), faults: found.map(({ fault }) => fault) };
}

const isOver = ({ dueInMs }: Settled): boolean => dueInMs === null;

function count(settled: Settled[]) {
  const counts = {
    delivered: 0,
    retried: 0,
    failed: 0,
    byOutcome: outcomes.map(() => 0),
    latency: new Array<number>(latencyBuckets).fill(0),
  };
  const add = (list: number[], index: number) => {
    list[index] = (list[index] ?? 0) + 1;
  };
  for (const one of settled) {
    if (one.failure !== null || one.kind === "discarded") counts.failed += 1;
    if (!one.called) continue;
    if (one.kind === "delivered" || one.kind === "duplicate") counts.delivered += 1;
    else if (one.dueInMs !== null) counts.retried += 1;
    add(counts.byOutcome, outcomes.indexOf(one.outcome));
    add(counts.latency, latencyBucket(one.durationMs));
  }
  return counts;
}
