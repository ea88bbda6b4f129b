// How long a record waits before its next attempt: 1, 3, 9, 27 minutes by default, give or take 20 %.
export type Backoff = {
  /** Wait after the first attempt, ms. */
  baseMs: number;
  /** How many times longer each further wait is. */
  factor: number;
  /** Share of the wait by which chance may lengthen or shorten it, 0..1. */
  jitter: number;
};

const longestMs = 86_400_000;

/** The wait after attempt `attempt` (from 1), in whole ms, never above 24 h; `random` is 0..1. */
export function backoffMs(attempt: number, { baseMs, factor, jitter }: Backoff, random: number): number {
  // 1000 steps are beyond any cap; more only overflow.
  const steps = Math.min(1000, Math.max(0, attempt - 1));
  const exact = Math.min(longestMs, baseMs * factor ** steps);
  return Math.round(Math.min(longestMs, exact * (1 + jitter * (2 * random - 1))));
}
