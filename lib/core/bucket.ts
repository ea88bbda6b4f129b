// How many requests may start now under a limit of so many per interval: a token bucket, small enough that no interval,
// wherever it begins, sees more than the limit.

/**
 * Plain JSON. `tokens` were there at `atMs`; a fraction is a token on its way, below 0 is what was sent beyond.
 *
 * A bucket of `limit` tokens that refills by `limit` lets almost twice the limit through: what it held, and what came
 * in. In [t, t + perMs) start at most what it holds at t and what comes in before t + perMs, which is less than a whole
 * refill. So with capacity + refill = limit + 1 fewer than limit + 1 start. The capacity is a twentieth of the limit:
 * a larger one costs throughput (95 % is left), a smaller one wakes the sender for every request; under 40 it is one
 * token, and requests are evenly spaced. It is the continuous-state leaky bucket of the generic cell rate algorithm
 * (GCRA, ITU-T I.371), whose burst tolerance is taken out of the rate.
 */
export type Bucket = { tokens: number; atMs: number };

/** At most `limit` (a whole number from 1) in any `perMs` (whole ms). */
export type RateRule = { limit: number; perMs: number };

/** Two from 20 on: with one alone a sender that wakes a little late has lost that time for good. */
const capacityOf = (limit: number): number => (limit < 20 ? 1 : Math.max(2, Math.floor(limit / 20)));

/** How many may start now; no bucket yet is a full one. `nowMs` in whole ms. */
export const bucketRoom = (bucket: Bucket | null, rule: RateRule, nowMs: number): number =>
  Math.max(0, Math.floor(partsAt(bucket, rule, nowMs) / rule.perMs));

/**
 * `count` have started. Stamps the bucket with `nowMs` also when the clock went back: what came in until then is
 * kept, and nothing comes in twice.
 */
export const take = (bucket: Bucket | null, rule: RateRule, nowMs: number, count: number): Bucket => ({
  tokens: partsAt(bucket, rule, nowMs) / rule.perMs - count,
  atMs: nowMs,
});

/** When the next may start, whole ms; `nowMs` when it may now. */
export function nextTokenMs(bucket: Bucket | null, rule: RateRule, nowMs: number): number {
  const missing = rule.perMs - partsAt(bucket, rule, nowMs);
  if (missing <= 0) return nowMs;
  return Math.max(nowMs, bucket?.atMs ?? nowMs) + Math.ceil(missing / refillOf(rule));
}

const refillOf = ({ limit }: RateRule): number => limit - capacityOf(limit) + 1;

/**
 * What is in the bucket at `nowMs`, in parts of 1 / perMs of a token: whole numbers below 2^53, of which `refillOf`
 * come in each ms. So nothing is ever rounded up to a token: a fraction of tokens is only how they are written down.
 */
function partsAt(bucket: Bucket | null, rule: RateRule, nowMs: number): number {
  const full = capacityOf(rule.limit) * rule.perMs;
  if (bucket === null) return full;
  const parts = Math.round(bucket.tokens * rule.perMs);
  const aheadMs = bucket.atMs - nowMs;
  // The clock went back by more than an interval: one may go, and stamps the bucket; it would wait for hours else.
  if (aheadMs > rule.perMs) return Math.min(full, Math.max(parts, rule.perMs));
  return Math.min(full, parts + refillOf(rule) * Math.max(0, -aheadMs));
}
