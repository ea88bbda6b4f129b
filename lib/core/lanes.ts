// Which priority goes next. The most urgent lane goes first, but every eighth start belongs to the others, in turn, while
// they have anything: what somebody waits for overtakes the bulk, and the bulk never stands still.

/** Plain values; `turns` counts starts, `servedAt` says at which of them a lane other than the top went. */
export type Lanes = { turns: number; sinceOthers: number; servedAt: ReadonlyMap<number, number> };

/** Of this many starts in a row one at least is not the top lane's, while others have something ready. */
export const othersEvery = 8;

export const newLanes: Lanes = { turns: 0, sinceOthers: 0, servedAt: new Map() };

/**
 * The lane that goes next.
 *
 * @param ready priorities that have a record ready, each once; the lowest number is the most urgent.
 * @returns null when nothing is ready.
 */
export function nextLane(lanes: Lanes, ready: readonly number[]): { priority: number; lanes: Lanes } | null {
  const [first, ...rest] = ready;
  if (first === undefined) return null;
  const turns = lanes.turns + 1;
  if (rest.length === 0) return { priority: first, lanes: { ...lanes, turns, sinceOthers: 0 } };
  const top = Math.min(...ready);
  if (lanes.sinceOthers < othersEvery - 1) {
    return { priority: top, lanes: { ...lanes, turns, sinceOthers: lanes.sinceOthers + 1 } };
  }
  const priority = longestWithout(
    lanes,
    ready.filter((each) => each !== top),
  );
  return {
    priority,
    lanes: { turns, sinceOthers: 0, servedAt: remembered(lanes, ready).set(priority, turns) },
  };
}

/**
 * Without the lanes that would come first anyway. Those that only rest must be kept: lanes that come and go would each be
 * new again, and go before one that is always there.
 */
function remembered({ servedAt }: Lanes, ready: readonly number[]): Map<number, number> {
  const longest = Math.min(...ready.map((each) => servedAt.get(each) ?? 0));
  return new Map([...servedAt].filter(([, at]) => at >= longest));
}

const longestWithout = ({ servedAt }: Lanes, others: readonly number[]): number =>
  others.reduce((best, each) => ((servedAt.get(each) ?? 0) < (servedAt.get(best) ?? 0) ? each : best));
