// Latency in log-spaced buckets: each bound is 1.4 times the last, so a quantile is off by at most 20 %.
// 5 ms to 100 s fit in 30 buckets; one row of counts per provider and ten seconds merges by addition.

/** Upper bounds of the buckets, ms; the last bucket has none. */
export const latencyBoundsMs: readonly number[] = Array.from({ length: 30 }, (_, i) =>
  Math.round(5 * 1.4 ** i),
);

/** How many counts a histogram has. */
export const latencyBuckets = latencyBoundsMs.length + 1;

/** The bucket a latency falls into. */
export function latencyBucket(ms: number): number {
  const index = latencyBoundsMs.findIndex((bound) => ms <= bound);
  return index === -1 ? latencyBoundsMs.length : index;
}

/** The quantile `q` (0..1) of a histogram, ms, interpolated inside its bucket; null when it counts nothing. */
export function latencyQuantile(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = q * total;
  for (const [index, count] of counts.entries()) {
    if (left <= count && count > 0) {
      const from = index === 0 ? 0 : (latencyBoundsMs[index - 1] ?? 0);
      const to = latencyBoundsMs[index] ?? from * 1.4;
      return Math.round(from + ((to - from) * left) / count);
    }
    left -= count;
  }
  return latencyBoundsMs.at(-1) ?? null;
}
