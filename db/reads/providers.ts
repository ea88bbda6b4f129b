// The providers' list: each one's state beside the last minutes' figures.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { type ProviderRow, readProviderStates } from "#db/reads/provider-states.ts";
import type { ProviderSummary } from "#lib/contract/provider.ts";
import { latencyBuckets, latencyQuantile } from "#lib/core/latency-histogram.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";

const bucketMs = 10_000;
const sparkBuckets = 30;

/** One provider's ten seconds. */
export type Bucket = {
  provider: string;
  at_ms: number;
  delivered: number;
  by_outcome: number[];
  latency: number[];
  backlog: number | null;
};

export async function readProviders(db: Db, nowMs = Date.now()): Promise<ProviderSummary[]> {
  const [rows, buckets] = await Promise.all([readProviderStates(db, null), readRecentBuckets(db, nowMs)]);
  const ofProvider = Map.groupBy(buckets, (bucket) => bucket.provider);
  return rows.map((row) => summary(row, ofProvider.get(row.slug) ?? [], nowMs));
}

/** The last five minutes' buckets of all providers, oldest first. */
async function readRecentBuckets(db: Db, nowMs: number): Promise<Bucket[]> {
  const fromMs = startOfBucket(nowMs) - sparkBuckets * bucketMs;
  return db.execute<Bucket>(sql`
    select provider, extract(epoch from bucket)::float8 * 1000 as at_ms, delivered, by_outcome, latency, backlog
    from redrive.throughput
    where bucket >= to_timestamp(${fromMs / 1000}::float8) and bucket <= to_timestamp(${nowMs / 1000}::float8)
    order by bucket`);
}

const startOfBucket = (ms: number): number => Math.floor(ms / bucketMs) * bucketMs;

function summary({ slug, policy, state }: ProviderRow, buckets: Bucket[], nowMs: number): ProviderSummary {
  const endMs = startOfBucket(nowMs);
  const p95 = latencyQuantile(
    added(
      buckets.map((bucket) => bucket.latency),
      latencyBuckets,
    ),
    0.95,
  );
  return {
    slug,
    name: policy.name,
    builtIn: isBuiltIn(policy),
    state,
    batchSizeMax: policy.batchSizeMax,
    shadow: policy.flags.shadow,
    percentage: policy.flags.percentage,
    // The bucket that is still filling would make the rate dip every ten seconds.
    deliveredPerMinute: sum(
      buckets
        .filter(({ at_ms }) => at_ms >= endMs - 60_000 && at_ms < endMs)
        .map(({ delivered }) => delivered),
    ),
    successRate: successRate(buckets),
    p95Ms: p95 === null ? null : Math.round(p95),
    sparkline: sparkline(buckets, endMs),
    drainSeconds: drainSeconds(buckets, nowMs),
  };
}

/** Delivered of all attempts, 0..1; null when there was none. */
function successRate(buckets: readonly Bucket[]): number | null {
  const counts = added(
    buckets.map((bucket) => bucket.by_outcome),
    outcomes.length,
  );
  const all = sum(counts);
  if (all === 0) return null;
  return sum(counts.filter((_, index) => isDeliveredAt(index))) / all;
}

function isDeliveredAt(index: number): boolean {
  const outcome = outcomes[index];
  return outcome !== undefined && isDelivered(outcome);
}

function sparkline(buckets: readonly Bucket[], endMs: number): number[] {
  const line = Array.from({ length: sparkBuckets }, () => 0);
  for (const { at_ms, delivered } of buckets) {
    const index = sparkBuckets - (endMs - at_ms) / bucketMs;
    if (index >= 0 && index < sparkBuckets) line[index] = delivered;
  }
  return line;
}

/** How long the backlog lasts at the rate at which the last minutes' samples fell. */
function drainSeconds(buckets: readonly Bucket[], nowMs: number): number | null {
  const samples = buckets.filter(({ at_ms, backlog }) => backlog !== null && at_ms >= nowMs - 120_000);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first?.backlog == null || last?.backlog == null) return null;
  if (last.backlog === 0) return 0;
  const perSecond = (first.backlog - last.backlog) / ((last.at_ms - first.at_ms) / 1000);
  return perSecond > 0 ? Math.round(last.backlog / perSecond) : null;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Arrays of counts, added place by place. */
function added(arrays: readonly (readonly number[])[], length: number): number[] {
  return Array.from({ length }, (_, index) => sum(arrays.map((counts) => counts[index] ?? 0)));
}
