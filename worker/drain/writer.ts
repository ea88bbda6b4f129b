// Writes results, and with them everything else that a drain has to say: that the lease goes on, which records may be on
// their way, what the gatekeeper decided. A record starts only when a committed journal names it.
import type { DueRecord } from "#db/reads/due-records.ts";
import {
  type AfterSettle,
  absorbLateSuccesses,
  type Settled,
  type Settlement,
  settle,
} from "#db/writes/settle.ts";
import type { Deps } from "#worker/deps.ts";
import { withoutWords } from "#worker/drain/conclude.ts";
import { isOfData } from "#worker/drain/database-error.ts";
import type { Flights } from "#worker/drain/flights.ts";
import type { Gatekeeper } from "#worker/drain/gatekeeper.ts";
import type { Reader } from "#worker/drain/reader.ts";
import type { Results } from "#worker/drain/results.ts";
import { startsWithinMs, type Tenure } from "#worker/drain/tenure.ts";

/** So many of the next records are looked at to see whether the journal names them. */
const lookedAtMost = 64;

/** What a write says beside whose it is and how the provider is. */
type Said = Omit<Settlement, "provider" | "owner" | "epoch" | "columns">;
type Company = { gatekeeper: Gatekeeper; flights: Flights; reader: Reader; results: Results };

export class Writer {
  readonly #deps: Deps;
  readonly #tenure: Tenure;
  readonly #gatekeeper: Gatekeeper;
  readonly #flights: Flights;
  readonly #reader: Reader;
  readonly #results: Results;
  /** Ids that the database knows may be on their way; only these may start. */
  #journaled = new Set<string>();
  /** An operator's wish for a probe is fulfilled; the next write takes it off the list. */
  #probeTaken = false;
  #isWriting = false;

  constructor(deps: Deps, tenure: Tenure, { gatekeeper, flights, reader, results }: Company) {
    this.#deps = deps;
    this.#tenure = tenure;
    this.#gatekeeper = gatekeeper;
    this.#flights = flights;
    this.#reader = reader;
    this.#results = results;
  }

  /** Whether the database knows that this record may be on its way. */
  isJournaled = ({ id }: DueRecord): boolean => this.#journaled.has(id);

  // ── when ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Whether anything is left that must be written before the provider is let go. */
  get hasWork(): boolean {
    return this.#results.size > 0 || this.#gatekeeper.changes.length > 0 || this.#reader.hasFollowers;
  }

  /** No write is under way, and the last one was long enough ago. */
  isFree(): boolean {
    return !this.#isWriting && this.#deps.monotonicMs() >= this.#results.writeAtMs;
  }

  /** @param room how many more requests may go out now. */
  isDue(room: number): boolean {
    return this.hasWork || this.#tenure.wantsRenewal() || this.#isJournalShort(room);
  }

  /** In how many ms there is something to write; Infinity when nothing waits for it. */
  dueInMs(): number {
    const isPending = this.#results.size > 0 || this.#gatekeeper.changes.length > 0;
    if (this.#isWriting || !isPending) return Number.POSITIVE_INFINITY;
    return this.#results.writeAtMs - this.#deps.monotonicMs();
  }

  #isJournalShort(room: number): boolean {
    return this.#reader.next(Math.min(room, lookedAtMost)).some((id) => !this.#journaled.has(id));
  }

  // ── write ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  get owesProbe(): boolean {
    return this.#probeTaken;
  }

  probeTaken(): void {
    this.#probeTaken = true;
  }

  /**
   * @param longestMs how long a request may take.
   * @param obey follows what an operator changed meanwhile.
   */
  async write(longestMs: number, obey: (after: AfterSettle) => Promise<void>): Promise<void> {
    this.#isWriting = true;
    try {
      const startedMs = this.#deps.monotonicMs();
      await this.#reader.park();
      const group = this.#results.take();
      const inGroup = new Set(group.map(({ id }) => id));
      const journal = this.#journal(inGroup);
      // Until this commits, only what is in the journal before and after may start.
      this.#journaled = new Set(journal.filter((id) => this.#journaled.has(id)));
      // A copy: more may come while this is written, and those wait for the next.
      const changes = [...this.#gatekeeper.changes];
      const probeTaken = this.#probeTaken;
      // The last request may start this long after this write, under the margin that the lease leaves.
      const deadlineMs = longestMs + startsWithinMs;
      const after = await this.#settle({ settled: group, journal, deadlineMs, probeTaken, changes });
      if (after === null) return await this.#lost();
      this.#tenure.renewed(startedMs);
      this.#results.written();
      this.#reader.settled(inGroup);
      this.#flights.written(group);
      this.#gatekeeper.changesWritten(changes.length);
      if (probeTaken) this.#probeTaken = false;
      if (after.found < group.length) await this.#absorb(group);
      this.#tell(group, changes.length > 0);
      await obey(after);
      // Not before: what this write has named goes under the policy that it found.
      this.#journaled = new Set(journal);
    } catch (error) {
      if (!this.#isBadResult(error)) throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  #settle(said: Said): Promise<AfterSettle | null> {
    const { provider, owner, epoch } = this.#tenure.lease;
    const columns = this.#gatekeeper.columns(this.#tenure.nowMs());
    return settle(this.#deps.sql, { provider, owner, epoch, columns, ...said });
  }

  #absorb(late: Settled[]): Promise<void> {
    return absorbLateSuccesses(this.#deps.sql, this.#tenure.provider, late);
  }

  /** What may be on its way once this is written: requests that are out, results not yet written, and what goes next. */
  #journal(inGroup: Set<string>): string[] {
    const unwritten = this.#results.unwritten(inGroup);
    const wanted = this.#gatekeeper.view.batchSize + 2 * this.#results.writtenLately;
    const most = Math.min(wanted, this.#gatekeeper.worthPreparing(this.#tenure.nowMs()));
    const next = this.#tenure.mayStart() ? this.#reader.next(most) : [];
    return [...this.#flights.ids(), ...unwritten, ...next];
  }

  #tell(group: Settled[], changed: boolean): void {
    const { provider } = this.#tenure;
    const { hints } = this.#deps;
    if (group.length > 0) hints.changed({ topic: "throughput", provider });
    if (changed) hints.changed({ topic: "provider", provider });
    for (const { id, tries, failure } of group) {
      if (failure) hints.changed({ topic: "failures", provider });
      if (failure || tries > 1) hints.changed({ topic: "record", id });
    }
  }

  // ── when it fails ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether the write failed for what it would have written; then the next write leaves the bad result's words out. */
  #isBadResult(error: unknown): boolean {
    const group = this.#results.take();
    const [first] = group;
    if (!first || !isOfData(error)) return false;
    const { provider } = this.#tenure;
    this.#deps.log.error({ err: error, provider, results: group.length }, "results refused");
    if (group.length > 1) this.#results.isolate();
    else if (first.detail?.unkept === true) return false;
    else this.#results.replace(withoutWords(first, error.message));
    return true;
  }

  /** Another owner has the provider. Successes that still come in happened, and are written down. */
  async #lost(): Promise<void> {
    const { provider, epoch } = this.#tenure.lease;
    this.#deps.log.warn({ provider, epoch }, "lease lost");
    this.#tenure.lose();
    await this.#absorb(this.#results.left());
    this.#results.abandon();
  }
}
