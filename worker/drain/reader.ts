// Reads ahead: keeps as many records ready as are of use, asks a dry queue again at a pace, and puts aside what was met
// but must wait for another.
import type { DueRecord } from "#db/reads/due-records.ts";
import { parkFollowers } from "#db/writes/park-followers.ts";
import type { Deps } from "#worker/deps.ts";
import { Admission } from "#worker/drain/admission.ts";
import { Backlog } from "#worker/drain/backlog.ts";
import type { Flights } from "#worker/drain/flights.ts";
import type { Gatekeeper } from "#worker/drain/gatekeeper.ts";
import type { Results } from "#worker/drain/results.ts";
import type { Tenure } from "#worker/drain/tenure.ts";

/** A dry provider is kept this long: a record that follows at once finds its owner awake. */
const lingerMs = 250;
/** How often a dry queue is asked again: at first, and at most. */
const dryPollMs = { first: 10, most: 250 };
/** However much is ahead, the queue is asked this often: something more urgent may have come. */
const lookMs = 1_000;

type Company = { gatekeeper: Gatekeeper; flights: Flights; results: Results };

export class Reader {
  readonly #deps: Pick<Deps, "sql" | "monotonicMs">;
  readonly #tenure: Tenure;
  readonly #gatekeeper: Gatekeeper;
  readonly #flights: Flights;
  readonly #results: Results;
  readonly #backlog: Backlog;
  readonly #admission: Admission;
  /** Read, but not first of their ordering key: put aside before the next write. */
  readonly #followers: string[] = [];
  /** Settled while a read was under way, which may have begun before the commit and still show them. */
  readonly #settledMeanwhile = new Set<string>();
  #isReading = false;
  #readAtMs = 0;
  #pollMs = dryPollMs.first;
  #drySinceMs: number;

  constructor(deps: Deps, tenure: Tenure, { gatekeeper, flights, results }: Company) {
    this.#deps = deps;
    this.#tenure = tenure;
    this.#gatekeeper = gatekeeper;
    this.#flights = flights;
    this.#results = results;
    this.#backlog = new Backlog(deps.sql, tenure.provider, deps.monotonicMs);
    this.#admission = new Admission(deps.sql, tenure.provider, () => tenure.nowMs());
    this.#drySinceMs = deps.monotonicMs();
  }

  // ── what is ready ──────────────────────────────────────────────────────────────────────────────────────────────────

  get size(): number {
    return this.#backlog.size;
  }

  /** Takes out the record that goes next, of those that are ready. */
  take(isReady: (record: DueRecord) => boolean): DueRecord | null {
    return this.#backlog.take(this.#flights.mayGo, isReady);
  }

  /** Ids of the records that go next. */
  next(most: number): string[] {
    return this.#backlog.next(most, this.#flights.mayGoNext()).map(({ id }) => id);
  }

  dropStale(): void {
    const isStale = this.#admission.stale();
    if (isStale) this.#backlog.drop(isStale);
  }

  /** There may be new rows. A wake-up that comes during a read is not lost: the next read starts at once. */
  wake(): void {
    this.#pollMs = dryPollMs.first;
    this.#readAtMs = 0;
    this.#drySinceMs = this.#deps.monotonicMs();
  }

  /** Records came back that a scan has passed already. */
  rescanSoon(): void {
    this.#backlog.rescanSoon();
    this.wake();
  }

  /** Nothing is ahead, and for a moment nothing was found or settled. */
  isDry(): boolean {
    const busyUntilMs = Math.max(this.#drySinceMs, this.#results.addedAtMs);
    return this.#backlog.size === 0 && this.#deps.monotonicMs() - busyUntilMs > lingerMs;
  }

  // ── read ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  get isReading(): boolean {
    return this.#isReading;
  }

  isDue(): boolean {
    const nowMs = this.#deps.monotonicMs();
    if (this.#isReading || nowMs < this.#readAtMs) return false;
    return this.#backlog.isShort(this.#wanted() / 2) || nowMs >= this.#readAtMs + lookMs;
  }

  /** In how many ms the queue may be asked again. */
  dueInMs(): number {
    return this.#readAtMs - this.#deps.monotonicMs();
  }

  postpone(ms: number): void {
    this.#readAtMs = this.#deps.monotonicMs() + ms;
  }

  async read(): Promise<void> {
    this.#isReading = true;
    this.#settledMeanwhile.clear();
    this.#readAtMs = this.#deps.monotonicMs();
    try {
      this.#backlog.expectBusy(this.#flights.size + this.#results.size);
      const found = await this.#backlog.fill(
        this.#wanted(),
        (id) => this.#flights.has(id) || this.#results.has(id) || this.#settledMeanwhile.has(id),
        (records) => this.#admit(records),
      );
      this.#pace(found);
    } finally {
      this.#isReading = false;
    }
  }

  /** Their rows are gone, or due later; a read that is under way may still show them. */
  settled(ids: Iterable<string>): void {
    if (this.#isReading) for (const id of ids) this.#settledMeanwhile.add(id);
  }

  /** Records ahead of need: enough for a full batch size and for what settles during a write. */
  #wanted(): number {
    const wanted = Math.max(20, 2 * this.#gatekeeper.view.batchSize + 2 * this.#results.writtenLately);
    // With a small quota left there is no use in more; one at least, so that a rescan still looks.
    return Math.max(1, Math.min(wanted, this.#gatekeeper.worthPreparing(this.#tenure.nowMs())));
  }

  #pace(found: number): void {
    const nowMs = this.#deps.monotonicMs();
    if (found > 0) {
      this.#drySinceMs = nowMs;
      this.#pollMs = dryPollMs.first;
    } else if (this.#readAtMs > 0) {
      // Nothing came, and nobody woke us meanwhile.
      this.#readAtMs = nowMs + this.#pollMs;
      this.#pollMs = Math.min(dryPollMs.most, this.#pollMs * 1.5);
    }
  }

  async #admit(records: DueRecord[]): Promise<DueRecord[]> {
    const { admitted, followers, duplicates } = await this.#admission.admit(records, this.#gatekeeper.policy);
    this.#followers.push(...followers);
    for (const settled of duplicates) this.#results.add(settled);
    return admitted;
  }

  // ── put aside ──────────────────────────────────────────────────────────────────────────────────────────────────────

  get hasFollowers(): boolean {
    return this.#followers.length > 0;
  }

  /** Between two settlements, so that neither misses what the other does. */
  async park(): Promise<void> {
    const followers = this.#followers.splice(0);
    if (followers.length === 0) return;
    try {
      await parkFollowers(this.#deps.sql, this.#tenure.lease, followers);
    } catch (error) {
      this.#followers.push(...followers);
      throw error;
    }
  }
}
