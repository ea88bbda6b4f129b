// The requests that are out, and which records may go beside them. Records that were there when a worker died go one at
// a time, and stand in the journal one at a time, so that only the cause is there at the third death. Of an ordering key
// one is on its way at most.
import type { DueRecord } from "#db/reads/due-records.ts";
import type { Settled } from "#db/writes/settle.ts";
import type { Present } from "#worker/drain/gatekeeper.ts";

/** An attempt that is under way. */
export type Flight = {
  record: DueRecord;
  /** Its place in its trace. */
  span: string;
  startedAtMs: number;
  /** What its reply must carry, see Gatekeeper. */
  generation: number;
};

/** An attempt that is over. */
export type Ended = { record: DueRecord; span: string; startedAtMs: number; endedAtMs: number };

const isSuspect = ({ interruptions }: DueRecord): boolean => interruptions > 0;

export class Flights {
  readonly #out = new Map<string, Flight>();
  /** Ordering keys of which a record is on its way, or its result is not written. */
  readonly #busyKeys = new Set<string>();

  get size(): number {
    return this.#out.size;
  }

  has(id: string): boolean {
    return this.#out.has(id);
  }

  ids(): Iterable<string> {
    return this.#out.keys();
  }

  /** As the gatekeeper is told of it. */
  present(nowMs: number): Present {
    const [oldest] = this.#out.values();
    return { nowMs, inFlight: this.#out.size, oldestStartedAtMs: oldest?.startedAtMs ?? null };
  }

  started(flight: Flight): void {
    const { id, orderingKey } = flight.record;
    this.#out.set(id, flight);
    if (orderingKey !== null) this.#busyKeys.add(orderingKey);
  }

  /** Its key stays busy until the result is written. */
  ended(id: string): void {
    this.#out.delete(id);
  }

  written(group: readonly Settled[]): void {
    for (const { orderingKey } of group) if (orderingKey !== null) this.#busyKeys.delete(orderingKey);
  }

  /** Whether a record may go now. */
  mayGo = (next: DueRecord): boolean => this.#isKeyFree(next) && (!isSuspect(next) || this.#suspects() === 0);

  /**
   * Whether a record may stand in the journal beside what is out, asked of each in the order in which they go: one suspect
   * at most is among them.
   */
  mayGoNext(): (next: DueRecord) => boolean {
    let suspects = this.#suspects();
    return (next) => {
      if (!this.#isKeyFree(next)) return false;
      if (!isSuspect(next)) return true;
      suspects += 1;
      return suspects === 1;
    };
  }

  #isKeyFree({ orderingKey }: DueRecord): boolean {
    return orderingKey === null || !this.#busyKeys.has(orderingKey);
  }

  #suspects(): number {
    let count = 0;
    for (const { record } of this.#out.values()) if (isSuspect(record)) count += 1;
    return count;
  }
}
