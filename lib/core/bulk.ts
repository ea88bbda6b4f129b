// A bulk operation: what it may do, how fast it goes, and when the matches have grown too far from what was seen.
//
//   running ⇄ paused
//      └──┬─────┘
//   done, or cancelled: the rest stays as it is

export const bulkActions = ["retry", "reject"] as const;
export type BulkAction = (typeof bulkActions)[number];

export const bulkStates = ["running", "paused", "done", "cancelled"] as const;
export type BulkState = (typeof bulkStates)[number];

/** More records than these at once take a permission of their own. */
export const recordsWithoutMore = 1_000;

/** Whether so many more match than the person saw that they would not know what they do. */
export const hasGrown = (expected: number, matched: number): boolean => matched > expected * 1.05;

const usualPerSecond = 20;
const usualSpanSeconds = 600;

/**
 * Records a second when nobody says: twenty, and of very many so many that all are due within ten minutes.
 *
 * @param most what the provider takes; null for no limit.
 */
export const usualPace = (records: number, most: number | null): number =>
  Math.min(Math.max(usualPerSecond, records / usualSpanSeconds), most ?? Number.POSITIVE_INFINITY);

/** Slots are given out this far ahead, and again when less than half of it is left. */
export const aheadMs = 2_000;

export type Slots = { count: number; firstInMs: number; stepMs: number };

/**
 * The slots of an even pace that lie ahead now, so that no gap is between two looks, and none is made up for: the pace is
 * never exceeded.
 *
 * @param nextInMs when the next slot is; in the past if nobody looked for long.
 */
export function slotsAhead(nextInMs: number, perSecond: number): Slots {
  const stepMs = 1_000 / perSecond;
  const firstInMs = Math.max(0, nextInMs);
  return { count: Math.max(0, Math.ceil((aheadMs - firstInMs) / stepMs)), firstInMs, stepMs };
}
