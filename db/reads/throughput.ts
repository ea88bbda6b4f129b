// The charts' points: ten-second buckets gathered into steps, empty ones as zeros, of one provider or of all together.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import type { ChartRange, Throughput, ThroughputPoint } from "#lib/contract/provider.ts";
import { latencyBuckets, latencyQuantile } from "#lib/core/latency-histogram.ts";
import { outcomes } from "#lib/core/outcome.ts";

const pointsMax = 300;
const defaultSpanMs = 30 * 60_000;

type Row = {
  at_ms: number;
  delivered: number;
  retried: number;
  failed: number;
  by_outcome: number[];
  latency: number[];
  backlog: number | null;
  held: number | null;
  oldest_ms: number | null;
  batch_size: number | null;
};

/** A chart's edges, aligned to its step. */
export type Span = { fromMs: number; toMs: number; stepMs: number };

/** The last half hour unless the range says otherwise; the step grows until the points are at most 300. */
export function spanOf({ from, to, step }: ChartRange, nowMs: number): Span {
  const toMs = to ? Date.parse(to) : nowMs;
  const fromMs = from ? Date.parse(from) : toMs - defaultSpanMs;
  const least = Math.ceil((toMs - fromMs) / (pointsMax - 1) / 10_000) * 10_000;
  const stepMs = Math.max(10_000, least, Math.ceil((step ?? 0) / 10) * 10_000);
  return {
    stepMs,
    fromMs: Math.floor(fromMs / stepMs) * stepMs,
    toMs: Math.max(Math.ceil(toMs / stepMs) * stepMs, Math.floor(fromMs / stepMs) * stepMs),
  };
}

/** The throughput of one provider, or of all together when `slug` is null. */
export async function readThroughput(
  db: Db,
  slug: string | null,
  range: ChartRange,
  nowMs = Date.now(),
): Promise<Throughput> {
  const span = spanOf(range, nowMs);
  const rows = await readSteps(db, slug, span);
  const byTime = new Map(rows.map((row) => [Number(row.at_ms), row]));
  const items: ThroughputPoint[] = [];
  for (let atMs = span.fromMs; atMs < span.toMs; atMs += span.stepMs) {
    const row = byTime.get(atMs);
    items.push(row ? point(row) : emptyPoint(atMs));
  }
  return { step: span.stepMs / 1000, items };
}

/** `sum(column[1]), sum(column[2]), …` as one array: an array's places added without unnesting it. */
const placesAdded = (column: string, length: number): SQL =>
  sql.raw(
    `array[${Array.from({ length }, (_, index) => `coalesce(sum(${column}[${index + 1}]), 0)::float8`).join(", ")}]`,
  );

/** The newest sample in a step. */
const newest = (column: string): SQL =>
  sql.raw(`(array_agg(${column} order by bucket desc) filter (where ${column} is not null))[1]::float8`);

function readSteps(db: Db, slug: string | null, { fromMs, toMs, stepMs }: Span): Promise<Row[]> {
  const from = sql`to_timestamp(${fromMs / 1000}::float8)`;
  const to = sql`to_timestamp(${toMs / 1000}::float8)`;
  const which = slug === null ? sql`true` : sql`provider = ${slug}`;
  // Providers are added up within each bucket first: then a step's newest sample is one of all of them.
  return db.execute<Row>(sql`
    with bucketed as (
      select
        bucket,
        sum(delivered) as delivered, sum(retried) as retried, sum(failed) as failed,
        sum(backlog) as backlog, sum(held) as held, max(oldest_ms) as oldest_ms, sum(batch_size) as batch_size,
        ${placesAdded("by_outcome", outcomes.length)} as by_outcome,
        ${placesAdded("latency", latencyBuckets)} as latency
      from redrive.throughput
      where ${which} and bucket >= ${from} and bucket < ${to}
      group by bucket
    )
    select
      extract(epoch from date_bin(${stepMs}::float8 * interval '1 millisecond', bucket, 'epoch'::timestamptz))::float8
        * 1000 as at_ms,
      sum(delivered)::float8 as delivered, sum(retried)::float8 as retried, sum(failed)::float8 as failed,
      ${newest("backlog")} as backlog, ${newest("held")} as held, ${newest("oldest_ms")} as oldest_ms,
      ${newest("batch_size")} as batch_size,
      ${placesAdded("by_outcome", outcomes.length)} as by_outcome,
      ${placesAdded("latency", latencyBuckets)} as latency
    from bucketed
    group by at_ms`);
}

const byOutcome = (counts: readonly number[]): Record<string, number> =>
  Object.fromEntries(outcomes.map((outcome, index) => [outcome, counts[index] ?? 0]));

const point = (row: Row): ThroughputPoint => ({
  at: new Date(row.at_ms).toISOString(),
  delivered: row.delivered,
  retried: row.retried,
  failed: row.failed,
  held: row.held ?? 0,
  backlog: row.backlog,
  oldestMs: row.oldest_ms === null ? null : Math.round(row.oldest_ms),
  batchSize: row.batch_size,
  p50Ms: latencyQuantile(row.latency, 0.5),
  p95Ms: latencyQuantile(row.latency, 0.95),
  p99Ms: latencyQuantile(row.latency, 0.99),
  byOutcome: byOutcome(row.by_outcome),
});

const emptyPoint = (atMs: number): ThroughputPoint => ({
  at: new Date(atMs).toISOString(),
  delivered: 0,
  retried: 0,
  failed: 0,
  held: 0,
  backlog: null,
  oldestMs: null,
  batchSize: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  byOutcome: byOutcome([]),
});
