// Batch size and breaker of one provider together: the only thing that decides how much may be sent now.
// Each event passes four steps: follow the policy, remember, pace (batch size), guard (breaker).
import {
  type BatchSize,
  halve,
  heard,
  limit,
  newBatchSize,
  passed,
  restart,
  throttled,
} from "#lib/core/batch-size.ts";
import { type Breaker, type BreakerEvent, follow, newBreaker, turn } from "#lib/core/breaker.ts";
import { type Because, seconds } from "#lib/core/figures.ts";
import { isDelivered, type Outcome } from "#lib/core/outcome.ts";
import { noRefusals, type Refusals, remembered, verdict } from "#lib/core/refusals.ts";
import { longestWaitMs } from "#lib/core/retry-after.ts";
import type { BreakerState, OpenReason } from "#lib/core/status.ts";

/** Plain JSON, kept in the database between owners; times in ms. */
export type Control = {
  batch: BatchSize;
  breaker: Breaker;
  /** The provider asked us to wait until then. */
  pausedUntilMs: number | null;
  /** 429s in a row at batch size 1 that named no time. */
  throttles: number;
  lastSuccessAtMs: number | null;
  /** When it last gave an answer that only a live provider gives, if only to refuse. */
  lastAnswerAtMs: number | null;
  refusals: Refusals;
};

export type ControlPolicy = {
  batchSizeMax: number;
  slowMs: number;
  probeEveryMs: number;
  goodTrials: number;
  health: { everyMs: number } | null;
};

export type Given = {
  nowMs: number;
  /** 0..1 */
  random: number;
  policy: ControlPolicy;
  /** Requests out now; for `replied`, with or without the one that ended. */
  inFlight: number;
  oldestStartedAtMs: number | null;
};

export type ControlEvent =
  /** Ended at `given.nowMs`; `generation` is the one of `view` when the request started. */
  | {
      kind: "replied";
      recordId: string;
      startedAtMs: number;
      generation: number;
      outcome: Outcome;
      retryAfterMs: number | null;
      error: string | null;
      /** No proof of who we are could be had, after all tries: nothing was sent, and the next record would fare no better. */
      isProofless?: boolean;
    }
  /** Time passed: about once a second, and when `nextChangeAtMs` passes. */
  | { kind: "ticked" }
  | { kind: "health_checked"; green: boolean; detail: string | null }
  /** An operator wants a test now: open → half-open. */
  | { kind: "probe_requested"; by: string }
  | { kind: "tripped"; by: string }
  | { kind: "reset"; by: string };

/** A change of batch size or breaker: one sentence for people, and its figures. */
export type Change = {
  from: number;
  to: number;
  breaker: BreakerState;
  /** What it was before. */
  breakerWas: BreakerState;
  reason: string;
  figures: Record<string, number | string | null>;
};

type Step = { control: Control; because: Because | null };
type Replied = Extract<ControlEvent, { kind: "replied" }>;

/** A provider is silent when nothing came back for 30 s while a request is older; for a slow one, longer. */
const stallMs = (policy: ControlPolicy): number => Math.max(30_000, policy.slowMs);

/** A provider that we know nothing about: closed, one at a time, ramping. */
export const newControl = (nowMs: number): Control => ({
  batch: newBatchSize(nowMs),
  breaker: newBreaker(nowMs),
  pausedUntilMs: null,
  throttles: 0,
  lastSuccessAtMs: null,
  lastAnswerAtMs: null,
  refusals: noRefusals,
});

const steps: readonly ((control: Control, event: ControlEvent, given: Given) => Step)[] = [
  followPolicy,
  remember,
  pace,
  guard,
];

/** The next control, and what changed for people to read. The control given is left as it is. */
export function reduce(
  control: Control,
  event: ControlEvent,
  given: Given,
): { control: Control; changes: Change[] } {
  const changes: Change[] = [];
  let current = control;
  for (const step of steps) {
    const { control: next, because } = step(current, event, given);
    if (because !== null) changes.push(changeOf(current, next, because));
    current = next;
  }
  return { control: current, changes };
}

const changeOf = (from: Control, to: Control, { reason, figures }: Because): Change => ({
  from: from.batch.size,
  to: to.batch.size,
  breaker: to.breaker.state,
  breakerWas: from.breaker.state,
  reason,
  figures,
});

/** How many more requests may start now; never negative. */
export function mayStart(control: Control, { nowMs, inFlight, policy }: Given): number {
  if (control.pausedUntilMs !== null && nowMs < control.pausedUntilMs) return 0;
  return Math.max(0, allowed(control, policy) - inFlight);
}

function allowed({ breaker, batch }: Control, policy: ControlPolicy): number {
  switch (breaker.state) {
    case "closed":
      return Math.max(1, Math.min(batch.size, policy.batchSizeMax));
    case "half_open":
      return 1;
    case "open":
      return 0;
  }
}

/**
 * When time alone may change `mayStart` or makes a health check due, ms; null when only a reply can.
 * `nowMs` means that a tick is due now.
 */
export function nextChangeAtMs(control: Control, given: Given): number | null {
  const { nowMs } = given;
  const times = [pauseEndsAtMs(control, nowMs), ...breakerTimes(control, given)].filter((at) => at !== null);
  return times.length === 0 ? null : Math.max(nowMs, Math.min(...times));
}

const pauseEndsAtMs = ({ pausedUntilMs }: Control, nowMs: number): number | null =>
  pausedUntilMs !== null && pausedUntilMs > nowMs ? pausedUntilMs : null;

function breakerTimes(control: Control, given: Given): (number | null)[] {
  const { breaker } = control;
  const { nowMs, policy } = given;
  // A check that is due is told by `wantsHealthCheck`; until it answers, a look each second is enough.
  const ofCheck = (at: number | null): number | null => (at !== null && at <= nowMs ? nowMs + 1000 : at);
  switch (breaker.state) {
    case "closed": {
      const silentAt = silentAtMs(control, given);
      const at = silentAt === null ? null : Math.max(silentAt, breaker.stall?.nextCheckAtMs ?? silentAt);
      return [policy.health ? ofCheck(at) : at];
    }
    case "open":
      return [breaker.nextProbeAtMs, policy.health ? ofCheck(breaker.nextHealthAtMs) : null];
    case "half_open":
      return [];
  }
}

/** Whether to ask the provider's health check now. The caller has at most one such request out. */
export function wantsHealthCheck(control: Control, given: Given): boolean {
  const { breaker } = control;
  const { nowMs, policy } = given;
  if (policy.health === null) return false;
  switch (breaker.state) {
    case "closed":
      return silentMs(control, given) !== null && nowMs >= (breaker.stall?.nextCheckAtMs ?? nowMs);
    case "open":
      return nowMs >= (breaker.nextHealthAtMs ?? nowMs);
    case "half_open":
      return false;
  }
}

/** What screens and the journal need to know. */
export type View = {
  batchSize: number;
  generation: number;
  breaker: BreakerState;
  breakerReason: OpenReason | null;
  breakerSinceMs: number | null;
  nextProbeAtMs: number | null;
  nextHealthAtMs: number | null;
  pausedUntilMs: number | null;
  lastSuccessAtMs: number | null;
};

export const view = ({ batch, breaker, pausedUntilMs, lastSuccessAtMs }: Control): View => ({
  batchSize: batch.size,
  generation: batch.generation,
  breaker: breaker.state,
  breakerReason: breaker.state === "closed" ? null : breaker.reason,
  breakerSinceMs: breaker.sinceMs,
  nextProbeAtMs: breaker.state === "open" ? breaker.nextProbeAtMs : null,
  nextHealthAtMs: breaker.state === "open" ? breaker.nextHealthAtMs : null,
  pausedUntilMs,
  lastSuccessAtMs,
});

// — the steps —

function followPolicy(control: Control, _event: ControlEvent, given: Given): Step {
  const { nowMs, policy } = given;
  const { batch, because } = limit(control.batch, given);
  const breaker = follow(control.breaker, { nowMs, policy });
  return { control: { ...control, batch, breaker, pausedUntilMs: stillPaused(control, nowMs) }, because };
}

/** A pause that is over is forgotten; one that lies beyond a day comes from a clock that jumped. */
const stillPaused = ({ pausedUntilMs }: Control, nowMs: number): number | null =>
  pausedUntilMs === null || pausedUntilMs <= nowMs ? null : Math.min(pausedUntilMs, nowMs + longestWaitMs);

function remember(control: Control, event: ControlEvent, given: Given): Step {
  if (event.kind !== "replied") return { control, because: null };
  const { nowMs } = given;
  const success = isDelivered(event.outcome);
  const answered =
    success ||
    event.outcome === "invalid" ||
    event.outcome === "throttled" ||
    event.outcome === "unauthorized";
  const isCurrent = isCurrentReply(control, event) && control.breaker.state !== "open";
  const throttles = success
    ? 0
    : isCurrent && isUntimedThrottle(control, event)
      ? control.throttles + 1
      : control.throttles;
  const remembering: Control = {
    ...control,
    throttles,
    lastSuccessAtMs: success ? nowMs : control.lastSuccessAtMs,
    lastAnswerAtMs: answered ? nowMs : control.lastAnswerAtMs,
    refusals:
      isCurrent && (success || event.outcome === "invalid")
        ? remembered(control.refusals, event.recordId, !success, nowMs)
        : control.refusals,
  };
  const waitMs = waitOf(remembering, event, isCurrent, given);
  return { control: waitMs === null ? remembering : paused(remembering, nowMs + waitMs), because: null };
}

const paused = (control: Control, untilMs: number): Control => ({
  ...control,
  pausedUntilMs: Math.max(control.pausedUntilMs ?? untilMs, untilMs),
});

/** Whose request was it: one started at the size and in the breaker's state that are now? */
const isCurrentReply = ({ batch }: Control, { generation }: Replied): boolean =>
  generation === batch.generation;

const isUntimedThrottle = ({ batch }: Control, { outcome, retryAfterMs }: Replied): boolean =>
  outcome === "throttled" && retryAfterMs === null && batch.size === 1;

/** How long the provider wants us to wait, ms: by its own words, or 1, 2, 4 … 60 s where there is nothing to shrink. */
function waitOf(control: Control, event: Replied, isCurrent: boolean, { random }: Given): number | null {
  const { outcome, retryAfterMs } = event;
  // A success can say that it was the last one of a quota.
  if (retryAfterMs !== null && (outcome === "throttled" || isDelivered(outcome))) {
    return Math.round(Math.min(longestWaitMs, Math.max(0, retryAfterMs)));
  }
  if (!isCurrent || !isUntimedThrottle(control, event)) return null;
  return Math.round(Math.min(60_000, 1000 * 2 ** Math.min(10, control.throttles - 1)) * (0.8 + 0.4 * random));
}

/** The batch size. It matters, and is learnt, only while the breaker is closed. */
function pace(control: Control, event: ControlEvent, given: Given): Step {
  if (control.breaker.state !== "closed") return { control, because: null };
  const { batch, because } = paced(control, event, given);
  return { control: { ...control, batch }, because };
}

function paced(
  control: Control,
  event: ControlEvent,
  given: Given,
): { batch: BatchSize; because: Because | null } {
  const { batch } = control;
  switch (event.kind) {
    case "replied":
      return answered(batch, event, given);
    case "ticked":
      return passed(batch, given);
    case "health_checked": {
      const silence = silentMs(control, given);
      if (!event.green || silence === null) return { batch, because: null };
      const reason = `No answer for ${seconds(silence)}, though the health check is green`;
      return halve(batch, given.nowMs, { reason, figures: { silentMs: silence } });
    }
    case "probe_requested":
    case "tripped":
    case "reset":
      return { batch, because: null };
  }
}

function answered(
  batch: BatchSize,
  event: Replied,
  given: Given,
): { batch: BatchSize; because: Because | null } {
  switch (event.outcome) {
    case "delivered":
    case "duplicate":
      return heard(batch, { ...event, good: true }, given);
    case "unavailable":
    case "ambiguous":
    case "unexpected":
      return heard(batch, { ...event, good: false }, given);
    case "throttled":
      return throttled(batch, event.generation, event.retryAfterMs, given.nowMs);
    case "invalid":
    case "unauthorized":
      return { batch, because: null };
  }
}

/** The breaker. Whenever it opens or is reset, the batch size starts anew and requests out now no longer count. */
function guard(control: Control, event: ControlEvent, given: Given): Step {
  const told = tellBreaker(control, event, given);
  if (told === null) return { control, because: null };
  const { breaker, because } = turn(control.breaker, told, given);
  const next: Control = { ...control, breaker };
  if (because === null || breaker.state === "half_open") return { control: next, because };
  const isReset = told.kind === "reset";
  const restarted: Control = {
    ...next,
    batch: restart(control.batch, given.nowMs),
    refusals: noRefusals,
    throttles: 0,
    pausedUntilMs: isReset ? null : next.pausedUntilMs,
  };
  return { control: restarted, because };
}

function tellBreaker(control: Control, event: ControlEvent, given: Given): BreakerEvent | null {
  switch (event.kind) {
    case "replied":
      return isCurrentReply(control, event) ? tellReply(control, event, given) : null;
    case "ticked":
      return { kind: "ticked", silentMs: silentMs(control, given) };
    case "health_checked":
      return { ...event, silentMs: silentMs(control, given) };
    case "probe_requested":
    case "tripped":
    case "reset":
      return event;
  }
}

function tellReply(control: Control, event: Replied, { nowMs }: Given): BreakerEvent {
  const atOne = control.batch.size === 1;
  const { error } = event;
  switch (event.outcome) {
    case "delivered":
    case "duplicate":
      return { kind: "good", latencyMs: nowMs - event.startedAtMs, atOne };
    case "unavailable":
    case "ambiguous":
    case "unexpected":
      return { kind: "bad", error, atOne };
    case "invalid":
      return { kind: "invalid", error, ...verdict(control.refusals) };
    case "unauthorized":
      return { kind: "unauthorized", error, isProofless: event.isProofless ?? false };
    case "throttled":
      return { kind: "throttled" };
  }
}

/** From when on the provider counts as silent, if nothing comes back; null while nothing is out. */
function silentAtMs({ lastAnswerAtMs }: Control, { oldestStartedAtMs, policy }: Given): number | null {
  if (oldestStartedAtMs === null) return null;
  return Math.max(oldestStartedAtMs, lastAnswerAtMs ?? oldestStartedAtMs) + stallMs(policy);
}

/** For how long a silent provider has been so, ms; null when it isn't. */
function silentMs(control: Control, given: Given): number | null {
  const at = silentAtMs(control, given);
  return at !== null && given.nowMs >= at ? given.nowMs - at + stallMs(given.policy) : null;
}
