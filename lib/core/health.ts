// Whether the provider's own health check stops deliveries, and whether it is to be believed.
//
//   green ── may send · red ── nothing is sent until the next check · lying ── red while deliveries succeed: may send
//
// Deliveries are better evidence than a check: while they are answered, it is neither asked nor believed.
import { classify } from "#lib/core/classify.ts";
import { duration } from "#lib/core/figures.ts";
import type { Reply } from "#lib/core/reply.ts";
import { fitting, type RuleWhen } from "#lib/core/rules.ts";

export type HealthPolicy = {
  /** How long an answer counts, ms. */
  everyMs: number;
  timeoutMs: number;
  /** The status that means well. */
  expect: number;
  /** Slower than this is ill, ms; null: however slow. */
  slowMs: number | null;
  /** Conditions of which any means ill, whatever the status. */
  ill: readonly RuleWhen[];
};

/** `detail`: a part of a sentence, like "the health check said 503". */
export type HealthAnswer = { green: boolean; detail: string };

/** The last check. Plain JSON, kept between owners. */
export type Health = {
  checkedAtMs: number;
  green: boolean;
  detail: string;
  /** It is red while deliveries succeed, so it stops nothing. */
  lying: boolean;
};

/** What one health check says that took `tookMs`. */
export function healthAnswer(reply: Reply, tookMs: number, policy: HealthPolicy): HealthAnswer {
  const complaint = complaintOf(reply, tookMs, policy);
  return { green: complaint === null, detail: complaint ?? `the health check said ${policy.expect}` };
}

function complaintOf(reply: Reply, tookMs: number, { expect, slowMs, ill }: HealthPolicy): string | null {
  if (reply.kind !== "response") return `the health check failed: ${classify(reply, 0).error}`;
  if (reply.status !== expect) return `the health check said ${reply.status}`;
  if (slowMs !== null && tookMs > slowMs) return `it took ${duration(tookMs)} (limit ${duration(slowMs)})`;
  const sign = ill.find(fitting(reply));
  return sign === undefined ? null : signWords(sign, reply.status);
}

function signWords({ header, jsonPath, body, equals, matches }: RuleWhen, status: number): string {
  const says = equals !== undefined ? `says ${JSON.stringify(equals)}` : `says something like "${matches}"`;
  const isTested = equals !== undefined || matches !== undefined;
  if (jsonPath !== undefined) return isTested ? `its body ${says}` : `its body has ${jsonPath}`;
  if (header !== undefined) return isTested ? `its header ${header} ${says}` : `it has the header ${header}`;
  return body === undefined ? `the health check said ${status}` : `its body says something like "${body}"`;
}

export type CheckGiven = { nowMs: number; startedAtMs: number; lastSuccessAtMs: number | null };

/** The memory after a check. Once lying, a check is believed again when it is green or a delivery fails. */
export function checked(health: Health | null, { green, detail }: HealthAnswer, given: CheckGiven): Health {
  const before = health !== null && !health.green ? health : null;
  const sinceMs = Math.min(given.startedAtMs, before?.checkedAtMs ?? given.startedAtMs);
  const isContradicted = given.lastSuccessAtMs !== null && given.lastSuccessAtMs >= sinceMs;
  const lying = !green && (before?.lying === true || isContradicted);
  return { checkedAtMs: given.nowMs, green, detail, lying };
}

/** The memory after a delivery that succeeded at `nowMs`. */
export function delivered(health: Health | null, nowMs: number): Health | null {
  if (health === null || health.green || health.lying) return health;
  // A success from before the check says nothing about it.
  return nowMs >= health.checkedAtMs ? { ...health, lying: true } : health;
}

/** The memory after a delivery that failed: a red check may be right. */
export const failedDelivery = (health: Health | null): Health | null =>
  health?.lying ? { ...health, lying: false } : health;

/** `lastAnswerAtMs`: when a delivery last got any answer. */
export type HealthGiven = { nowMs: number; lastAnswerAtMs: number | null };

/** Whether the check is to be asked before anything is sent: nothing recent is known, neither by it nor by deliveries. */
export const mustAsk = (health: Health | null, { everyMs }: HealthPolicy, given: HealthGiven): boolean =>
  !isAnswering(everyMs, given) && !(health !== null && isFresh(health, everyMs, given.nowMs));

/** Until when the check stops deliveries, ms; "ask" when it must be asked first, null when it stops nothing. */
export function healthHold(
  health: Health | null,
  policy: HealthPolicy,
  given: HealthGiven,
): { untilMs: number } | "ask" | null {
  if (mustAsk(health, policy, given)) return "ask";
  if (health === null || health.green || health.lying || isAnswering(policy.everyMs, given)) return null;
  return { untilMs: health.checkedAtMs + policy.everyMs };
}

const isAnswering = (everyMs: number, { nowMs, lastAnswerAtMs }: HealthGiven): boolean =>
  lastAnswerAtMs !== null && lastAnswerAtMs <= nowMs && nowMs - lastAnswerAtMs <= everyMs;

/** A check from the future was made before the clock went back: it could hold for however long that was. */
const isFresh = ({ checkedAtMs }: Health, everyMs: number, nowMs: number): boolean =>
  checkedAtMs <= nowMs && nowMs - checkedAtMs < everyMs;
