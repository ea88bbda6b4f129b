// Delivers one provider's due records while it holds the provider's lease. One loop owns everything:
//
//   start what may start → read ahead → write results → tend the control state → wait for whatever comes first
//
// Requests, reads and writes run beside each other; each raises the signal when it ends. The drain lets the lease go
// when the provider has been dry for a moment, when something holds it, or when the worker stops.

import type { DueRecord } from "#db/reads/due-records.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import type { AfterSettle, Settled } from "#db/writes/settle.ts";
import type { Lease } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import type { DrainVitals } from "#lib/core/vitality.ts";
import { concludeCanary } from "#worker/canary/conclude-canary.ts";
import type { Deps } from "#worker/deps.ts";
import { attempt } from "#worker/drain/attempt.ts";
import { logAttempt } from "#worker/drain/attempt-log.ts";
import { concludeLocalFault } from "#worker/drain/conclude.ts";
import { isMistake } from "#worker/drain/database-error.ts";
import { type Flight, Flights } from "#worker/drain/flights.ts";
import { Gatekeeper, type Present } from "#worker/drain/gatekeeper.ts";
import { Links } from "#worker/drain/links.ts";
import { newSpan } from "#worker/drain/provider-link.ts";
import { Reader } from "#worker/drain/reader.ts";
import { Redrive } from "#worker/drain/redrive.ts";
import { Results } from "#worker/drain/results.ts";
import { Signal } from "#worker/drain/signal.ts";
import { Tenure } from "#worker/drain/tenure.ts";
import { Turn } from "#worker/drain/turn.ts";
import { Writer } from "#worker/drain/writer.ts";

/** A held provider is kept when the hold ends within this time; else it is let go, and the sweep comes back to it. */
const shortHoldMs = 1_500;
/** Longer the loop never waits. */
const waitMostMs = 250;
/** The control state hears at least this often that time passes. */
const tickMs = 1_000;
/** After an error of the database it is left alone for a moment. */
const pauseMs = 500;

export class Drain {
  readonly #deps: Deps;
  readonly #tenure: Tenure;
  readonly #signal = new Signal();
  readonly #abort = new AbortController();
  readonly #links: Links;
  readonly #gatekeeper: Gatekeeper;
  readonly #flights = new Flights();
  readonly #results: Results;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #redrive: Redrive;
  readonly #turn: Turn;
  #checkingHealth = false;
  #tickAtMs = 0;
  /** When a request last started, by the monotonic clock. */
  #startedAtMs = 0;
  #fault: unknown = null;

  /** @param inserted we come because a record was inserted. */
  constructor(deps: Deps, lease: Lease, { inserted }: { inserted: boolean }) {
    this.#deps = deps;
    this.#tenure = new Tenure(lease, deps.monotonicMs);
    this.#links = new Links(deps, lease.provider, lease);
    this.#gatekeeper = new Gatekeeper({
      policy: this.#links.present.policy,
      control: lease.control,
      gate: lease.gate,
      nowMs: lease.takenAtMs,
      maybeSent: lease.interrupted.length,
      inserted,
      phantoms: { count: lease.phantoms, untilMs: lease.phantomsUntilMs ?? 0 },
      random: deps.random,
    });
    this.#turn = new Turn(deps.transactions.places, this.#signal.raise);
    this.#results = new Results(deps.monotonicMs);
    const company = { gatekeeper: this.#gatekeeper, flights: this.#flights, results: this.#results };
    this.#reader = new Reader(deps, this.#tenure, company);
    this.#writer = new Writer(deps, this.#tenure, { ...company, reader: this.#reader });
    this.#redrive = new Redrive(deps, this.#tenure, { gatekeeper: this.#gatekeeper, reader: this.#reader });
  }

  /** @returns when to come back, ms from now; null when nothing but a record or a person is a reason. */
  async run(): Promise<number | null> {
    await this.#takeOverIfNeeded();
    this.#probeIfAsked(this.#tenure.lease.probeRequestedBy);
    try {
      while (!this.#isOver()) {
        this.#tend();
        this.#start();
        this.#read();
        this.#write();
        await this.#signal.wait(this.#waitMs());
        if (this.#fault) throw this.#fault;
      }
    } finally {
      this.#turn.end();
    }
    const againInMs = this.#tenure.isLost ? null : await this.#letGo();
    await this.#links.close();
    return againInMs;
  }

  /** Whether it comes forward, for whoever watches. */
  vitals(): DrainVitals {
    const isBusy = this.#flights.size > 0 || this.#results.size > 0;
    const hasWork = isBusy || this.#room() > 0 || this.#tenure.isOverdue();
    // What comes forward: a start, a settlement, a renewal; the last two are one statement.
    const progressAtMs = Math.max(this.#startedAtMs, this.#tenure.renewedAtMs);
    return { provider: this.#tenure.provider, progressAtMs, hasWork };
  }

  /** There may be new rows. */
  wake(): void {
    this.#reader.wake();
    this.#signal.raise();
  }

  /** Starts nothing more; ends when what is on its way is settled. */
  stop(): void {
    this.#tenure.stop();
    this.#signal.raise();
  }

  /** The grace is over: what is still on its way is given up, and retried by whoever comes next. */
  abort(): void {
    this.stop();
    this.#abort.abort();
  }

  #present(): Present {
    return this.#flights.present(this.#tenure.nowMs());
  }

  /** How many more requests may go out now. */
  #room(): number {
    return this.#tenure.mayStart() ? this.#gatekeeper.room(this.#present()) : 0;
  }

  // ── start ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #start(): void {
    this.#reader.dropStale();
    for (let room = this.#room(); room > 0 && this.#startOne(); room -= 1);
    this.#turn.pass();
  }

  /** Whether one was ready, and there was a place for it where it takes one. */
  #startOne(): boolean {
    const { takesPlace } = this.#links.present;
    if (this.#reader.size === 0 || (takesPlace && !this.#turn.take())) return false;
    const record = this.#reader.take(this.#writer.isJournaled);
    if (record) this.#send(record, takesPlace);
    else if (takesPlace) this.#turn.give();
    return record !== null;
  }

  #send(record: DueRecord, takesPlace: boolean): void {
    const startedAtMs = this.#tenure.nowMs();
    const generation = this.#gatekeeper.started(startedAtMs);
    const flight: Flight = { record, span: newSpan(), startedAtMs, generation };
    this.#flights.started(flight);
    this.#startedAtMs = this.#deps.monotonicMs();
    const attempted = attempt(flight, {
      provider: this.#tenure.provider,
      link: this.#links.present,
      gatekeeper: this.#gatekeeper,
      present: () => this.#present(),
      abort: this.#abort.signal,
      random: this.#deps.random,
    });
    // Most take none, and are spared a promise.
    const done = takesPlace ? attempted.finally(() => this.#turn.give()) : attempted;
    done.then(
      (settled) => this.#arrived(settled, flight),
      (error) => {
        this.#deps.log.error({ err: error, record: record.id }, "an attempt broke");
        const ended = { ...flight, endedAtMs: this.#tenure.nowMs() };
        const { policy } = this.#links.present;
        this.#arrived(concludeLocalFault(ended, error, policy, this.#deps.random()), flight);
      },
    );
  }

  /** In one step from out to settling: between the two a record would seem to be nowhere. */
  #arrived(attempted: Settled, flight: Flight): void {
    const settled = concludeCanary(attempted, flight.record);
    this.#flights.ended(settled.id);
    logAttempt(this.#deps.log, this.#tenure.provider, settled, flight);
    this.#results.add(settled);
    this.#signal.raise();
  }

  // ── read, write ────────────────────────────────────────────────────────────────────────────────────────────────────

  #read(): void {
    if (!this.#tenure.mayStart() || !this.#reader.isDue()) return;
    if (this.#room() === 0 && this.#flights.size === 0) return;
    this.#beside("reading", this.#reader.read());
  }

  #write(): void {
    if (!this.#writer.isFree() || !this.#writer.isDue(this.#room())) return;
    const writing = this.#writer.write(this.#links.longestMs, (after) => this.#obey(after));
    this.#beside("writing", writing);
  }

  async #obey({ paused, version, probeRequestedBy, unparked }: AfterSettle): Promise<void> {
    this.#tenure.hold(paused);
    if (unparked > 0) this.wake();
    if (version !== this.#links.present.version) await this.#relink();
    this.#probeIfAsked(probeRequestedBy);
  }

  /** Under a policy that can't be used nothing is sent: the old address and secret are not meant any more. */
  async #relink(): Promise<void> {
    const stored = await this.#links.stored();
    if (!stored) return;
    try {
      this.#links.replace(stored);
      this.#gatekeeper.follow(this.#links.present.policy, this.#tenure.nowMs());
    } catch (error) {
      // Let go: whoever takes it next, we or a worker that can use it, says why where people see it.
      this.#tenure.hold(true);
      const { provider } = this.#tenure;
      this.#deps.log.error({ err: error, provider }, "the new policy can't be used");
    }
  }

  #probeIfAsked(by: string | null): void {
    if (by === null || this.#writer.owesProbe) return;
    this.#gatekeeper.probe(by, this.#present());
    this.#writer.probeTaken();
  }

  /** Runs beside the loop, and wakes it at its end. */
  #beside(what: string, work: Promise<void>): void {
    work.then(this.#signal.raise, (error) => this.#failed(what, error));
  }

  /** The database may be away for a while: results are kept, and tried again. A mistake of ours ends the drain. */
  #failed(what: string, error: unknown): void {
    this.#deps.log.warn({ err: error, provider: this.#tenure.provider }, `${what} failed`);
    if (isMistake(error)) this.#fault = error;
    this.#reader.postpone(pauseMs);
    this.#results.postpone(pauseMs);
    this.#signal.raise();
  }

  // ── tend ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  #tend(): void {
    const present = this.#present();
    const nextMs = this.#gatekeeper.nextChangeMs(present);
    if (present.nowMs >= this.#tickAtMs || (nextMs !== null && present.nowMs >= nextMs)) {
      this.#tickAtMs = present.nowMs + tickMs;
      this.#gatekeeper.told({ kind: "ticked" }, present);
    }
    if (this.#tenure.isEnding || this.#tenure.isLost) return;
    if (!this.#checkingHealth && this.#gatekeeper.wantsHealthCheck(present))
      this.#beside("checking health", this.#checkHealth());
    if (this.#redrive.isDue()) this.#beside("taking failures back", this.#redrive.bringBack());
  }

  async #checkHealth(): Promise<void> {
    const startedAtMs = this.#tenure.nowMs();
    this.#checkingHealth = true;
    try {
      const answer = await this.#links.present.checkHealth();
      this.#gatekeeper.healthAnswered(answer, startedAtMs, this.#present());
    } finally {
      this.#checkingHealth = false;
    }
  }

  // ── wait, end ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #waitMs(): number {
    const present = this.#present();
    const waits = [waitMostMs, this.#writer.dueInMs()];
    if (!this.#reader.isReading && this.#room() > this.#reader.size) waits.push(this.#reader.dueInMs());
    const changeAtMs = this.#gatekeeper.nextChangeMs(present);
    if (changeAtMs !== null) waits.push(changeAtMs - present.nowMs);
    const redriveAtMs = this.#redrive.nextAtMs;
    // One that is due already is held up by a gate.
    if (redriveAtMs !== null && redriveAtMs > present.nowMs) waits.push(redriveAtMs - present.nowMs);
    return Math.max(1, Math.min(...waits));
  }

  #isOver(): boolean {
    if (this.#flights.size > 0 || this.#reader.isReading || this.#writer.isWriting) return false;
    if (this.#checkingHealth || this.#redrive.isUnderWay) return false;
    if (this.#tenure.isLost) return this.#results.size === 0;
    if (this.#writer.hasWork) return false;
    if (this.#tenure.isEnding) return true;
    const present = this.#present();
    const soonMs = present.nowMs + shortHoldMs;
    if (this.#gatekeeper.wantsHealthCheck(present)) return false;
    if (this.#room() === 0) {
      const nextMs = this.#gatekeeper.nextChangeMs(present);
      return nextMs === null || nextMs > soonMs;
    }
    const redriveAtMs = this.#redrive.nextAtMs;
    if (redriveAtMs !== null && redriveAtMs <= soonMs) return false;
    return this.#reader.isDry();
  }

  async #takeOverIfNeeded(): Promise<void> {
    const { lease, provider } = this.#tenure;
    if (lease.interrupted.length === 0) return;
    const taken = await takeOver(this.#deps.sql, lease, this.#gatekeeper.view.batchSize);
    this.#gatekeeper.takeOver({ count: taken.phantoms, untilMs: taken.phantomsUntilMs ?? 0 });
    this.#deps.log.warn({ provider, ...taken }, "took over from an owner that died");
  }

  async #letGo(): Promise<number | null> {
    const nowMs = this.#tenure.nowMs();
    const restsUntilMs = this.#tenure.isHeld ? null : this.#gatekeeper.restsUntilMs(nowMs);
    if (!this.#tenure.isEnding && restsUntilMs === null) this.#gatekeeper.ranDry();
    await releaseLease(this.#deps.sql, this.#tenure.lease, {
      version: this.#links.present.version,
      restsUntilMs,
      gate: this.#gatekeeper.gateColumns(nowMs),
    });
    this.#deps.hints.changed({ topic: "provider", provider: this.#tenure.provider });
    return restsUntilMs === null ? null : Math.max(0, restsUntilMs - nowMs);
  }
}
