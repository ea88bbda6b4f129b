// What a group's last 24 hours say: failures per hour, the present hour last.

/** Fewer in an hour are no trend. */
const least = 5;

/** More came in this hour and the last than in the two before them, twice as many at least. */
export function isGrowing(trend: readonly number[]): boolean {
  const sum = (from: number, to?: number) => trend.slice(from, to).reduce((all, one) => all + one, 0);
  const lately = sum(-2);
  return lately >= least && lately >= 2 * sum(-4, -2);
}

const newForMs = 3_600_000;

/** In its first hour. */
export const isNew = (openedAtMs: number, nowMs: number): boolean => nowMs - openedAtMs < newForMs;
