// How many workers are worth having: what an autoscaler is told.

export type Load = {
  /** Providers with records that may go now. */
  busyProviders: number;
  /** Records that may go now, of all of them. */
  dueRecords: number;
  /** Records that came in the last minute, a second. */
  arrivingPerSecond: number;
};

/** One process sends about this many a second with headroom, and carries this many providers at once. */
export const workerCarries = { perSecond: 1_000, providers: 25 };
/** What is due shall be gone within this time, s. */
const drainWithin = 300;

/**
 * At least one, that whoever comes finds somebody. Never more than there are providers with work: each has one owner at a
 * time, so that another worker would find nothing to do.
 */
export function desiredWorkers({ busyProviders, dueRecords, arrivingPerSecond }: Load): number {
  const perSecond = arrivingPerSecond + dueRecords / drainWithin;
  const wanted = Math.max(
    Math.ceil(perSecond / workerCarries.perSecond),
    Math.ceil(busyProviders / workerCarries.providers),
  );
  return Math.max(1, Math.min(wanted, busyProviders));
}
