// Canaries: whether an answer is the expected one, how a run ended, and how a canary stands.
//
//   due ──▶ running ──▶ ok                     delivered, as expected, within its limit
//              ├──────▶ slow                   delivered, as expected, but later than that
//              └──────▶ failed                 anything else; not delivered in time among it
import { latestRunMs } from "#lib/core/cron.ts";
import { valuesAt } from "#lib/core/json-path.ts";

export const canaryRunStates = ["running", "ok", "slow", "failed"] as const;
export type CanaryRunState = (typeof canaryRunStates)[number];

/**
 * How a canary stands: as its last run that has ended, unless it is off, has had no run yet, or is silent. Silent means that
 * a run was due and none began, or that one began and never ends: then no worker is at work.
 */
export const canaryStates = ["ok", "slow", "failed", "silent", "new", "off"] as const;
export type CanaryState = (typeof canaryStates)[number];

/** What a canary's answer must be; a part that is left out may be anything. */
export type Expectation = {
  status?: number | undefined;
  /** Without `equals`: something stands there. */
  jsonPath?: string | undefined;
  equals?: string | number | boolean | null | undefined;
};

export type CanaryAnswer = { status: number | null; body: string | null };

/** What is wrong with the answer, as a sentence; null when it is as expected. */
export function surprise({ status, jsonPath, equals }: Expectation, answer: CanaryAnswer): string | null {
  if (status !== undefined && status !== answer.status) {
    return `It answered ${answer.status ?? "without a status"}, not ${status}.`;
  }
  if (jsonPath === undefined) return null;
  const document = parsed(answer.body);
  if (document === undefined) return "Its answer is no JSON.";
  const found = valuesAt(jsonPath, document);
  const [first] = found;
  if (first === undefined) return `Its answer has nothing at ${jsonPath}.`;
  if (equals === undefined || found.includes(equals)) return null;
  return `Its answer has ${inWords(first)} at ${jsonPath}, not ${inWords(equals)}.`;
}

function parsed(body: string | null): unknown {
  try {
    return body === null ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

const longest = 80;

/** As JSON writes it, which also makes it fit for a database: no NUL, no half of a character. */
function inWords(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`;
}

export const runState = ({ ok, slow }: { ok: boolean | null; slow: boolean }): CanaryRunState => {
  if (ok === null) return "running";
  if (ok) return "ok";
  return slow ? "slow" : "failed";
};

/** A run that has not ended after this many ms is ended as not delivered in time. */
export const patienceMs = (limitMs: number): number => Math.max(60_000, 3 * limitMs);

/** Nobody is called silent for being this late. */
const graceMs = 60_000;

export type CanarySeen = {
  /** It, and its provider, are switched on. */
  isOn: boolean;
  cron: string;
  timeZone: string;
  limitMs: number;
  /** When it was made or last changed: what was due before does not count. */
  changedAtMs: number;
  /** The newest first. */
  runs: readonly { state: CanaryRunState; startedAtMs: number }[];
};

export function canaryState(canary: CanarySeen, nowMs: number): CanaryState {
  const { isOn, cron, timeZone, limitMs, changedAtMs, runs } = canary;
  if (!isOn) return "off";
  const [last] = runs;
  if (last?.state === "running") {
    if (nowMs - last.startedAtMs > patienceMs(limitMs) + graceMs) return "silent";
  } else {
    const dueAtMs = latestRunMs(cron, timeZone, nowMs - graceMs, Number.POSITIVE_INFINITY);
    const since = Math.max(changedAtMs, last?.startedAtMs ?? 0);
    if (dueAtMs !== null && dueAtMs > since) return "silent";
  }
  const ended = runs.find(({ state }) => state !== "running");
  return ended === undefined || ended.state === "running" ? "new" : ended.state;
}
