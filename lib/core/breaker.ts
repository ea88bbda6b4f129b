// Whether a provider may be called at all.
//
//             bad in a row, slow, stalled, unauthorized, rejecting
//   closed ────────────────────────────────────────────────────────▶ open ◀─────────┐
//     ▲                                     probe due, health green │               │ bad
//     └──────────── good trials in a row ──────────────── half_open ◀┴───────────────┘
import { type Because, briefly, inBrackets, seconds, wait } from "#lib/core/figures.ts";
import type { OpenReason } from "#lib/core/status.ts";

/** Plain JSON; times in ms. */
export type Breaker =
  | {
      state: "closed";
      sinceMs: number;
      /** What came of the last 10 requests at batch size 1, the newest last. */
      last: Sight[];
      /** Replies in a row that did not accept our credentials. */
      unauthorized: number;
      /** Checks that found the provider silent, one after another; null while it isn't. */
      stall: { red: number; nextCheckAtMs: number } | null;
      /** How often it opened, each time within 10 minutes of the last recovery. */
      openings: number;
    }
  | {
      state: "open";
      sinceMs: number;
      reason: OpenReason;
      /** Why it opened first; a failed probe keeps it. */
      cause: OpenReason;
      nextProbeAtMs: number;
      /** null: the provider has no health check. */
      nextHealthAtMs: number | null;
      /** The last health check since it opened; null before the first. */
      health: "green" | "red" | null;
      openings: number;
    }
  | {
      state: "half_open";
      sinceMs: number;
      reason: OpenReason;
      cause: OpenReason;
      /** Good trials in a row. */
      good: number;
      openings: number;
    };

type Closed = Extract<Breaker, { state: "closed" }>;
type Open = Extract<Breaker, { state: "open" }>;
type HalfOpen = Extract<Breaker, { state: "half_open" }>;
type Sight = "good" | "slow" | "failed";

export type BreakerPolicy = {
  slowMs: number;
  probeEveryMs: number;
  goodTrials: number;
  health: { everyMs: number } | null;
};

/** What a breaker is told. Replies to requests from before its last change are not for it. */
export type BreakerEvent =
  | { kind: "good"; latencyMs: number; atOne: boolean }
  | { kind: "bad"; error: string | null; atOne: boolean }
  /** `isProofless`: no proof of who we are could be had, so nothing was sent. */
  | { kind: "unauthorized"; error: string | null; isProofless: boolean }
  /** `refused` of the last `records` were turned down; `isMost`: too many to be the records' own fault. */
  | { kind: "invalid"; error: string | null; refused: number; records: number; isMost: boolean }
  | { kind: "throttled" }
  /** `silentMs`: for how long a request has been out and nothing came back; null when all is well. */
  | { kind: "ticked"; silentMs: number | null }
  | { kind: "health_checked"; green: boolean; detail: string | null; silentMs: number | null }
  | { kind: "probe_requested"; by: string }
  | { kind: "tripped"; by: string }
  | { kind: "reset"; by: string };

export type BreakerGiven = { nowMs: number; policy: BreakerPolicy };
/** `because` is null when the state stayed. */
export type Turn = { breaker: Breaker; because: Because | null };

/** Between two looks at a provider that has gone silent. */
const stallCheckMs = 5_000;
/** After a green one we wait this long: deliveries may only be slow. */
const greenCheckMs = 30_000;
const redChecks = 3;
/** Three, not five: a refused credential does not heal by itself, and some providers lock the account. */
const unauthorizedMost = 3;
/** An opening this soon after a recovery counts on, and lets health polls come half as often. */
const relapseMs = 600_000;

export const newBreaker = (nowMs: number): Breaker => closed(nowMs, 0);

const closed = (nowMs: number, openings: number): Closed => ({
  state: "closed",
  sinceMs: nowMs,
  last: [],
  unauthorized: 0,
  stall: null,
  openings,
});

/** The next state of the breaker. */
export function turn(breaker: Breaker, event: BreakerEvent, given: BreakerGiven): Turn {
  switch (event.kind) {
    case "tripped":
      return open(breaker, "tripped", given, { reason: `Opened by ${event.by}`, figures: { by: event.by } });
    case "reset":
      return {
        breaker: closed(given.nowMs, 0),
        because: { reason: `Reset by ${event.by}`, figures: { by: event.by } },
      };
  }
  switch (breaker.state) {
    case "closed":
      return whileClosed(breaker, event, given);
    case "open":
      return whileOpen(breaker, event, given);
    case "half_open":
      return whileHalfOpen(breaker, event, given);
  }
}

/** Follows a policy that changed and a clock that jumped: nothing is due later than a whole interval from now. */
export function follow(breaker: Breaker, { nowMs, policy }: BreakerGiven): Breaker {
  if (breaker.state !== "open") return breaker;
  const nextHealthAtMs = policy.health
    ? Math.min(breaker.nextHealthAtMs ?? nowMs, nowMs + healthEveryMs(breaker.openings, policy))
    : null;
  const health = policy.health ? breaker.health : null;
  const nextProbeAtMs = Math.min(breaker.nextProbeAtMs, nowMs + policy.probeEveryMs);
  return { ...breaker, nextHealthAtMs, health, nextProbeAtMs };
}

type Told = Exclude<BreakerEvent, { kind: "tripped" } | { kind: "reset" }>;

function whileClosed(breaker: Closed, event: Told, given: BreakerGiven): Turn {
  switch (event.kind) {
    case "good": {
      const isSlow = event.latencyMs > given.policy.slowMs;
      return seen({ ...breaker, unauthorized: 0, stall: null }, isSlow ? "slow" : "good", event, null, given);
    }
    case "bad":
      return seen(breaker, "failed", event, event.error, given);
    case "unauthorized":
      return refusedUs(breaker, event, given);
    case "invalid":
      return refusedRecord({ ...breaker, unauthorized: 0, stall: null }, event, given);
    case "ticked":
      // Without a health check, silence itself is the red answer.
      return given.policy.health
        ? calm(breaker, event.silentMs)
        : silent(breaker, event.silentMs, false, null, given);
    case "health_checked":
      return silent(breaker, event.silentMs, event.green, event.detail, given);
    case "throttled":
    case "probe_requested":
      return { breaker, because: null };
  }
}

/** Five bad in a row, or six of the last ten, each alone at the provider: it can't be our load. */
function seen(
  breaker: Closed,
  sight: Sight,
  { atOne }: { atOne: boolean },
  error: string | null,
  given: BreakerGiven,
): Turn {
  if (!atOne)
    return { breaker: breaker.last.length === 0 ? breaker : { ...breaker, last: [] }, because: null };
  const last = [...breaker.last.slice(-9), sight];
  const bad = last.filter((each) => each !== "good").length;
  const inARow = last.length - 1 - last.lastIndexOf("good");
  if (inARow < 5 && bad < 6) return { breaker: { ...breaker, last }, because: null };

  const slow = last.filter((each) => each === "slow").length;
  const reason = 2 * slow > bad ? "slow" : "failing";
  const count = bad >= 6 ? `${bad} of the last ${last.length}` : `${inARow} in a row`;
  const what =
    reason === "slow" ? `took longer than ${seconds(given.policy.slowMs)}` : `failed${inBrackets(error)}`;
  return open(breaker, reason, given, {
    reason: `${count} ${what}`,
    figures: { bad, slow, of: last.length, inARow, error: briefly(error) },
  });
}

function refusedUs(
  breaker: Closed,
  { error, isProofless }: Extract<Told, { kind: "unauthorized" }>,
  given: BreakerGiven,
): Turn {
  // Whoever asked for the token has tried more than once already.
  if (isProofless) {
    return open(breaker, "unauthorized", given, {
      reason: `No access token could be had${inBrackets(error)}`,
      figures: { error: briefly(error) },
    });
  }
  const unauthorized = breaker.unauthorized + 1;
  if (unauthorized < unauthorizedMost) return { breaker: { ...breaker, unauthorized }, because: null };
  return open(breaker, "unauthorized", given, {
    reason: `Our credentials were refused ${unauthorized} times in a row${inBrackets(error)}`,
    figures: { inARow: unauthorized, error: briefly(error) },
  });
}

function refusedRecord(
  breaker: Closed,
  event: Extract<Told, { kind: "invalid" }>,
  given: BreakerGiven,
): Turn {
  if (!event.isMost) return { breaker, because: null };
  return open(breaker, "rejecting", given, rejectingWords(event));
}

const rejectingWords = ({ refused, records, error }: Extract<Told, { kind: "invalid" }>): Because => ({
  reason: `${refused} of the last ${records} records were refused within 10 minutes${inBrackets(error)}`,
  figures: { refused, records, error: briefly(error) },
});

const calm = (breaker: Closed, silentMs: number | null): Turn => ({
  breaker: silentMs === null && breaker.stall !== null ? { ...breaker, stall: null } : breaker,
  because: null,
});

function silent(
  breaker: Closed,
  silentMs: number | null,
  green: boolean,
  detail: string | null,
  given: BreakerGiven,
): Turn {
  const { nowMs, policy } = given;
  if (silentMs === null) return calm(breaker, silentMs);
  const stall = breaker.stall ?? { red: 0, nextCheckAtMs: nowMs };
  if (nowMs < stall.nextCheckAtMs) return { breaker, because: null };
  if (green)
    return { breaker: { ...breaker, stall: { red: 0, nextCheckAtMs: nowMs + greenCheckMs } }, because: null };
  const red = stall.red + 1;
  if (red < redChecks) {
    return { breaker: { ...breaker, stall: { red, nextCheckAtMs: nowMs + stallCheckMs } }, because: null };
  }
  const checks = policy.health ? `, and ${red} health checks in a row failed` : "";
  return open(breaker, "stalled", given, {
    reason: `No answer for ${seconds(silentMs)}${checks}`,
    figures: { silentMs, redChecks: red, detail: briefly(detail) },
  });
}

function whileOpen(breaker: Open, event: Told, given: BreakerGiven): Turn {
  const { nowMs, policy } = given;
  switch (event.kind) {
    case "ticked":
      if (nowMs < breaker.nextProbeAtMs) return { breaker, because: null };
      if (breaker.health === "red") {
        return { breaker: { ...breaker, nextProbeAtMs: nowMs + policy.probeEveryMs }, because: null };
      }
      return halfOpen(breaker, nowMs, "It is time for a test: one record at a time", {});
    case "health_checked":
      // Only a change tells: some health checks say green whatever happens to deliveries.
      if (event.green && breaker.health === "red") {
        return halfOpen(breaker, nowMs, "The health check is green again: one record at a time", {});
      }
      return { breaker: polled(breaker, event.green, given), because: null };
    case "probe_requested":
      return halfOpen(breaker, nowMs, `${event.by} asked for a test: one record at a time`, { by: event.by });
    case "good":
    case "bad":
    case "unauthorized":
    case "invalid":
    case "throttled":
      // A reply arriving now belongs to a call made before we opened; only time and people move us on.
      return { breaker, because: null };
  }
}

const polled = (breaker: Open, green: boolean, { nowMs, policy }: BreakerGiven): Open => ({
  ...breaker,
  health: green ? "green" : "red",
  nextHealthAtMs: policy.health ? nowMs + healthEveryMs(breaker.openings, policy) : null,
});

/** ms between health polls: twice as long for each relapse, but no rarer than probes are. */
function healthEveryMs(openings: number, { health, probeEveryMs }: BreakerPolicy): number {
  if (health === null) return probeEveryMs;
  return Math.min(health.everyMs * 2 ** Math.max(0, openings - 1), Math.max(health.everyMs, probeEveryMs));
}

const halfOpen = (breaker: Open, nowMs: number, reason: string, figures: Because["figures"]): Turn => ({
  breaker: {
    state: "half_open",
    sinceMs: nowMs,
    reason: breaker.reason,
    cause: breaker.cause,
    good: 0,
    openings: breaker.openings,
  },
  because: { reason, figures: { ...figures, openMs: Math.max(0, nowMs - breaker.sinceMs) } },
});

function whileHalfOpen(breaker: HalfOpen, event: Told, given: BreakerGiven): Turn {
  const { nowMs, policy } = given;
  switch (event.kind) {
    case "good": {
      const good = event.latencyMs > policy.slowMs ? 0 : breaker.good + 1;
      if (good < policy.goodTrials) return { breaker: { ...breaker, good }, because: null };
      const reason = good === 1 ? "A test went well" : `${good} tests in a row went well`;
      return { breaker: closed(nowMs, breaker.openings), because: { reason, figures: { good } } };
    }
    case "bad":
    case "unauthorized":
      return probeFailed(breaker, event.error, given);
    case "invalid":
      // An answer about one record; only where refusals were the trouble does it say that they go on.
      if (event.isMost) return open(breaker, "rejecting", given, rejectingWords(event));
      return breaker.cause === "rejecting"
        ? probeFailed(breaker, event.error, given)
        : { breaker, because: null };
    case "throttled":
    case "ticked":
    case "health_checked":
    case "probe_requested":
      return { breaker, because: null };
  }
}

const probeFailed = (breaker: HalfOpen, error: string | null, given: BreakerGiven): Turn =>
  open(breaker, "probe_failed", given, {
    reason: `The test failed${inBrackets(error)}: the next is in ${wait(given.policy.probeEveryMs)}`,
    figures: { error: briefly(error), goodBefore: breaker.good },
  });

function open(breaker: Breaker, reason: OpenReason, { nowMs, policy }: BreakerGiven, because: Because): Turn {
  const opened: Open = {
    state: "open",
    sinceMs: nowMs,
    reason,
    cause: reason === "probe_failed" && breaker.state !== "closed" ? breaker.cause : reason,
    nextProbeAtMs: nowMs + policy.probeEveryMs,
    // At once, so that a short outage is seen red, and its end as a change.
    nextHealthAtMs: policy.health ? nowMs : null,
    health: reason === "stalled" && policy.health ? "red" : null,
    openings: Math.min(20, openingsBefore(breaker, nowMs) + 1),
  };
  return { breaker: opened, because };
}

function openingsBefore(breaker: Breaker, nowMs: number): number {
  switch (breaker.state) {
    case "closed":
      return nowMs - breaker.sinceMs < relapseMs ? breaker.openings : 0;
    case "open":
      return breaker.openings - 1;
    case "half_open":
      return breaker.openings;
  }
}
