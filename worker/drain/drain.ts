// Delivers one provider's due records while it holds the provider's lease. One loop owns everything:
//
//   start what may start → read ahead → write results → tend the control state → wait for whatever comes first
//
// Requests, reads and writes run beside each other; each raises the signal when it ends. The drain lets the lease go
// when the provider has been dry for a moment, when something holds it, or when the worker stops.

import { PostgresError } from "#db/client.ts";
import type { DueRecord } from "#db/reads/due-records.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import { type AfterSettle, absorbLateSuccesses, type Settled, settle } from "#db/writes/settle.ts";
import { type Lease, leaseMs } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import { classify } from "#lib/core/classify.ts";
import {
  type Change,
  type Control,
  type ControlEvent,
  mayStart,
  newControl,
  nextChangeAtMs,
  reduce,
  view,
  wantsHealthCheck,
} from "#lib/core/control.ts";
import type { Deps } from "#worker/deps.ts";
import { conclude, concludeGivenUp, concludeLocalFault, withoutWords } from "#worker/drain/attempt.ts";
import { Backlog } from "#worker/drain/backlog.ts";
import { linkTo, type ProviderLink } from "#worker/drain/provider-link.ts";
import { Results } from "#worker/drain/results.ts";
import { Signal } from "#worker/drain/signal.ts";

/** Results wait this long for company before they are written. */
const gatherMs = 10;
/** A quiet lease is renewed, and an operator's acts are read, this often. */
const renewMs = 500;
/** No request starts this shortly before the lease ends: an owner that can't renew must have stopped by then. */
const leaseMarginMs = 4_000;
/** A dry provider is kept this long: a record that follows at once finds its owner awake. */
const lingerMs = 250;
/** A held provider is kept when the hold ends within this time; else it is let go, and the sweep comes back to it. */
const shortHoldMs = 1_500;
/** How often a dry queue is asked again: at first, and at most. */
const dryPollMs = { first: 10, most: 250 };

type InFlight = { record: DueRecord; startedAtMs: number; generation: number };

const isSuspect = ({ interruptions }: DueRecord): boolean => interruptions > 0;

export class Drain {
  readonly #deps: Deps;
  readonly #lease: Lease;
  readonly #takenMonotonicMs: number;
  readonly #signal = new Signal();
  readonly #backlog: Backlog;
  readonly #results = new Results();
  readonly #inFlight = new Map<string, InFlight>();
  readonly #abort = new AbortController();
  #link: ProviderLink;
  #control: Control;
  #changes: (Change & { atMs: number })[] = [];
  /** Ids that the database knows may be on their way; only these may start. */
  #journaled = new Set<string>();
  #leaseEndsMs: number;
  #phantoms: number;
  #phantomsUntilMs: number;
  #held: boolean;
  /** An operator's wish for a probe is fulfilled; the next write takes it off the list. */
  #probeTaken = false;
  /** The longest that a request of ours may take, under any policy it started with, ms. */
  #longestMs: number;
  #stopping = false;
  #fenced = false;
  #fault: unknown = null;

  #reading = false;
  /** Settled while a read was under way, which may have begun before the commit and still show them. */
  readonly #settledMeanwhile = new Set<string>();
  #readAtMs = 0;
  #pollMs = dryPollMs.first;
  #drySinceMs: number;
  #writing = false;
  #writeAtMs = 0;
  #writtenAtMs: number;
  #settledLately = 0;
  #checkingHealth = false;
  #tickAtMs = 0;

  constructor(deps: Deps, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
    this.#takenMonotonicMs = deps.monotonicMs();
    this.#leaseEndsMs = this.#takenMonotonicMs + leaseMs;
    this.#drySinceMs = this.#takenMonotonicMs;
    this.#writtenAtMs = this.#takenMonotonicMs;
    this.#backlog = new Backlog(deps.sql, lease.provider, deps.monotonicMs);
    this.#control = (lease.control as Control | null) ?? newControl(lease.takenAtMs);
    this.#phantoms = lease.phantoms;
    this.#phantomsUntilMs = lease.phantomsUntilMs ?? 0;
    this.#held = lease.paused;
    this.#longestMs = lease.policy.timeoutMs.total;
    this.#link = linkTo(deps, lease.provider, lease);
  }

  /** Delivers until there is no reason to hold the lease any longer. */
  async run(): Promise<void> {
    await this.#takeOverIfNeeded();
    this.#probeIfAsked(this.#lease.probeRequestedBy);
    while (!this.#isOver()) {
      this.#tend();
      this.#start();
      this.#read();
      this.#write();
      await this.#signal.wait(this.#waitMs());
      if (this.#fault) throw this.#fault;
    }
    if (!this.#fenced) await this.#letGo();
  }

  /** There may be new rows. A wake-up that comes during a read is not lost: the next read starts at once. */
  wake(): void {
    this.#pollMs = dryPollMs.first;
    this.#readAtMs = 0;
    this.#drySinceMs = this.#deps.monotonicMs();
    this.#signal.raise();
  }

  /** Starts nothing more; ends when what is on its way is settled. */
  stop(): void {
    this.#stopping = true;
    this.#signal.raise();
  }

  /** The grace is over: what is still on its way is given up, and retried by whoever comes next. */
  abort(): void {
    this.stop();
    this.#abort.abort();
  }

  /** The database's clock, carried on by the monotonic one, ms since 1970. */
  #nowMs(): number {
    return this.#lease.takenAtMs + (this.#deps.monotonicMs() - this.#takenMonotonicMs);
  }

  #given() {
    const { batchSizeMax, slowMs, breaker, health } = this.#link.policy;
    const [oldest] = this.#inFlight.values();
    return {
      nowMs: this.#nowMs(),
      random: this.#deps.random(),
      policy: { batchSizeMax, slowMs, ...breaker, health: health && { everyMs: health.everyMs } },
      inFlight: this.#inFlight.size,
      oldestStartedAtMs: oldest?.startedAtMs ?? null,
    };
  }

  #reduce(event: ControlEvent): void {
    const { control, changes } = reduce(this.#control, event, this.#given());
    this.#control = control;
    const atMs = this.#nowMs();
    for (const change of changes) this.#changes.push({ ...change, atMs });
  }

  // ── start ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #maySend(): boolean {
    return (
      !this.#stopping &&
      !this.#fenced &&
      !this.#held &&
      this.#deps.monotonicMs() < this.#leaseEndsMs - leaseMarginMs
    );
  }

  /** How many more requests may go out now. Those of a dead owner that may still run take up places. */
  #room(): number {
    if (!this.#maySend()) return 0;
    return Math.max(0, mayStart(this.#control, this.#given()) - this.#phantomsNow());
  }

  #phantomsNow(): number {
    return this.#nowMs() < this.#phantomsUntilMs ? this.#phantoms : 0;
  }

  #start(): void {
    for (let room = this.#room(); room > 0; room -= 1) {
      const record = this.#backlog.take((next) => this.#journaled.has(next.id) && this.#mayGo(next));
      if (!record) return;
      this.#send(record);
    }
  }

  /**
   * Records that were there when a worker died go one at a time, and stand in the journal one at a time, so that only the
   * cause is there at the third death.
   */
  #mayGo(next: DueRecord): boolean {
    return !isSuspect(next) || ![...this.#inFlight.values()].some(({ record }) => isSuspect(record));
  }

  /** What the journal should name beside what is out: the records that go next, one suspect at most among them. */
  #goNext(most: number): string[] {
    let suspects = [...this.#inFlight.values()].filter(({ record }) => isSuspect(record)).length;
    const next = this.#backlog.next(most, (record) => {
      if (!isSuspect(record)) return true;
      suspects += 1;
      return suspects === 1;
    });
    return next.map(({ id }) => id);
  }

  #send(record: DueRecord): void {
    const startedAtMs = this.#nowMs();
    const sent: InFlight = { record, startedAtMs, generation: view(this.#control).generation };
    this.#inFlight.set(record.id, sent);
    this.#attempt(sent).then(
      (settled) => this.#arrived(settled),
      (error) => {
        this.#deps.log.error({ err: error, record: record.id }, "an attempt broke");
        this.#arrived(
          concludeLocalFault(record, error, this.#nowMs(), this.#link.policy, this.#deps.random()),
        );
      },
    );
  }

  async #attempt({ record, startedAtMs, generation }: InFlight): Promise<Settled> {
    const reply = await this.#link.send(record, startedAtMs, this.#abort.signal);
    const endedAtMs = this.#nowMs();
    const classified = classify(reply, endedAtMs);
    const attempted = { record, reply, classified, startedAtMs, endedAtMs };
    if (this.#abort.signal.aborted && reply.kind !== "response") {
      return concludeGivenUp(attempted, this.#link.policy, this.#deps.random());
    }
    const { outcome, retryAfterMs, error } = classified;
    this.#reduce({
      kind: "replied",
      recordId: record.id,
      startedAtMs,
      generation,
      outcome,
      retryAfterMs,
      error,
    });
    const { breaker, lastSuccessAtMs } = view(this.#control);
    return conclude(this.#lease.provider, attempted, {
      policy: this.#link.policy,
      breaker,
      lastSuccessAtMs,
      random: this.#deps.random,
    });
  }

  /** In one step from out to settling: between the two a record would seem to be nowhere. */
  #arrived(settled: Settled): void {
    this.#inFlight.delete(settled.id);
    if (this.#results.size === 0) this.#writeAtMs = this.#deps.monotonicMs() + gatherMs;
    this.#results.add(settled);
    this.#drySinceMs = this.#deps.monotonicMs();
    this.#signal.raise();
  }

  // ── read ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Records ahead of need: enough for a full batch size and for what settles during a write. */
  #aheadWanted(): number {
    return Math.max(20, 2 * view(this.#control).batchSize + 2 * this.#settledLately);
  }

  #read(): void {
    const nowMs = this.#deps.monotonicMs();
    if (this.#reading || !this.#maySend() || nowMs < this.#readAtMs) return;
    if (this.#backlog.size >= this.#aheadWanted() / 2 && nowMs < this.#readAtMs + 1_000) return;
    if (mayStart(this.#control, this.#given()) === 0 && this.#inFlight.size === 0) return;
    this.#reading = true;
    this.#settledMeanwhile.clear();
    this.#readAtMs = nowMs;
    this.#fill().then(this.#signal.raise, (error) => this.#failed("reading", error));
  }

  async #fill(): Promise<void> {
    try {
      this.#backlog.expectBusy(this.#inFlight.size + this.#results.size);
      const found = await this.#backlog.fill(
        this.#aheadWanted(),
        (id) => this.#inFlight.has(id) || this.#results.has(id) || this.#settledMeanwhile.has(id),
      );
      const nowMs = this.#deps.monotonicMs();
      if (found > 0) {
        this.#drySinceMs = nowMs;
        this.#pollMs = dryPollMs.first;
      } else if (this.#readAtMs > 0) {
        // Nothing came, and nobody woke us meanwhile.
        this.#readAtMs = nowMs + this.#pollMs;
        this.#pollMs = Math.min(dryPollMs.most, this.#pollMs * 1.5);
      }
    } finally {
      this.#reading = false;
    }
  }

  // ── write ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #write(): void {
    const nowMs = this.#deps.monotonicMs();
    if (this.#writing || nowMs < this.#writeAtMs) return;
    const journalIsShort = this.#goNext(Math.min(this.#room(), 64)).some((id) => !this.#journaled.has(id));
    const due =
      this.#results.size > 0 ||
      this.#changes.length > 0 ||
      journalIsShort ||
      nowMs - this.#writtenAtMs >= renewMs;
    if (!due) return;
    this.#writing = true;
    this.#flush().then(this.#signal.raise, (error) => this.#failed("writing", error));
  }

  async #flush(): Promise<void> {
    const startedMs = this.#deps.monotonicMs();
    try {
      const group = this.#results.take();
      const inGroup = new Set(group.map(({ id }) => id));
      const journal = this.#journal(inGroup);
      // Until this commits, only what is in the journal before and after may start.
      this.#journaled = new Set(journal.filter((id) => this.#journaled.has(id)));
      // A copy: more may come while this is written, and those wait for the next.
      const changes = [...this.#changes];
      const { generation: _, pausedUntilMs: __, lastSuccessAtMs: ___, ...columns } = view(this.#control);
      const probeTaken = this.#probeTaken;
      const after = await settle(this.#deps.sql, {
        provider: this.#lease.provider,
        owner: this.#lease.owner,
        epoch: this.#lease.epoch,
        settled: group,
        journal,
        // The last request may start this long after this write, under the margin that the lease leaves.
        deadlineMs: this.#longestMs + leaseMs - leaseMarginMs,
        probeTaken,
        columns: { control: this.#control, ...columns },
        changes,
      });
      if (after === null) return await this.#lost();
      this.#results.written();
      if (this.#reading) for (const id of inGroup) this.#settledMeanwhile.add(id);
      this.#changes = this.#changes.slice(changes.length);
      this.#journaled = new Set(journal);
      this.#leaseEndsMs = startedMs + leaseMs;
      this.#writtenAtMs = startedMs;
      if (probeTaken) this.#probeTaken = false;
      this.#settledLately = group.length;
      if (after.found < group.length) await absorbLateSuccesses(this.#deps.sql, this.#lease.provider, group);
      this.#tell(group, changes.length > 0);
      await this.#obey(after);
    } catch (error) {
      if (!this.#isBadResult(error)) throw error;
    } finally {
      this.#writing = false;
    }
  }

  /** Whether the write failed for what it would have written; then the next write leaves the bad result's words out. */
  #isBadResult(error: unknown): boolean {
    const group = this.#results.take();
    const [first] = group;
    if (!first || !(error instanceof PostgresError) || !/^(22|23|54)/.test(error.code)) return false;
    this.#deps.log.error(
      { err: error, provider: this.#lease.provider, results: group.length },
      "results refused",
    );
    if (group.length > 1) this.#results.isolate();
    else if (first.detail?.unkept === true) return false;
    else this.#results.replace(withoutWords(first, error.message));
    return true;
  }

  /** What may be on its way once this is written: requests that are out, results not yet written, and what goes next. */
  #journal(inGroup: Set<string>): string[] {
    const { batchSize } = view(this.#control);
    const unwritten = this.#results.unwritten(inGroup);
    const next = this.#maySend() ? this.#goNext(batchSize + 2 * this.#settledLately) : [];
    return [...this.#inFlight.keys(), ...unwritten, ...next];
  }

  #tell(group: Settled[], changed: boolean): void {
    const { provider } = this.#lease;
    if (group.length > 0) this.#deps.hints.changed({ topic: "throughput", provider });
    if (changed) this.#deps.hints.changed({ topic: "provider", provider });
    for (const { id, tries, failure } of group) {
      if (failure) this.#deps.hints.changed({ topic: "failures", provider });
      if (failure || tries > 1) this.#deps.hints.changed({ topic: "record", id });
    }
  }

  async #obey({ paused, version, probeRequestedBy }: AfterSettle): Promise<void> {
    this.#held = paused;
    if (version !== this.#link.version) await this.#relink();
    this.#probeIfAsked(probeRequestedBy);
  }

  /** Under a policy that can't be opened nothing is sent: the old address and secret are not meant any more. */
  async #relink(): Promise<void> {
    const [fresh] = await this.#deps.sql<Pick<Lease, "policy" | "version" | "sealedAuth">[]>`
      select policy, version, sealed_auth from redrive.providers where slug = ${this.#lease.provider}`;
    if (!fresh) return;
    try {
      this.#link = linkTo(this.#deps, this.#lease.provider, fresh);
      this.#longestMs = Math.max(this.#longestMs, fresh.policy.timeoutMs.total);
    } catch (error) {
      this.#held = true;
      this.#deps.log.error({ err: error, provider: this.#lease.provider }, "the new policy can't be used");
    }
  }

  #probeIfAsked(by: string | null): void {
    if (by === null || this.#probeTaken) return;
    this.#reduce({ kind: "probe_requested", by });
    this.#probeTaken = true;
  }

  /** Another owner has the provider. Successes that still come in happened, and are written down. */
  async #lost(): Promise<void> {
    this.#deps.log.warn({ provider: this.#lease.provider, epoch: this.#lease.epoch }, "lease lost");
    this.#fenced = true;
    await absorbLateSuccesses(this.#deps.sql, this.#lease.provider, this.#results.left());
    this.#results.abandon();
  }

  /** The database may be away for a while: results are kept, and tried again. A mistake of ours ends the drain. */
  #failed(what: string, error: unknown): void {
    const nowMs = this.#deps.monotonicMs();
    this.#deps.log.warn({ err: error, provider: this.#lease.provider }, `${what} failed`);
    if (error instanceof PostgresError && !isTransient(error.code)) this.#fault = error;
    this.#readAtMs = nowMs + 500;
    this.#writeAtMs = nowMs + 500;
    this.#signal.raise();
  }

  // ── tend, wait, end ────────────────────────────────────────────────────────────────────────────────────────────────

  #tend(): void {
    const nowMs = this.#nowMs();
    const nextMs = nextChangeAtMs(this.#control, this.#given());
    if (nowMs >= this.#tickAtMs || (nextMs !== null && nowMs >= nextMs)) {
      this.#tickAtMs = nowMs + 1_000;
      this.#reduce({ kind: "ticked" });
    }
    if (!this.#checkingHealth && !this.#stopping && wantsHealthCheck(this.#control, this.#given())) {
      this.#checkingHealth = true;
      this.#checkHealth().then(this.#signal.raise, (error) => this.#failed("checking health", error));
    }
  }

  async #checkHealth(): Promise<void> {
    try {
      this.#reduce({ kind: "health_checked", ...(await this.#link.checkHealth()) });
    } finally {
      this.#checkingHealth = false;
    }
  }

  #waitMs(): number {
    const nowMs = this.#deps.monotonicMs();
    const pending = !this.#writing && (this.#results.size > 0 || this.#changes.length > 0);
    const waits = [250, pending ? this.#writeAtMs - nowMs : 250];
    if (!this.#reading && this.#room() > this.#backlog.size) waits.push(this.#readAtMs - nowMs);
    const nextMs = nextChangeAtMs(this.#control, this.#given());
    if (nextMs !== null) waits.push(nextMs - this.#nowMs());
    return Math.max(1, Math.min(...waits));
  }

  #isOver(): boolean {
    if (this.#inFlight.size > 0 || this.#reading || this.#writing || this.#checkingHealth) return false;
    if (this.#fenced) return this.#results.size === 0;
    if (this.#results.size > 0 || this.#changes.length > 0) return false;
    if (this.#stopping || this.#held) return true;
    const given = this.#given();
    if (wantsHealthCheck(this.#control, given)) return false;
    if (mayStart(this.#control, given) === 0) {
      const nextMs = nextChangeAtMs(this.#control, given);
      return nextMs === null || nextMs > given.nowMs + shortHoldMs;
    }
    return this.#backlog.size === 0 && this.#deps.monotonicMs() - this.#drySinceMs > lingerMs;
  }

  async #takeOverIfNeeded(): Promise<void> {
    if (this.#lease.interrupted.length === 0) return;
    const taken = await takeOver(this.#deps.sql, this.#lease, view(this.#control).batchSize);
    this.#phantoms = taken.phantoms;
    this.#phantomsUntilMs = taken.phantomsUntilMs ?? 0;
    this.#deps.log.warn({ provider: this.#lease.provider, ...taken }, "took over from an owner that died");
  }

  async #letGo(): Promise<void> {
    const { breaker, pausedUntilMs } = view(this.#control);
    // A dead owner's requests are a reason to rest only while they take up every place.
    const full = this.#phantomsNow() >= mayStart(this.#control, this.#given());
    const phantomsUntilMs = full && this.#phantomsNow() > 0 ? this.#phantomsUntilMs : null;
    const rests = breaker === "open" ? null : (pausedUntilMs ?? phantomsUntilMs);
    await releaseLease(this.#deps.sql, this.#lease, rests);
    this.#deps.hints.changed({ topic: "provider", provider: this.#lease.provider });
  }
}

/** Errors that pass: the server is going, coming, full or busy. Everything else is a mistake in our statement. */
function isTransient(code: string): boolean {
  return /^(08|25006|40|53|55P03|57|58)/.test(code);
}
