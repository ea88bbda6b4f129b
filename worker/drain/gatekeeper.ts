// What a drain asks before each request: how many may start, and if none, why and until when. It keeps the state of all
// gates (calendar, quota, rate, run, health) and of batch size and breaker, and tells what of it is to be written down.
import type { ControlColumns, GateColumns } from "#db/writes/settle.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import {
  type Change,
  type Control,
  type ControlEvent,
  mayStart,
  newControl,
  nextChangeAtMs,
  reduce,
  type View,
  view,
  wantsHealthCheck,
} from "#lib/core/control.ts";
import {
  beginning,
  type Calendar,
  calendarAt,
  followed,
  type GateMemory,
  gate,
  isFresh,
  left,
  newGateMemory,
  nextSendMs,
  notCalled,
  ranDry,
  started,
  type Verdict,
} from "#lib/core/gate.ts";
import { checked, delivered, failedDelivery, type HealthAnswer, mustAsk } from "#lib/core/health.ts";
import { isDelivered } from "#lib/core/outcome.ts";
import { type RecoveryEvent, recover, redriveMost } from "#lib/core/recovery.ts";

/** A spent quota that comes back sooner is the pace of a rate limit, not something to tell people. */
const tellableMs = 1_000;

/** The drain's present: the database's clock, and what is out. */
export type Present = { nowMs: number; inFlight: number; oldestStartedAtMs: number | null };

type Begin = {
  policy: ProviderPolicy;
  control: unknown;
  gate: unknown;
  nowMs: number;
  /** Requests that a dead owner may have made after it last wrote. */
  maybeSent: number;
  /** We come because a record was inserted. */
  inserted: boolean;
  /** Requests of an owner that died earlier, and until when they may still run. */
  phantoms: { count: number; untilMs: number };
  random: () => number;
};

export class Gatekeeper {
  #policy: ProviderPolicy;
  #control: Control;
  #memory: GateMemory;
  #calendar: Calendar;
  readonly #random: () => number;
  #changes: (Change & { atMs: number })[] = [];
  /** A person wants one record to go though the health check is red: what comes of it is better evidence. */
  #trial = false;
  /** Requests of a dead owner that may still run; they take up places. */
  #phantoms: { count: number; untilMs: number };

  constructor({ policy, control, gate, nowMs, maybeSent, inserted, phantoms, random }: Begin) {
    this.#policy = policy;
    this.#phantoms = phantoms;
    this.#control = (control as Control | null) ?? newControl(nowMs);
    this.#calendar = calendarAt(policy, nowMs);
    const memory = { ...newGateMemory, ...(gate as GateMemory | null) };
    this.#memory = beginning(memory, policy, { nowMs, calendar: this.#calendar, maybeSent, inserted });
    this.#random = random;
  }

  // ── what may be done ───────────────────────────────────────────────────────────────────────────────────────────────

  /** How many more requests may start now. */
  room(present: Present): number {
    const places = mayStart(this.#control, this.#given(present)) - this.#phantomsAt(present.nowMs);
    return places <= 0 ? 0 : Math.min(places, this.verdict(present.nowMs).room);
  }

  /** How many records are worth reading ahead and naming in the journal. */
  worthPreparing(nowMs: number): number {
    const { hold, untilMs } = this.verdict(nowMs);
    const isFar = hold !== null && untilMs !== null && untilMs > nowMs + tellableMs;
    return isFar ? 0 : left(this.#policy, this.#memory, { nowMs, calendar: this.#calendarAt(nowMs) });
  }

  verdict(nowMs: number): Verdict {
    const { breaker, pausedUntilMs } = this.view;
    const given = { nowMs, calendar: this.#calendarAt(nowMs), breaker, pausedUntilMs };
    const verdict = gate(this.#policy, this.#memory, given);
    const isIll = verdict.hold === "unhealthy" || verdict.ask;
    return this.#trial && isIll
      ? trial(gate({ ...this.#policy, health: null }, this.#memory, given))
      : verdict;
  }

  get policy(): ProviderPolicy {
    return this.#policy;
  }

  get view(): View {
    return view(this.#control);
  }

  /** Whether to ask the provider's health check now: before sending, while it is open or silent, and beside deliveries. */
  wantsHealthCheck(present: Present): boolean {
    const { health } = this.#policy;
    if (health === null) return false;
    if (wantsHealthCheck(this.#control, this.#given(present)) || this.verdict(present.nowMs).ask) return true;
    if (present.inFlight === 0 || this.view.breaker !== "closed") return false;
    const { nowMs } = present;
    return mustAsk(this.#memory.health, health, { nowMs, lastAnswerAtMs: null });
  }

  /** When time alone may let something start or be due, ms; null when only a reply can. */
  nextChangeMs(present: Present): number | null {
    const { hold, untilMs } = this.verdict(present.nowMs);
    if (hold !== null) return untilMs;
    return nextChangeAtMs(this.#control, this.#given(present));
  }

  /** Until when nobody need look, ms; null when there is no such time. */
  restsUntilMs(nowMs: number): number | null {
    if (this.#hold(nowMs) !== null) return this.#nextSendMs(nowMs);
    const { breaker, pausedUntilMs } = this.view;
    if (breaker === "open") return null;
    const full =
      this.#phantomsAt(nowMs) >=
      mayStart(this.#control, this.#given({ nowMs, inFlight: 0, oldestStartedAtMs: null }));
    return pausedUntilMs ?? (full && this.#phantomsAt(nowMs) > 0 ? this.#phantoms.untilMs : null);
  }

  /** Since when failures come back, and how many may be under way; null when it is not time. */
  redriving(nowMs: number): { sinceMs: number; most: number; restMs: number } | null {
    const { sinceMs, nextAtMs, restMs } = this.#memory.recovery;
    const { breaker, batchSize } = this.view;
    if (!this.#policy.autoRedrive || sinceMs === null || nextAtMs === null || nowMs < nextAtMs) return null;
    if (breaker !== "closed" || this.verdict(nowMs).hold !== null) return null;
    return { sinceMs, restMs, most: redriveMost(batchSize) };
  }

  /** When failures come back next, ms; null when none will. */
  get nextRedriveMs(): number | null {
    return this.#policy.autoRedrive ? this.#memory.recovery.nextAtMs : null;
  }

  // ── what happened ──────────────────────────────────────────────────────────────────────────────────────────────────

  follow(policy: ProviderPolicy, nowMs: number): void {
    this.#memory = followed(this.#memory, policy, { before: this.#policy, nowMs });
    this.#policy = policy;
    this.#calendar = calendarAt(policy, nowMs);
  }

  takeOver(phantoms: { count: number; untilMs: number }): void {
    this.#phantoms = phantoms;
  }

  /** A person wants a test now, whatever breaker and health check say. */
  probe(by: string, present: Present): void {
    this.#trial = this.view.breaker === "closed";
    this.told({ kind: "probe_requested", by }, present);
  }

  /** A request starts. @returns what its reply must carry. */
  started(nowMs: number): number {
    this.#trial = false;
    this.#memory = started(this.#memory, this.#policy, { nowMs, calendar: this.#calendarAt(nowMs) });
    return this.view.generation;
  }

  /** Nothing was sent after all: shadow, wrong data, an adapter that broke before, no proof. */
  notCalled(startedAtMs: number, nowMs: number): void {
    const calendar = this.#calendarAt(nowMs);
    this.#memory = notCalled(this.#memory, this.#policy, { nowMs, calendar, startedAtMs });
  }

  /** A request ended, time passed, or a person wishes something. */
  told(event: ControlEvent, present: Present): void {
    const before = this.view.breaker;
    const { control, changes } = reduce(this.#control, event, this.#given(present));
    this.#control = control;
    for (const change of changes) this.#changes.push({ ...change, atMs: present.nowMs });
    if (event.kind === "replied") this.#heard(event, present.nowMs);
    const after = this.view.breaker;
    if (before !== "closed" && after === "closed") this.#recovers({ kind: "breaker_closed" }, present.nowMs);
    if (before === "closed" && after === "open") this.#recovers({ kind: "breaker_opened" }, present.nowMs);
  }

  healthAnswered(answer: HealthAnswer, startedAtMs: number, present: Present): void {
    const { nowMs } = present;
    const { lastSuccessAtMs } = this.view;
    const health = checked(this.#memory.health, answer, { nowMs, startedAtMs, lastSuccessAtMs });
    this.#memory = { ...this.#memory, health };
    this.told({ kind: "health_checked", ...answer }, present);
  }

  /** A record used up its attempts for a technical reason. */
  exhausted(nowMs: number): void {
    this.#recovers({ kind: "exhausted" }, nowMs);
  }

  redriven(sinceMs: number, againInMs: number | null, nowMs: number): void {
    this.#recovers({ kind: "redriven", sinceMs, againInMs }, nowMs);
  }

  ranDry(): void {
    this.#memory = ranDry(this.#memory);
  }

  // ── what is written down ───────────────────────────────────────────────────────────────────────────────────────────

  get changes(): readonly (Change & { atMs: number })[] {
    return this.#changes;
  }

  /** The first `count` changes are written. */
  changesWritten(count: number): void {
    this.#changes = this.#changes.slice(count);
  }

  columns(nowMs: number): ControlColumns & GateColumns {
    const { generation: _, pausedUntilMs: __, lastSuccessAtMs: ___, ...columns } = this.view;
    return { control: this.#control, ...columns, ...this.gateColumns(nowMs) };
  }

  gateColumns(nowMs: number): GateColumns {
    const verdict = this.#hold(nowMs);
    return {
      gate: this.#memory,
      gateHold: verdict?.hold ?? null,
      gateUntilMs: verdict === null ? null : this.#nextSendMs(nowMs),
      gateReason: verdict?.reason ?? null,
      insertWakes: verdict?.insertWakes ?? false,
    };
  }

  /** The gate that is shut, if people should be told. */
  #hold(nowMs: number): Verdict | null {
    const verdict = this.verdict(nowMs);
    if (verdict.hold === null || verdict.untilMs === null) return null;
    const isPace = verdict.hold === "quota_spent" && !verdict.insertWakes;
    return isPace && verdict.untilMs <= nowMs + tellableMs ? null : verdict;
  }

  #nextSendMs(nowMs: number): number | null {
    const { breaker, pausedUntilMs } = this.view;
    const calendar = this.#calendarAt(nowMs);
    return nextSendMs(this.#policy, this.#memory, { nowMs, calendar, breaker, pausedUntilMs });
  }

  #heard(event: Extract<ControlEvent, { kind: "replied" }>, nowMs: number): void {
    const success = isDelivered(event.outcome);
    const isBad =
      event.outcome === "unavailable" || event.outcome === "ambiguous" || event.outcome === "unexpected";
    const { health } = this.#memory;
    this.#memory = {
      ...this.#memory,
      // A failure under a red check proves the check right: no answer that would speak against it.
      lastReplyAtMs: isBad && health?.green === false ? this.#memory.lastReplyAtMs : nowMs,
      health: success ? delivered(health, nowMs) : isBad ? failedDelivery(health) : health,
    };
    if (success) this.#recovers({ kind: "delivered" }, nowMs);
  }

  #recovers(event: RecoveryEvent, nowMs: number): void {
    const recovery = recover(this.#memory.recovery, event, nowMs);
    if (recovery !== this.#memory.recovery) this.#memory = { ...this.#memory, recovery };
  }

  #calendarAt(nowMs: number): Calendar {
    if (!isFresh(this.#calendar, nowMs)) this.#calendar = calendarAt(this.#policy, nowMs);
    return this.#calendar;
  }

  #phantomsAt(nowMs: number): number {
    return nowMs < this.#phantoms.untilMs ? this.#phantoms.count : 0;
  }

  #given({ nowMs, inFlight, oldestStartedAtMs }: Present) {
    const { batchSizeMax, slowMs, breaker, health } = this.#policy;
    const policy = { batchSizeMax, slowMs, ...breaker, health: health && { everyMs: health.everyMs } };
    return { nowMs, random: this.#random(), policy, inFlight, oldestStartedAtMs };
  }
}

/** One at most, where the other gates let any through. */
const trial = (verdict: Verdict): Verdict => ({ ...verdict, room: Math.min(1, verdict.room) });
