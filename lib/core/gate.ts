// May we send now, and if not, why, and until when? The gates in their order; the first that is shut is the reason.
//
//   maintenance → delivery window → daily quota → rate → records per run → breaker (control.ts) → health check
//
// What a person decides (switched off, paused) comes before all of them and stands in the database itself.
import { type Bucket, bucketRoom, nextTokenMs, take } from "#lib/core/bucket.ts";
import { type Health, type HealthPolicy, healthHold } from "#lib/core/health.ts";
import { noRecovery, type Recovery } from "#lib/core/recovery.ts";
import type { BreakerState, GateHold } from "#lib/core/status.ts";
import { openingAt, type Window } from "#lib/core/windows.ts";
import { localDay, nextDayMs } from "#lib/core/zoned.ts";

export type GatePolicy = {
  windows: { timeZone: string; deliver: readonly Window[]; maintenance: readonly Window[] };
  limits: {
    perSecond: number | null;
    perMinute: number | null;
    perDay: number | null;
    perRun: number | null;
    runEveryMs: number;
  };
  health: HealthPolicy | null;
};

/** Plain JSON, kept in the database between owners, so that no count is lost with a worker. Times in ms. */
export type GateMemory = {
  /** Calls on the provider's present day. */
  quota: { day: string; used: number } | null;
  second: Bucket | null;
  minute: Bucket | null;
  run: { sent: number; endedAtMs: number | null };
  health: Health | null;
  /** When a delivery last came to an end, however. */
  lastReplyAtMs: number | null;
  recovery: Recovery;
};

export const newGateMemory: GateMemory = {
  quota: null,
  second: null,
  minute: null,
  run: { sent: 0, endedAtMs: null },
  health: null,
  lastReplyAtMs: null,
  recovery: noRecovery,
};

/** What the clock says to a policy: worked out once, good until `freshUntilMs`. */
export type Calendar = {
  maintenanceUntilMs: number | "none";
  /** The delivery window is shut until then. */
  shutUntilMs: number | "open";
  day: string;
  dayEndsMs: number;
  fromMs: number;
  freshUntilMs: number;
};

/** A shut window of which no end is in sight is looked at again after this long. */
const farMs = 86_400_000;

export function calendarAt({ windows }: GatePolicy, nowMs: number): Calendar {
  const { timeZone } = windows;
  const maintenance = openingAt(windows.maintenance, timeZone, nowMs);
  const deliver = openingAt(windows.deliver, timeZone, nowMs);
  const isShut = windows.deliver.length > 0 && !deliver.inside;
  const dayEndsMs = nextDayMs(nowMs, timeZone);
  const changes = [maintenance.untilMs, deliver.untilMs, dayEndsMs].filter((at) => at !== null);
  return {
    maintenanceUntilMs: maintenance.inside ? (maintenance.untilMs ?? nowMs + farMs) : "none",
    shutUntilMs: isShut ? (deliver.untilMs ?? nowMs + farMs) : "open",
    day: localDay(nowMs, timeZone),
    dayEndsMs,
    fromMs: nowMs,
    freshUntilMs: Math.min(nowMs + farMs, ...changes),
  };
}

/** Whether a calendar still says what the clock says; a clock that went back asks anew. */
export const isFresh = ({ fromMs, freshUntilMs }: Calendar, nowMs: number): boolean =>
  nowMs >= fromMs && nowMs < freshUntilMs;

export type GateGiven = {
  nowMs: number;
  calendar: Calendar;
  breaker: BreakerState;
  /** The provider asked us to wait until then. */
  pausedUntilMs: number | null;
};

export type Verdict = {
  /** How many more requests may start, by these gates; Infinity when they set no bound. */
  room: number;
  hold: GateHold | null;
  /** Why, as half a sentence for people. */
  reason: string | null;
  /** When this gate opens, ms; null while it is open. */
  untilMs: number | null;
  /** A new record is reason enough to go on before then. */
  insertWakes: boolean;
  /** The health check must be asked first. */
  ask: boolean;
};

const open = (room: number): Verdict => ({
  room,
  hold: null,
  reason: null,
  untilMs: null,
  insertWakes: false,
  ask: false,
});

const shut = (hold: GateHold, untilMs: number, reason: string, insertWakes = false): Verdict => ({
  room: 0,
  hold,
  reason,
  untilMs,
  insertWakes,
  ask: false,
});

type Gate = (policy: GatePolicy, memory: GateMemory, given: GateGiven) => Verdict | null;

const gates: readonly Gate[] = [maintenance, deliveryWindow, quota, askedToWait, rate, run, health];

/** What the gates say now. Pure: the same policy, memory and clock say the same. */
export function gate(policy: GatePolicy, memory: GateMemory, given: GateGiven): Verdict {
  let room = Number.POSITIVE_INFINITY;
  for (const each of gates) {
    const verdict = each(policy, memory, given);
    if (verdict === null) continue;
    if (verdict.hold !== null || verdict.ask) return verdict;
    room = Math.min(room, verdict.room);
  }
  return open(room);
}

function maintenance(_policy: GatePolicy, _memory: GateMemory, { calendar }: GateGiven): Verdict | null {
  const { maintenanceUntilMs } = calendar;
  return maintenanceUntilMs === "none"
    ? null
    : shut("outside_window", maintenanceUntilMs, "the provider is in its maintenance window");
}

function deliveryWindow(_policy: GatePolicy, _memory: GateMemory, { calendar }: GateGiven): Verdict | null {
  const { shutUntilMs } = calendar;
  return shutUntilMs === "open"
    ? null
    : shut("outside_window", shutUntilMs, "it is outside the delivery window");
}

/** Calls on the present day of the provider. */
export const usedToday = ({ quota }: GateMemory, day: string): number =>
  quota?.day === day ? quota.used : 0;

function quota({ limits }: GatePolicy, memory: GateMemory, { calendar }: GateGiven): Verdict | null {
  if (limits.perDay === null) return null;
  const left = limits.perDay - usedToday(memory, calendar.day);
  if (left > 0) return open(left);
  return shut("quota_spent", calendar.dayEndsMs, `the ${limits.perDay} of a day are sent`);
}

/** How many more requests the quota and the run leave, whatever their rate. */
export function left(
  { limits }: GatePolicy,
  memory: GateMemory,
  { nowMs, calendar }: Pick<GateGiven, "nowMs" | "calendar">,
): number {
  const ofDay =
    limits.perDay === null ? Number.POSITIVE_INFINITY : limits.perDay - usedToday(memory, calendar.day);
  const ofRun =
    limits.perRun === null ? Number.POSITIVE_INFINITY : limits.perRun - runAt(memory, limits, nowMs).sent;
  return Math.max(0, Math.min(ofDay, ofRun));
}

function askedToWait(_policy: GatePolicy, _memory: GateMemory, given: GateGiven): Verdict | null {
  const { pausedUntilMs, nowMs } = given;
  if (pausedUntilMs === null || pausedUntilMs <= nowMs) return null;
  return shut("quota_spent", pausedUntilMs, "the provider asked us to wait");
}

function rate({ limits }: GatePolicy, memory: GateMemory, given: GateGiven): Verdict | null {
  const rates = ratesOf(limits, memory);
  if (rates.length === 0) return null;
  const nowMs = Math.floor(given.nowMs);
  const room = Math.min(...rates.map(({ bucket, rule }) => bucketRoom(bucket, rule, nowMs)));
  if (room > 0) return open(room);
  const untilMs = Math.max(...rates.map(({ bucket, rule }) => nextTokenMs(bucket, rule, nowMs)));
  const words = rates.map(({ rule, name }) => `${rule.limit} a ${name}`).join(" and ");
  return shut("quota_spent", untilMs, `at most ${words} may be sent`);
}

type Rate = { name: "second" | "minute"; rule: { limit: number; perMs: number }; bucket: Bucket | null };

function ratesOf({ perSecond, perMinute }: GatePolicy["limits"], memory: GateMemory): Rate[] {
  const rates: Rate[] = [];
  if (perSecond !== null)
    rates.push({ name: "second", rule: { limit: perSecond, perMs: 1_000 }, bucket: memory.second });
  if (perMinute !== null)
    rates.push({ name: "minute", rule: { limit: perMinute, perMs: 60_000 }, bucket: memory.minute });
  return rates;
}

function run({ limits }: GatePolicy, memory: GateMemory, { nowMs }: GateGiven): Verdict | null {
  if (limits.perRun === null) return null;
  const { sent, endedAtMs } = runAt(memory, limits, nowMs);
  if (sent < limits.perRun) return open(limits.perRun - sent);
  const untilMs = (endedAtMs ?? nowMs) + limits.runEveryMs;
  return shut("quota_spent", untilMs, `a run sends at most ${limits.perRun}`, true);
}

type Run = GateMemory["run"];
const newRun: Run = { sent: 0, endedAtMs: null };

/** The run at a moment: the next begins when its time has come, under the same owner as well. */
const runAt = ({ run }: GateMemory, { runEveryMs }: GatePolicy["limits"], nowMs: number): Run =>
  run.endedAtMs !== null && nowMs >= run.endedAtMs + runEveryMs ? newRun : run;

/** A run that has sent what it may ends now, unless it had ended. */
const endedAt = (run: Run, { perRun }: GatePolicy["limits"], nowMs: number): Run =>
  perRun !== null && run.sent >= perRun ? { ...run, endedAtMs: run.endedAtMs ?? nowMs } : run;

function health(policy: GatePolicy, memory: GateMemory, given: GateGiven): Verdict | null {
  // An open breaker polls the health check by itself, and a half-open one trusts its trials.
  if (policy.health === null || given.breaker !== "closed") return null;
  const { lastReplyAtMs } = memory;
  const held = healthHold(memory.health, policy.health, {
    nowMs: given.nowMs,
    lastAnswerAtMs: lastReplyAtMs,
  });
  if (held === null) return null;
  if (held === "ask") return { ...open(0), ask: true };
  return shut("unhealthy", held.untilMs, memory.health?.detail ?? "the health check is red");
}

/** The memory after one more request has started. */
export function started(
  memory: GateMemory,
  { limits }: GatePolicy,
  { calendar, nowMs }: Pick<GateGiven, "calendar" | "nowMs">,
): GateMemory {
  const { perSecond, perMinute } = limits;
  // Buckets count in whole ms. Asked for room they are told an earlier one, of a start a later one: so that two starts are
  // never closer than the limit says, not even by a part of a millisecond.
  const atMs = Math.ceil(nowMs);
  const sent = runAt(memory, limits, nowMs).sent + 1;
  return {
    ...memory,
    quota: { day: calendar.day, used: usedToday(memory, calendar.day) + 1 },
    second: perSecond === null ? null : take(memory.second, { limit: perSecond, perMs: 1_000 }, atMs, 1),
    minute: perMinute === null ? null : take(memory.minute, { limit: perMinute, perMs: 60_000 }, atMs, 1),
    run: endedAt({ sent, endedAtMs: null }, limits, nowMs),
  };
}

/**
 * The memory after a request that had started was not made after all: nothing of it counts.
 *
 * @param startedAtMs on another day than now it has counted there, and gives nothing back today.
 */
export function notCalled(
  memory: GateMemory,
  { limits, windows }: GatePolicy,
  { calendar, nowMs, startedAtMs }: Pick<GateGiven, "calendar" | "nowMs"> & { startedAtMs: number },
): GateMemory {
  const { perSecond, perMinute, perRun } = limits;
  const atMs = Math.floor(nowMs);
  const sent = Math.max(0, memory.run.sent - 1);
  const isToday = startedAtMs >= calendar.fromMs || localDay(startedAtMs, windows.timeZone) === calendar.day;
  return {
    ...memory,
    quota: {
      day: calendar.day,
      used: Math.max(0, usedToday(memory, calendar.day) - (isToday ? 1 : 0)),
    },
    second: perSecond === null ? null : take(memory.second, { limit: perSecond, perMs: 1_000 }, atMs, -1),
    minute: perMinute === null ? null : take(memory.minute, { limit: perMinute, perMs: 60_000 }, atMs, -1),
    run: { sent, endedAtMs: perRun !== null && sent >= perRun ? memory.run.endedAtMs : null },
  };
}

/**
 * The memory as a new owner begins with it.
 *
 * @param maybeSent requests that a dead owner may have made after it last wrote: they count, or a quota could be broken.
 * @param inserted the owner comes because a record was inserted.
 */
export function beginning(
  memory: GateMemory,
  { limits }: GatePolicy,
  given: { nowMs: number; calendar: Calendar; maybeSent: number; inserted: boolean },
): GateMemory {
  const { nowMs, calendar, maybeSent, inserted } = given;
  const run = nextRun(memory, limits, { nowMs, inserted });
  if (maybeSent === 0) return { ...memory, run };
  return {
    ...memory,
    run: endedAt({ ...run, sent: run.sent + maybeSent }, limits, nowMs),
    quota: { day: calendar.day, used: usedToday(memory, calendar.day) + maybeSent },
    // The second in which it sent them is long over.
    minute: limits.perMinute === null ? null : takeUnseen(memory.minute, limits.perMinute, nowMs, maybeSent),
  };
}

function nextRun(
  memory: GateMemory,
  limits: GatePolicy["limits"],
  { nowMs, inserted }: { nowMs: number; inserted: boolean },
): Run {
  const run = runAt(memory, limits, nowMs);
  // The limit may have been lowered below what a run had sent already.
  if (run.endedAtMs === null) return limits.perRun !== null && run.sent >= limits.perRun ? newRun : run;
  // None can have ended later than now: a clock that went back must not hold for longer than a pause.
  return inserted ? newRun : { ...run, endedAtMs: Math.min(nowMs, run.endedAtMs) };
}

/**
 * The memory under a policy that has changed: a run over its new limit ends now, and another health check has said nothing
 * yet.
 */
export const followed = (
  memory: GateMemory,
  { limits, health }: GatePolicy,
  { before, nowMs }: { before: GatePolicy; nowMs: number },
): GateMemory => ({
  ...memory,
  run: endedAt(memory.run, limits, nowMs),
  health: JSON.stringify(health) === JSON.stringify(before.health) ? memory.health : null,
});

const takeUnseen = (bucket: Bucket | null, perMinute: number, nowMs: number, count: number): Bucket =>
  take(bucket, { limit: perMinute, perMs: 60_000 }, Math.floor(nowMs), Math.min(count, perMinute));

/** The memory of an owner that ran dry: its run is over, and the next begins at nothing. */
export const ranDry = (memory: GateMemory): GateMemory =>
  memory.run.endedAtMs === null ? { ...memory, run: newRun } : memory;

/**
 * When the next request may start, by all these gates together, ms: a quota may come back while the window is shut.
 * Null when one may start now, or when only the breaker or a health check can tell.
 */
export function nextSendMs(policy: GatePolicy, memory: GateMemory, given: GateGiven): number | null {
  let { nowMs, calendar } = given;
  let found: number | null = null;
  // Each step passes one gate; more than a few would be a policy whose gates are never open together.
  for (let step = 0; step < 20; step += 1) {
    const { untilMs, hold } = gate(policy, memory, { ...given, nowMs, calendar });
    if (hold === null || untilMs === null || untilMs <= nowMs) return found;
    // The health check says anew then what it thinks.
    if (hold === "unhealthy") return untilMs;
    found = untilMs;
    nowMs = untilMs;
    if (!isFresh(calendar, nowMs)) calendar = calendarAt(policy, nowMs);
  }
  return found;
}
