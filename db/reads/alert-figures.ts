// Everything that alert rules look at, read at one moment: rollups, states and index probes. Nothing here grows with the
// number of records, failures or events.
import type { AnySql } from "#db/writes/transaction.ts";
import type {
  AlertGiven,
  CanaryFigures,
  DiskFigures,
  GroupFigures,
  ProviderFigures,
  TokenFigures,
  WindowFigures,
  WorkerFigures,
} from "#lib/core/alert-kinds.ts";
import { countCap } from "#lib/core/count-cap.ts";
import { canaryType } from "#lib/core/desk.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";

/** Groups looked at: those in which something failed last. */
const groupsAtMost = 500;
/** A failure of a message about failures is told by its channel's fallback: an alert on it would make the next message. */
const messageType = "redrive.message";

/** Changes of batch size or breaker looked back over: two a test, so those of a day and more. */
const changesAtMost = 500;

type Asked = {
  nowMs: number;
  windows: { throughput: readonly number[]; groups: readonly number[] };
  /** What the evaluation remembers. */
  evaluatedMs: number | null;
  disk: DiskFigures;
};

export async function readAlertFigures(
  sql: AnySql,
  { nowMs, windows, evaluatedMs, disk }: Asked,
): Promise<AlertGiven> {
  const providers = await readProviderFigures(sql);
  const longestMs = Math.max(0, ...windows.groups);
  const groups = longestMs === 0 ? [] : await readGroups(sql, longestMs);
  return {
    nowMs,
    providers,
    windows: await byWindow(windows.throughput, (ms) => readWindow(sql, ms)),
    groups,
    groupGrowth: await byWindow(windows.groups, (ms) => readGrowth(sql, groups, ms)),
    canaries: await readCanaries(sql),
    workers: await readWorkersSeen(sql),
    tokens: await readFailingTokens(sql),
    unauthorized: providers
      .filter(({ breaker, breakerReason }) => breaker !== "closed" && breakerReason === "unauthorized")
      .map(({ slug }) => slug),
    partitions: await readPartitions(sql),
    disk,
    samples: await readSamples(sql, nowMs, providers),
    evaluatedMs,
  };
}

async function byWindow<T>(
  lengths: readonly number[],
  read: (ms: number) => Promise<Map<string, T>>,
): Promise<Map<number, Map<string, T>>> {
  const found = new Map<number, Map<string, T>>();
  for (const ms of lengths) found.set(ms, await read(ms));
  return found;
}

const readProviderFigures = (sql: AnySql): Promise<ProviderFigures[]> => sql<ProviderFigures[]>`
  select
    state.provider as slug,
    coalesce(providers.policy ->> 'name', state.provider) as name,
    redrive.hold_of(state.*) as hold,
    state.breaker,
    state.breaker_reason,
    extract(epoch from coalesce(opened.at, state.breaker_since))::float8 * 1000 as breaker_since_ms,
    coalesce(state.lease_until > now(), false) as has_owner,
    coalesce(state.rests_until > now(), false) as rests,
    extract(epoch from oldest.due_at)::float8 * 1000 as oldest_due_ms
  from redrive.provider_state as state
  join redrive.providers on providers.slug = state.provider
  left join lateral (
    -- By lane, for the index is ordered by priority first: one probe each, however long the queue.
    select min(first.due_at) as due_at
    from redrive.due_lanes(state.provider) as lane,
      lateral (
        select queue.due_at
        from redrive.queue
        where queue.provider = state.provider and queue.priority = lane.priority and queue.due_at <= now()
        order by queue.due_at, queue.record_id
        limit 1
      ) as first
    where lane.is_due
  ) as oldest on true
  left join lateral (
    -- Since it was last closed: each test that fails opens it anew, and the trouble is as old as the first.
    select min(recent.at) filter (where recent.at > recent.closed_at) as at
    from (
      select
        at,
        coalesce(max(at) filter (where breaker = 'closed') over (), '-infinity') as closed_at
      from (
        select at, breaker
        from redrive.batch_changes
        where batch_changes.provider = state.provider
        order by at desc, id desc
        limit ${changesAtMost}
      ) as newest
    ) as recent
  ) as opened on state.breaker <> 'closed'
  order by state.provider`;

/** Places of `by_outcome` that mean delivered, counted from one. */
const deliveredPlaces = outcomes.flatMap((outcome, index) => (isDelivered(outcome) ? [index + 1] : []));

async function readWindow(sql: AnySql, ms: number): Promise<Map<string, WindowFigures>> {
  const rows = await sql<(WindowFigures & { provider: string })[]>`
    with bucketed as (
      select provider, bucket, delivered, failed, by_outcome, backlog
      from redrive.throughput
      where bucket >= now() - ${ms}::float8 * interval '1 millisecond' and bucket <= now()
    ), ends as (
      select
        provider,
        min(bucket) filter (where backlog is not null) as first_at,
        max(bucket) filter (where backlog is not null) as last_at
      from bucketed
      group by provider
    )
    select
      ends.provider,
      extract(epoch from first_at)::float8 * 1000 as first_ms,
      extract(epoch from last_at)::float8 * 1000 as last_ms,
      max(backlog) filter (where bucket = first_at) as first_backlog,
      max(backlog) filter (where bucket = last_at) as last_backlog,
      coalesce(sum(delivered) filter (where bucket >= first_at and bucket < last_at), 0)::float8 as delivered_between,
      coalesce(sum(failed) filter (where bucket >= first_at and bucket < last_at), 0)::float8 as failed_between,
      coalesce(sum((select sum(n) from unnest(by_outcome) as n)), 0)::float8 as attempts,
      coalesce(sum((
        select sum(n) from unnest(by_outcome) with ordinality as counted(n, place) where place = any (${deliveredPlaces}::int[])
      )), 0)::float8 as delivered
    from ends
    join bucketed using (provider)
    group by ends.provider, first_at, last_at`;
  return new Map(rows.map(({ provider, ...figures }) => [provider, figures]));
}

/** The open groups in which something failed lately. */
const readGroups = (sql: AnySql, ms: number): Promise<GroupFigures[]> => sql<GroupFigures[]>`
  select
    fingerprint, provider, title,
    extract(epoch from opened_at)::float8 * 1000 as opened_ms,
    coalesce(muted_until > now(), false) as muted
  from redrive.failure_groups
  where last_at >= now() - ${ms}::float8 * interval '1 millisecond'
    and resolved_at is null
    and emptied_at is null
    and type is distinct from ${canaryType} and type is distinct from ${messageType}
  order by last_at desc, id desc
  limit ${groupsAtMost}`;

/** How many open failures of each group came within the window; each count stops at countCap. */
async function readGrowth(
  sql: AnySql,
  groups: readonly GroupFigures[],
  ms: number,
): Promise<Map<string, number>> {
  if (groups.length === 0) return new Map();
  const rows = await sql<{ fingerprint: string; came: number }[]>`
    select asked.fingerprint, counted.came
    from unnest(${groups.map(({ fingerprint }) => fingerprint)}::text[]) as asked(fingerprint)
    cross join lateral (
      select count(*)::int as came
      from (
        select
        from redrive.failures
        where failures.fingerprint = asked.fingerprint and failures.state = 'open'
          and failures.failed_at >= now() - ${ms}::float8 * interval '1 millisecond'
        order by failures.failed_at, failures.record_id
        limit ${countCap}
      ) as recent
    ) as counted`;
  return new Map(rows.map(({ fingerprint, came }) => [fingerprint, came]));
}

const readCanaries = (sql: AnySql): Promise<CanaryFigures[]> => sql<CanaryFigures[]>`
  select
    canaries.slug, canaries.provider, canaries.limit_ms,
    coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'ok', run.ok, 'tookMs', run.took_ms, 'error', run.error,
          'endedMs', extract(epoch from run.ended_at)::float8 * 1000
        )
        order by run.due_at desc
      )
      from (
        select ok, took_ms, error, ended_at, due_at
        from redrive.canary_runs
        where canary_runs.canary = canaries.slug and ended_at is not null
        order by due_at desc
        limit 10
      ) as run
    ), '[]') as runs
  from redrive.canaries
  where canaries.enabled
  order by canaries.slug`;

const readWorkersSeen = (sql: AnySql): Promise<WorkerFigures[]> => sql<WorkerFigures[]>`
  select
    id, host,
    extract(epoch from started_at)::float8 * 1000 as started_ms,
    extract(epoch from seen_at)::float8 * 1000 as seen_ms
  from redrive.workers
  order by id`;

const readFailingTokens = (sql: AnySql): Promise<TokenFigures[]> => sql<TokenFigures[]>`
  select
    credential, error,
    extract(epoch from failed_until)::float8 * 1000 as failed_ms,
    extract(epoch from expires_at)::float8 * 1000 as lasts_until_ms
  from redrive.tokens
  where error is not null and failed_until is not null
  order by credential`;

/** Days ahead of which partitions are looked for; upkeep makes fourteen. */
const daysAhead = 13;

async function readPartitions(sql: AnySql): Promise<AlertGiven["partitions"]> {
  const missing = await sql<{ name: string; ahead: number }[]>`
    select named.name, ahead
    from unnest(array['outbox', 'events']) as parent, generate_series(0, ${daysAhead}::int) as ahead,
      lateral (
        select parent || '_' || to_char((now() at time zone 'UTC')::date + ahead, 'YYYYMMDD') as name
      ) as named
    where to_regclass('redrive.' || named.name) is null
    order by ahead, named.name`;
  const [tables] = await sql<{ outbox: boolean; events: boolean }[]>`
    select
      to_regclass('redrive.outbox_default') is not null as outbox,
      to_regclass('redrive.events_default') is not null as events`;
  const inDefault: string[] = [];
  for (const parent of ["outbox", "events"] as const) {
    if (!tables?.[parent]) continue;
    const [row] = await sql`select from redrive.${sql(`${parent}_default`)} limit 1`;
    if (row) inDefault.push(`${parent}_default`);
  }
  return { missing, inDefault };
}

async function readSamples(
  sql: AnySql,
  nowMs: number,
  providers: readonly ProviderFigures[],
): Promise<AlertGiven["samples"]> {
  const [row] = await sql<{ newestMs: number | null }[]>`
    select extract(epoch from max(bucket))::float8 * 1000 as newest_ms
    from redrive.throughput
    where backlog is not null and bucket >= now() - interval '1 day'`;
  const isDue = providers.some(({ oldestDueMs }) => oldestDueMs !== null && oldestDueMs <= nowMs);
  return { newestMs: row?.newestMs ?? null, isDue };
}

/** The size of the whole database, which its server adds up file by file: not for every look. */
export async function readDatabaseBytes(sql: AnySql): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`select pg_database_size(current_database())::float8 as bytes`;
  return row?.bytes ?? 0;
}
