// The records that are next: read ahead of need, most urgent first, each at most once. Knows nothing of HTTP or leases.
import type { Sql } from "#db/client.ts";
import { type DueRecord, type Place, readDueRecords, readLanes } from "#db/reads/due-records.ts";

/** Memory that records read ahead may take, bytes: a payload may have 1 MiB. */
const memoryMax = 32 * 1024 * 1024;

export class Backlog {
  readonly #sql: Sql;
  readonly #provider: string;
  readonly #monotonicMs: () => number;
  /** Read, not started; in the order in which they go. */
  #ahead: DueRecord[] = [];
  #places: Place[] = [];
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

  /** The first `most` of the records that `may` go. */
  next(most: number, may: (record: DueRecord) => boolean): DueRecord[] {
    const found: DueRecord[] = [];
    for (const record of this.#ahead) {
      if (found.length >= most) break;
      if (may(record)) found.push(record);
    }
    return found;
  }

  /** Takes out the first record that `may` go. */
  take(may: (record: DueRecord) => boolean): DueRecord | null {
    const index = this.#ahead.findIndex(may);
    return index === -1 ? null : (this.#ahead.splice(index, 1)[0] ?? null);
  }

  /**
   * Reads on until `wanted` records are ahead, and once a second from the start, for rows that became visible late or are
   * more urgent.
   *
   * @param isBusy whether a record is already on its way or being settled.
   * @returns how many records came.
   */
  async fill(wanted: number, isBusy: (id: string) => boolean): Promise<number> {
    const startedMs = this.#monotonicMs();
    const rescan = startedMs >= this.#nextRescanMs;
    if (rescan) this.#places = await readLanes(this.#sql, this.#provider);
    if (this.#places.length === 0) return 0;
    const most = Math.max(1, Math.min(wanted, Math.floor(memoryMax / this.#averageBytes)));
    // A rescan meets again what is in memory; those rows must not use up the page.
    const page = rescan
      ? most + this.#ahead.length + this.#busyAtMost
      : Math.max(1, most - this.#ahead.length);
    const found = await readDueRecords(this.#sql, this.#provider, this.#places, page);
    this.#advance(found);
    const have = new Set(this.#ahead.map(({ id }) => id));
    const fresh = found.filter(({ id }) => !have.has(id) && !isBusy(id));
    this.#ahead.push(...fresh);
    if (rescan) {
      this.#ahead.sort(inOrder);
      // At most 2 % of the time goes into rescans: with an old transaction open they meet all the dead rows again.
      const tookMs = this.#monotonicMs() - startedMs;
      this.#nextRescanMs = startedMs + Math.max(1_000, 50 * tookMs);
    }
    if (fresh.length > 0) {
      const bytes = fresh.reduce((sum, { payload }) => sum + payload.length, 0) / fresh.length;
      this.#averageBytes = Math.max(256, 0.8 * this.#averageBytes + 0.2 * bytes, bytes / 4);
    }
    return fresh.length;
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

  #advance(found: DueRecord[]): void {
    for (const place of this.#places) {
      const last = found.findLast(({ priority }) => priority === place.priority);
      if (last) Object.assign(place, { dueAt: last.dueAt, id: last.id });
    }
  }
}

function inOrder(a: DueRecord, b: DueRecord): number {
  return (
    a.priority - b.priority || compare(a.dueAt.slice(0, -1), b.dueAt.slice(0, -1)) || compare(a.id, b.id)
  );
}

// ISO text of one zone is in order as text, once the Z is gone that sorts after the digits of a longer fraction.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
