// The records that are next: read ahead of need, each at most once, the most urgent first but no lane forgotten. Knows
// nothing of HTTP or leases.
import type { Sql } from "#db/client.ts";
import { type DueRecord, type Place, readDueRecords, readLanes } from "#db/reads/due-records.ts";
import { type Lanes, newLanes, nextLane, othersEvery } from "#lib/core/lanes.ts";

/** Memory that records read ahead may take, bytes: a payload may have 1 MiB. */
const memoryMax = 32 * 1024 * 1024;
/** Lanes that one read looks into; where there are more, the next rescan takes others beside the first. */
const lanesMost = 64;

/** Lets through those of the records read that may be sent, and does with the others what must be done. */
export type Admit = (found: DueRecord[]) => Promise<DueRecord[]>;

export class Backlog {
  readonly #sql: Sql;
  readonly #provider: string;
  readonly #monotonicMs: () => number;
  /** Read, not started; in the order of the queue. */
  #ahead: DueRecord[] = [];
  #places: Place[] = [];
  #lanes: Lanes = newLanes;
  /** The most urgent lane that had more than the last read took; Infinity when all were read to their end. */
  #lead = Number.POSITIVE_INFINITY;
  #rescans = 0;
  #nextRescanMs = 0;
  #averageBytes = 1_024;

  constructor(sql: Sql, provider: string, monotonicMs: () => number) {
    this.#sql = sql;
    this.#provider = provider;
    this.#monotonicMs = monotonicMs;
  }

  get size(): number {
    return this.#ahead.length;
  }

  /** Whether fewer than `least` are ahead, but for what the less urgent lanes have as their share. */
  isShort(least: number): boolean {
    return this.#aheadIn(({ priority }) => priority <= this.#lead) < least;
  }

  /** The next `most` of the records that `may` go, in the order in which `take` would give them. */
  next(most: number, may: (record: DueRecord) => boolean): DueRecord[] {
    if (!this.#hasLanes()) return firstOf(this.#ahead, most, may);
    const ready = this.#ahead.filter(may);
    const found: DueRecord[] = [];
    let lanes = this.#lanes;
    while (found.length < most && ready.length > 0) {
      const chosen = nextLane(lanes, prioritiesOf(ready));
      if (chosen === null) break;
      lanes = chosen.lanes;
      found.push(
        ...ready.splice(
          ready.findIndex(({ priority }) => priority === chosen.priority),
          1,
        ),
      );
    }
    return found;
  }

  /**
   * Takes out the record that goes next, of those that `may` and are ready. A lane whose turn it is keeps its turn until
   * its record is ready; meanwhile another goes.
   */
  take(may: (record: DueRecord) => boolean, isReady: (record: DueRecord) => boolean): DueRecord | null {
    if (!this.#hasLanes()) return this.#remove(this.#ahead.findIndex((each) => isReady(each) && may(each)));
    const open = this.#ahead.filter(may);
    const chosen = nextLane(this.#lanes, prioritiesOf(open));
    const inTurn = open.find((each) => each.priority === chosen?.priority && isReady(each));
    if (inTurn && chosen) this.#lanes = chosen.lanes;
    const next = inTurn ?? open.find(isReady);
    return next ? this.#remove(this.#ahead.indexOf(next)) : null;
  }

  /** Drops what may not go any more as it was read; a scan from the start meets it again. */
  drop(isStale: (record: DueRecord) => boolean): void {
    const kept = this.#ahead.filter((record) => !isStale(record));
    if (kept.length === this.#ahead.length) return;
    this.#ahead = kept;
    this.rescanSoon();
  }

  /**
   * Reads on until `wanted` records are ahead, and once a second from the start, for rows that became visible late or are
   * more urgent.
   *
   * @param isBusy whether a record is already on its way or being settled.
   * @param admit is asked before a record counts as read.
   * @returns how many records were met that are new here, admitted or not.
   */
  async fill(wanted: number, isBusy: (id: string) => boolean, admit: Admit): Promise<number> {
    const startedMs = this.#monotonicMs();
    const rescan = startedMs >= this.#nextRescanMs;
    if (rescan) this.#places = this.#choose(await readLanes(this.#sql, this.#provider));
    if (this.#places.length === 0) return 0;
    const most = Math.max(1, Math.min(wanted, Math.floor(memoryMax / this.#averageBytes)));
    // A rescan meets again what is in memory; those rows must not use up the page.
    const again = rescan ? this.#busyAtMost : 0;
    const limits = this.#places.map((place) => this.#limit(place, most, rescan) + again);
    const found = await readDueRecords(this.#sql, this.#provider, this.#places, limits);
    this.#advance(found, limits);
    const have = new Set(this.#ahead.map(({ id }) => id));
    const met = found.filter(({ id }) => !have.has(id) && !isBusy(id));
    const fresh = await admit(met);
    this.#ahead.push(...fresh);
    if (rescan || this.#places.length > 1) this.#ahead.sort(inOrder);
    if (rescan) {
      // At most 2 % of the time goes into rescans: with an old transaction open they meet all the dead rows again.
      const tookMs = this.#monotonicMs() - startedMs;
      this.#nextRescanMs = startedMs + Math.max(1_000, 50 * tookMs);
    }
    if (fresh.length > 0) {
      const bytes = fresh.reduce((sum, { payload }) => sum + payload.length, 0) / fresh.length;
      this.#averageBytes = Math.max(256, 0.8 * this.#averageBytes + 0.2 * bytes, bytes / 4);
    }
    return met.length;
  }

  /** How many records may be on their way or in settlement beside those ahead; told by the drain. */
  #busyAtMost = 0;
  expectBusy(count: number): void {
    this.#busyAtMost = count;
  }

  /** A record that was given back unsent is met again by the next scan from the start. */
  rescanSoon(): void {
    this.#nextRescanMs = 0;
  }

  #hasLanes(): boolean {
    return this.#ahead[0]?.priority !== this.#ahead.at(-1)?.priority;
  }

  #remove(index: number): DueRecord | null {
    return index === -1 ? null : (this.#ahead.splice(index, 1)[0] ?? null);
  }

  /** The first lane, and of the others as many as one read can look into, other ones each time. */
  #choose(places: Place[]): Place[] {
    const [top, ...others] = places;
    if (top === undefined || others.length < lanesMost) return places;
    this.#rescans += 1;
    const from = (this.#rescans * (lanesMost - 1)) % others.length;
    const chosen = [...others.slice(from), ...others.slice(0, from)].slice(0, lanesMost - 1);
    return [top, ...chosen.sort((a, b) => a.priority - b.priority)];
  }

  /** Up to the lead a lane may fill the page; each less urgent one has a share beside it, or it would never be read. */
  #limit({ priority }: Place, most: number, rescan: boolean): number {
    const share = priority <= this.#lead ? most : Math.max(2, Math.ceil(most / othersEvery));
    const ahead = this.#aheadIn((record) => record.priority === priority);
    return rescan ? share + ahead : Math.max(0, share - ahead);
  }

  #aheadIn(which: (record: DueRecord) => boolean): number {
    let count = 0;
    for (const record of this.#ahead) if (which(record)) count += 1;
    return count;
  }

  #advance(found: DueRecord[], limits: readonly number[]): void {
    this.#lead = Number.POSITIVE_INFINITY;
    for (const [index, place] of this.#places.entries()) {
      const ofLane = found.filter(({ priority }) => priority === place.priority);
      if (ofLane.length >= (limits[index] ?? 0)) this.#lead = Math.min(this.#lead, place.priority);
      const last = ofLane.at(-1);
      if (last) Object.assign(place, { dueAt: last.dueAt, id: last.id });
    }
  }
}

function firstOf(
  records: readonly DueRecord[],
  most: number,
  may: (record: DueRecord) => boolean,
): DueRecord[] {
  const found: DueRecord[] = [];
  for (const record of records) {
    if (found.length >= most) break;
    if (may(record)) found.push(record);
  }
  return found;
}

/** Each priority once; the records are in its order. */
function prioritiesOf(records: readonly DueRecord[]): number[] {
  const priorities: number[] = [];
  for (const { priority } of records) if (priorities.at(-1) !== priority) priorities.push(priority);
  return priorities;
}

function inOrder(a: DueRecord, b: DueRecord): number {
  return (
    a.priority - b.priority || compare(a.dueAt.slice(0, -1), b.dueAt.slice(0, -1)) || compare(a.id, b.id)
  );
}

// ISO text of one zone is in order as text, once the Z is gone that sorts after the digits of a longer fraction.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
