// The figures of /metrics: rollups, hot rows and counts that stop at countCap. It is asked every few seconds for ever, so it
// reads nothing that grows with records, failures or events.
import { readAlertFigures } from "#db/reads/alert-figures.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { AlertList } from "#lib/contract/alert.ts";
import type { AlertGiven } from "#lib/core/alert-kinds.ts";
import { workerSilentMs } from "#lib/core/checks.ts";
import { countCap } from "#lib/core/count-cap.ts";
import type { Severity } from "#lib/core/desk.ts";
import { latencyBuckets } from "#lib/core/latency-histogram.ts";
import { outcomes } from "#lib/core/outcome.ts";

/** Rates are of so long. */
const rateWindowMs = 60_000;

/** A provider's queue now. Each count stops at countCap. */
export type QueueFigures = {
  provider: string;
  /** Held ones included. */
  due: number;
  inFlight: number;
  batchSize: number;
  batchSizeMax: number;
  failed: number;
};

/** The last five minutes of a provider. */
export type RecentFigures = {
  provider: string;
  byOutcome: number[];
  latency: number[];
  /** The newest sample: all that waits, whether due or not. */
  backlog: number | null;
};

export type FiringAlerts = { severity: Severity; state: Exclude<AlertList, "resolved">; count: number };

export type MetricFigures = Pick<AlertGiven, "nowMs" | "providers" | "canaries" | "samples"> & {
  queues: QueueFigures[];
  /** Over the last minute, by provider. */
  rates: NonNullable<ReturnType<AlertGiven["windows"]["get"]>>;
  recent: RecentFigures[];
  failuresByTeam: { team: string; open: number }[];
  failureGroups: number;
  alerts: FiringAlerts[];
  workers: { alive: number; silent: number };
  partitionsMissing: number;
  tokensFailing: number;
  /** When alerts were last looked at, and how big the database was then. */
  evaluatedMs: number | null;
  databaseBytes: number | null;
};

export async function readMetrics(sql: AnySql): Promise<MetricFigures> {
  const memory = await readMemory(sql);
  const { nowMs } = memory;
  const given = await readAlertFigures(sql, {
    nowMs,
    windows: { throughput: [rateWindowMs], groups: [] },
    evaluatedMs: memory.evaluatedMs,
    disk: { databaseBytes: memory.databaseBytes, freeBytes: null, totalBytes: null },
  });
  const alive = given.workers.filter(({ seenMs }) => nowMs - seenMs < workerSilentMs).length;
  return {
    ...memory,
    providers: given.providers,
    canaries: given.canaries,
    samples: given.samples,
    rates: given.windows.get(rateWindowMs) ?? new Map(),
    workers: { alive, silent: given.workers.length - alive },
    partitionsMissing: given.partitions.missing.length,
    tokensFailing: given.tokens.length,
    queues: await readQueues(sql),
    recent: await readRecent(sql),
    failuresByTeam: await readFailuresByTeam(sql),
    failureGroups: await readFailureGroups(sql),
    alerts: await readFiring(sql),
  };
}

type Memory = Pick<MetricFigures, "nowMs" | "evaluatedMs" | "databaseBytes">;

async function readMemory(sql: AnySql): Promise<Memory> {
  const [row] = await sql<Memory[]>`
    select
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms,
      (value ->> 'evaluatedMs')::float8 as evaluated_ms,
      (value ->> 'databaseBytes')::float8 as database_bytes
    from (select) as always
    left join redrive.settings on key = 'alerts'`;
  if (!row) throw new Error("the database said nothing");
  return row;
}

const readQueues = (sql: AnySql): Promise<QueueFigures[]> => sql<QueueFigures[]>`
  select
    state.provider,
    coalesce(waiting.due, 0) as due,
    case when state.lease_until > now() then cardinality(state.in_flight) else 0 end as in_flight,
    state.batch_size,
    coalesce((providers.policy ->> 'batchSizeMax')::int, state.batch_size) as batch_size_max,
    failing.open as failed
  from redrive.provider_state as state
  join redrive.providers on providers.slug = state.provider
  cross join lateral (
    select least(sum(counted.due), ${countCap})::int as due
    from redrive.due_lanes(state.provider) as lane
    cross join lateral (
      select count(*) as due
      from (
        select
        from redrive.queue
        where queue.provider = state.provider and queue.priority = lane.priority and queue.due_at <= now()
        -- Along the index: else a scan of everything looks cheap to the planner, where most rows are this provider's.
        order by queue.due_at, queue.record_id
        limit ${countCap}
      ) as few
    ) as counted
    where lane.is_due
  ) as waiting
  cross join lateral (
    select count(*)::int as open
    from (
      select
      from redrive.failures
      where failures.provider = state.provider and failures.state = 'open'
      order by failures.failed_at, failures.record_id
      limit ${countCap}
    ) as few
  ) as failing
  order by state.provider`;

/** `sum(column[1]), sum(column[2]), …` as one array: an array's places added without unnesting it. */
const placesAdded = (sql: AnySql, column: string, length: number) =>
  sql.unsafe(
    `array[${Array.from({ length }, (_, index) => `coalesce(sum(${column}[${index + 1}]), 0)::float8`).join(", ")}]`,
  );

const readRecent = (sql: AnySql): Promise<RecentFigures[]> => sql<RecentFigures[]>`
  select
    provider,
    ${placesAdded(sql, "by_outcome", outcomes.length)} as by_outcome,
    ${placesAdded(sql, "latency", latencyBuckets)} as latency,
    (array_agg(backlog order by bucket desc) filter (where backlog is not null))[1]::int as backlog
  from redrive.throughput
  where bucket >= now() - interval '5 minutes' and bucket <= now()
  group by provider`;

const readFailuresByTeam = (sql: AnySql): Promise<{ team: string; open: number }[]> => sql<
  { team: string; open: number }[]
>`
  select teams.slug as team, counted.open
  from redrive.teams
  cross join lateral (
    select count(*)::int as open
    from (
      select
      from redrive.failures
      where failures.team = teams.slug and failures.state = 'open'
      order by failures.failed_at, failures.record_id
      limit ${countCap}
    ) as few
  ) as counted
  order by teams.slug`;

async function readFailureGroups(sql: AnySql): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    select count(*)::int as open
    from (
      select from redrive.failure_groups where resolved_at is null and emptied_at is null limit ${countCap}
    ) as few`;
  return row?.open ?? 0;
}

const readFiring = (sql: AnySql): Promise<FiringAlerts[]> => sql<FiringAlerts[]>`
  select
    severity,
    case when coalesce(silenced_until > now(), false) then 'silenced' else state end as state,
    count(*)::int as count
  from redrive.alerts
  where state <> 'resolved'
  group by 1, 2`;
