// Delivers one provider's due records while it holds the provider's lease. One loop owns everything:
//
//   start what may start → read ahead → write results → tend the control state → wait for whatever comes first
//
// Requests, reads and writes run beside each other; each raises the signal when it ends. The drain lets the lease go
// when the provider has been dry for a moment, when something holds it, or when the worker stops.

import { PostgresError } from "#db/client.ts";
import type { DueRecord } from "#db/reads/due-records.ts";
import { parkFollowers } from "#db/writes/park-followers.ts";
import { redriveFailures } from "#db/writes/redrive-failures.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import { type AfterSettle, absorbLateSuccesses, type Settled, settle } from "#db/writes/settle.ts";
import { type Lease, leaseMs } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import type { DrainVitals } from "#lib/core/vitality.ts";
import { concludeCanary } from "#worker/canary/conclude-canary.ts";
import type { Deps } from "#worker/deps.ts";
import { Admission } from "#worker/drain/admission.ts";
import { concludeLocalFault, withoutWords } from "#worker/drain/attempt.ts";
import { attempt } from "#worker/drain/attempt-record.ts";
import { Backlog } from "#worker/drain/backlog.ts";
import { Gatekeeper, type Present } from "#worker/drain/gatekeeper.ts";
import { closeLinks, type Linked, linkTo, newSpan, type ProviderLink } from "#worker/drain/provider-link.ts";
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
/** How long failures that found no room to come back are left alone. */
const idleRedriveMs = 2_000;
/** How often a dry queue is asked again: at first, and at most. */
const dryPollMs = { first: 10, most: 250 };

export type InFlight = { record: DueRecord; span: string; startedAtMs: number; generation: number };

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
  readonly #gatekeeper: Gatekeeper;
  readonly #admission: Admission;
  #link: ProviderLink;
  /** Links of policies that were replaced; requests may be out under them. */
  readonly #retired: ProviderLink[] = [];
  /** Ids that the database knows may be on their way; only these may start. */
  #journaled = new Set<string>();
  #leaseEndsMs: number;
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
  /** Ordering keys of which a record is on its way, or its result is not written. */
  readonly #busyKeys = new Set<string>();
  /** Read, but not first of their ordering key: the next write puts them aside. */
  readonly #followers: string[] = [];
  #writing = false;
  #writeAtMs = 0;
  #writtenAtMs: number;
  #settledLately = 0;
  #checkingHealth = false;
  #redriving = false;
  #tickAtMs = 0;
  /** When something last came forward: a start, a settlement, a renewal. */
  #progressAtMs: number;

  /** @param inserted we come because a record was inserted. */
  constructor(deps: Deps, lease: Lease, { inserted }: { inserted: boolean }) {
    this.#deps = deps;
    this.#lease = lease;
    this.#takenMonotonicMs = deps.monotonicMs();
    this.#leaseEndsMs = this.#takenMonotonicMs + leaseMs;
    this.#drySinceMs = this.#takenMonotonicMs;
    this.#writtenAtMs = this.#takenMonotonicMs;
    this.#backlog = new Backlog(deps.sql, lease.provider, deps.monotonicMs);
    this.#progressAtMs = this.#takenMonotonicMs;
    this.#held = lease.paused;
    this.#link = linkTo(deps, lease.provider, lease);
    this.#longestMs = this.#link.policy.timeoutMs.total;
    this.#admission = new Admission(deps.sql, lease.provider, () => this.#nowMs());
    this.#gatekeeper = new Gatekeeper({
      policy: this.#link.policy,
      control: lease.control,
      gate: lease.gate,
      nowMs: lease.takenAtMs,
      maybeSent: lease.interrupted.length,
      inserted,
      phantoms: { count: lease.phantoms, untilMs: lease.phantomsUntilMs ?? 0 },
      random: deps.random,
    });
  }

  /** @returns when to come back, ms from now; null when nothing but a record or a person is a reason. */
  async run(): Promise<number | null> {
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
    const againInMs = this.#fenced ? null : await this.#letGo();
    await closeLinks([this.#link, ...this.#retired], this.#deps.log);
    return againInMs;
  }

  /** Whether it comes forward, for whoever watches. */
  vitals(): DrainVitals {
    const hasWork = this.#inFlight.size > 0 || this.#results.size > 0 || this.#room() > 0;
    return { provider: this.#lease.provider, progressAtMs: this.#progressAtMs, hasWork };
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

  #present(): Present {
    const [oldest] = this.#inFlight.values();
    return {
      nowMs: this.#nowMs(),
      inFlight: this.#inFlight.size,
      oldestStartedAtMs: oldest?.startedAtMs ?? null,
    };
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

  /** How many more requests may go out now. */
  #room(): number {
    return this.#maySend() ? this.#gatekeeper.room(this.#present()) : 0;
  }

  #start(): void {
    const isStale = this.#admission.stale();
    if (isStale) this.#backlog.drop(isStale);
    for (let room = this.#room(); room > 0; room -= 1) {
      const record = this.#backlog.take(
        (next) => this.#mayGo(next),
        ({ id }) => this.#journaled.has(id),
      );
      if (!record) return;
      this.#send(record);
    }
  }

  /**
   * Records that were there when a worker died go one at a time, and stand in the journal one at a time, so that only the
   * cause is there at the third death. Of an ordering key one is on its way at most.
   */
  #mayGo(next: DueRecord): boolean {
    if (next.orderingKey !== null && this.#busyKeys.has(next.orderingKey)) return false;
    return !isSuspect(next) || ![...this.#inFlight.values()].some(({ record }) => isSuspect(record));
  }

  /** What the journal should name beside what is out: the records that go next, one suspect at most among them. */
  #goNext(most: number): string[] {
    let suspects = [...this.#inFlight.values()].filter(({ record }) => isSuspect(record)).length;
    const next = this.#backlog.next(most, (record) => {
      if (record.orderingKey !== null && this.#busyKeys.has(record.orderingKey)) return false;
      if (!isSuspect(record)) return true;
      suspects += 1;
      return suspects === 1;
    });
    return next.map(({ id }) => id);
  }

  #send(record: DueRecord): void {
    const startedAtMs = this.#nowMs();
    const generation = this.#gatekeeper.started(startedAtMs);
    const sent: InFlight = { record, span: newSpan(), startedAtMs, generation };
    this.#inFlight.set(record.id, sent);
    if (record.orderingKey !== null) this.#busyKeys.add(record.orderingKey);
    this.#progressAtMs = this.#deps.monotonicMs();
    attempt(sent, {
      provider: this.#lease.provider,
      link: this.#link,
      gatekeeper: this.#gatekeeper,
      present: () => this.#present(),
      abort: this.#abort.signal,
      random: this.#deps.random,
    }).then(
      (settled) => this.#arrived(settled, sent),
      (error) => {
        this.#deps.log.error({ err: error, record: record.id }, "an attempt broke");
        const ended = { ...sent, endedAtMs: this.#nowMs() };
        this.#arrived(concludeLocalFault(ended, error, this.#link.policy, this.#deps.random()), sent);
      },
    );
  }

  /** In one step from out to settling: between the two a record would seem to be nowhere. */
  #arrived(attempted: Settled, { record, span }: InFlight): void {
    const settled = concludeCanary(attempted, record);
    this.#inFlight.delete(settled.id);
    this.#log(settled, record, span);
    this.#gather(settled);
  }

  #gather(settled: Settled): void {
    if (this.#results.size === 0) this.#writeAtMs = this.#deps.monotonicMs() + gatherMs;
    this.#results.add(settled);
    this.#drySinceMs = this.#deps.monotonicMs();
    this.#signal.raise();
  }

  /** One line an attempt: deliveries are for those who look closely, the rest is for everyone. */
  #log(
    { id, kind, outcome, status, tries, durationMs }: Settled,
    { correlationId }: DueRecord,
    span: string,
  ): void {
    const level = kind === "delivered" ? "debug" : "info";
    if (!this.#deps.log.isLevelEnabled(level)) return;
    const { provider } = this.#lease;
    const fields = {
      provider,
      record: id,
      correlationId: correlationId ?? id,
      span,
      kind,
      outcome,
      status,
      attempt: tries,
      durationMs,
    };
    this.#deps.log[level](fields, "attempt");
  }

  // ── read ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Records ahead of need: enough for a full batch size and for what settles during a write. */
  #aheadWanted(): number {
    const wanted = Math.max(20, 2 * this.#gatekeeper.view.batchSize + 2 * this.#settledLately);
    // With a small quota left there is no use in more; one at least, so that a rescan still looks.
    return Math.max(1, Math.min(wanted, this.#gatekeeper.worthPreparing(this.#nowMs())));
  }

  #read(): void {
    const nowMs = this.#deps.monotonicMs();
    if (this.#reading || !this.#maySend() || nowMs < this.#readAtMs) return;
    if (!this.#backlog.isShort(this.#aheadWanted() / 2) && nowMs < this.#readAtMs + 1_000) return;
    if (this.#room() === 0 && this.#inFlight.size === 0) return;
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
        (records) => this.#admit(records),
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

  async #admit(records: DueRecord[]): Promise<DueRecord[]> {
    const { admitted, followers, duplicates } = await this.#admission.admit(records, this.#link.policy);
    this.#followers.push(...followers);
    for (const settled of duplicates) this.#gather(settled);
    return admitted;
  }

  // ── write ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #write(): void {
    const nowMs = this.#deps.monotonicMs();
    if (this.#writing || nowMs < this.#writeAtMs) return;
    const journalIsShort = this.#goNext(Math.min(this.#room(), 64)).some((id) => !this.#journaled.has(id));
    const due =
      this.#results.size > 0 ||
      this.#gatekeeper.changes.length > 0 ||
      this.#followers.length > 0 ||
      journalIsShort ||
      nowMs - this.#writtenAtMs >= renewMs;
    if (!due) return;
    this.#writing = true;
    this.#flush().then(this.#signal.raise, (error) => this.#failed("writing", error));
  }

  async #flush(): Promise<void> {
    const startedMs = this.#deps.monotonicMs();
    try {
      await this.#park();
      const group = this.#results.take();
      const inGroup = new Set(group.map(({ id }) => id));
      const journal = this.#journal(inGroup);
      // Until this commits, only what is in the journal before and after may start.
      this.#journaled = new Set(journal.filter((id) => this.#journaled.has(id)));
      // A copy: more may come while this is written, and those wait for the next.
      const changes = [...this.#gatekeeper.changes];
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
        columns: this.#gatekeeper.columns(this.#nowMs()),
        changes,
      });
      if (after === null) return await this.#lost();
      this.#results.written();
      if (this.#reading) for (const id of inGroup) this.#settledMeanwhile.add(id);
      for (const { orderingKey } of group) if (orderingKey !== null) this.#busyKeys.delete(orderingKey);
      this.#gatekeeper.changesWritten(changes.length);
      this.#progressAtMs = this.#deps.monotonicMs();
      this.#leaseEndsMs = startedMs + leaseMs;
      this.#writtenAtMs = startedMs;
      if (probeTaken) this.#probeTaken = false;
      this.#settledLately = group.length;
      if (after.found < group.length) await absorbLateSuccesses(this.#deps.sql, this.#lease.provider, group);
      this.#tell(group, changes.length > 0);
      await this.#obey(after);
      // Not before: what this write has named goes under the policy that it found.
      this.#journaled = new Set(journal);
    } catch (error) {
      if (!this.#isBadResult(error)) throw error;
    } finally {
      this.#writing = false;
    }
  }

  /** Between two settlements, so that neither misses what the other does. */
  async #park(): Promise<void> {
    const followers = this.#followers.splice(0);
    if (followers.length === 0) return;
    try {
      await parkFollowers(this.#deps.sql, this.#lease, followers);
    } catch (error) {
      this.#followers.push(...followers);
      throw error;
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
    const unwritten = this.#results.unwritten(inGroup);
    const wanted = this.#gatekeeper.view.batchSize + 2 * this.#settledLately;
    const most = Math.min(wanted, this.#gatekeeper.worthPreparing(this.#nowMs()));
    const next = this.#maySend() ? this.#goNext(most) : [];
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

  async #obey({ paused, version, probeRequestedBy, unparked }: AfterSettle): Promise<void> {
    this.#held = paused;
    if (unparked > 0) this.wake();
    if (version !== this.#link.version) await this.#relink();
    this.#probeIfAsked(probeRequestedBy);
  }

  /** Under a policy that can't be used nothing is sent: the old address and secret are not meant any more. */
  async #relink(): Promise<void> {
    const [fresh] = await this.#deps.sql<Linked[]>`
      select policy, version, sealed_auth,
        (select jsonb_object_agg(name, value) from redrive.flags where provider = slug) as flags
      from redrive.providers
      where slug = ${this.#lease.provider}`;
    if (!fresh) return;
    try {
      const next = linkTo(this.#deps, this.#lease.provider, fresh);
      // What is out under it ends as it began.
      this.#retired.push(this.#link);
      this.#link = next;
      this.#gatekeeper.follow(this.#link.policy, this.#nowMs());
      this.#longestMs = Math.max(this.#longestMs, next.policy.timeoutMs.total);
    } catch (error) {
      // Let go: whoever takes it next, we or a worker that can use it, says why where people see it.
      this.#held = true;
      this.#deps.log.error({ err: error, provider: this.#lease.provider }, "the new policy can't be used");
    }
  }

  #probeIfAsked(by: string | null): void {
    if (by === null || this.#probeTaken) return;
    this.#gatekeeper.probe(by, this.#present());
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
    const present = this.#present();
    const nextMs = this.#gatekeeper.nextChangeMs(present);
    if (present.nowMs >= this.#tickAtMs || (nextMs !== null && present.nowMs >= nextMs)) {
      this.#tickAtMs = present.nowMs + 1_000;
      this.#gatekeeper.told({ kind: "ticked" }, present);
    }
    if (this.#stopping || this.#held || this.#fenced) return;
    if (!this.#checkingHealth && this.#gatekeeper.wantsHealthCheck(present)) {
      this.#checkingHealth = true;
      this.#checkHealth().then(this.#signal.raise, (error) => this.#failed("checking health", error));
    }
    if (!this.#redriving && this.#gatekeeper.redriving(present.nowMs)) {
      this.#redriving = true;
      this.#redrive().then(this.#signal.raise, (error) => this.#failed("taking failures back", error));
    }
  }

  async #checkHealth(): Promise<void> {
    const startedAtMs = this.#nowMs();
    try {
      const answer = await this.#link.checkHealth();
      this.#gatekeeper.healthAnswered(answer, startedAtMs, this.#present());
    } finally {
      this.#checkingHealth = false;
    }
  }

  /** Failures of a provider that recovered come back, a few at a time. */
  async #redrive(): Promise<void> {
    try {
      const may = this.#gatekeeper.redriving(this.#nowMs());
      if (!may) return;
      const coolDownBaseMs = this.#link.policy.backoff.baseMs;
      const { back, againInMs } = await redriveFailures(this.#deps.sql, this.#lease, {
        ...may,
        coolDownBaseMs,
      });
      // Without room for more there is no use in looking at once.
      const nextInMs = againInMs !== null && back === 0 ? Math.max(againInMs, idleRedriveMs) : againInMs;
      this.#gatekeeper.redriven(may.sinceMs, nextInMs, this.#nowMs());
      if (back === 0) return;
      this.#deps.hints.changed({ topic: "failures", provider: this.#lease.provider });
      this.#backlog.rescanSoon();
      this.wake();
    } finally {
      this.#redriving = false;
    }
  }

  #waitMs(): number {
    const nowMs = this.#deps.monotonicMs();
    const present = this.#present();
    const pending = !this.#writing && (this.#results.size > 0 || this.#gatekeeper.changes.length > 0);
    const waits = [250, pending ? this.#writeAtMs - nowMs : 250];
    if (!this.#reading && this.#room() > this.#backlog.size) waits.push(this.#readAtMs - nowMs);
    const changeAtMs = this.#gatekeeper.nextChangeMs(present);
    if (changeAtMs !== null) waits.push(changeAtMs - present.nowMs);
    const redriveAtMs = this.#redriving ? null : this.#gatekeeper.nextRedriveMs;
    // One that is due already is held up by a gate.
    if (redriveAtMs !== null && redriveAtMs > present.nowMs) waits.push(redriveAtMs - present.nowMs);
    return Math.max(1, Math.min(...waits));
  }

  #isOver(): boolean {
    if (this.#inFlight.size > 0 || this.#reading || this.#writing) return false;
    if (this.#checkingHealth || this.#redriving) return false;
    if (this.#fenced) return this.#results.size === 0;
    if (this.#results.size > 0 || this.#gatekeeper.changes.length > 0 || this.#followers.length > 0)
      return false;
    if (this.#stopping || this.#held) return true;
    const present = this.#present();
    const soonMs = present.nowMs + shortHoldMs;
    if (this.#gatekeeper.wantsHealthCheck(present)) return false;
    if (this.#room() === 0) {
      const nextMs = this.#gatekeeper.nextChangeMs(present);
      return nextMs === null || nextMs > soonMs;
    }
    const { nextRedriveMs } = this.#gatekeeper;
    if (nextRedriveMs !== null && nextRedriveMs <= soonMs) return false;
    return this.#backlog.size === 0 && this.#deps.monotonicMs() - this.#drySinceMs > lingerMs;
  }

  async #takeOverIfNeeded(): Promise<void> {
    if (this.#lease.interrupted.length === 0) return;
    const taken = await takeOver(this.#deps.sql, this.#lease, this.#gatekeeper.view.batchSize);
    this.#gatekeeper.takeOver({ count: taken.phantoms, untilMs: taken.phantomsUntilMs ?? 0 });
    this.#deps.log.warn({ provider: this.#lease.provider, ...taken }, "took over from an owner that died");
  }

  async #letGo(): Promise<number | null> {
    const nowMs = this.#nowMs();
    const restsUntilMs = this.#held ? null : this.#gatekeeper.restsUntilMs(nowMs);
    if (!this.#stopping && !this.#held && restsUntilMs === null) this.#gatekeeper.ranDry();
    await releaseLease(this.#deps.sql, this.#lease, {
      version: this.#link.version,
      restsUntilMs,
      gate: this.#gatekeeper.gateColumns(nowMs),
    });
    this.#deps.hints.changed({ topic: "provider", provider: this.#lease.provider });
    return restsUntilMs === null ? null : Math.max(0, restsUntilMs - nowMs);
  }
}

/** Errors that pass: the server is going, coming, full or busy. Everything else is a mistake in our statement. */
function isTransient(code: string): boolean {
  return /^(08|25006|40|53|55P03|57|58)/.test(code);
}
