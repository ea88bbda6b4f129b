// What a provider's delivery is doing now, why, and when that changes: the core's sentences, with times of the provider's
// and the reader's zone, who paused it and why, and what waits.
import { clock, clockIn, duration, person, plural, relative, rough } from "#lib/client/formats.ts";
import type { BatchChange, ProviderState, ProviderWithState } from "#lib/contract/provider.ts";
import { describeProvider } from "#lib/core/words.ts";

type Given = {
  provider: ProviderWithState;
  /** The newest change of batch size or breaker, when one is known. */
  change: BatchChange | null;
  zone: string;
  nowMs: number;
};

export function headline({ provider, change, zone, nowMs }: Given): string {
  const { state, batchSizeMax, flags, breaker } = provider;
  const told = (iso: string | null) => (iso === null ? null : clock(iso, zone, nowMs));
  const known = change !== null && explains(change, state) ? change : null;
  const doing = describeProvider({
    breaker: state.breaker,
    breakerReason: state.breakerReason,
    batchSize: state.batchSize,
    batchSizeMax,
    hold: state.hold,
    holdUntil: state.hold === "paused" ? told(state.holdUntil) : goesOn(provider, zone, nowMs),
    holdReason: state.holdReason,
    unusable: isUnusable(state),
    pausedBy: state.pausedBy === null ? null : person(state.pausedBy),
    nextProbe: state.nextProbeAt === null ? null : soon(state.nextProbeAt, nowMs),
    goodTrials: breaker.goodTrials,
    since: told(state.breaker === "closed" ? (known?.at ?? null) : state.breakerSince),
    lastChangeReason: known === null ? null : withoutStop(known.reason),
    shadow: flags.shadow,
    percentage: flags.percentage,
    lie: state.health?.lying ? state.health.detail : null,
    redriving: state.redriving,
  });
  return [doing, pauseReason(state), backlog(state, nowMs)].filter((part) => part !== null).join(" ");
}

/** Whether it is held for its own policy's sake, and not for its health check's. */
export const isUnusable = ({ hold, holdReason, health }: ProviderState): boolean =>
  hold === "unhealthy" && holdReason !== null && holdReason !== health?.detail;

/** Whether a change is the one that led to how things stand. */
const explains = (change: BatchChange, { breaker, batchSize }: ProviderState): boolean =>
  change.breaker === breaker &&
  (breaker !== "closed" || (change.to === batchSize && change.from !== change.to));

const soon = (iso: string, nowMs: number): string =>
  Date.parse(iso) <= nowMs ? "now" : relative(iso, nowMs);

/** So soon that the clock's minute says nothing. */
const soonMs = 120_000;
const farMs = 600_000;

/** "now", "in 40 s", "at 14:09, in 4 min", or "at 22:00 London time (23:00 your time)". */
function goesOn({ state, windows }: ProviderWithState, zone: string, nowMs: number): string | null {
  if (state.holdUntil === null) return null;
  const leftMs = Date.parse(state.holdUntil) - nowMs;
  if (leftMs < soonMs) return soon(state.holdUntil, nowMs);
  const at = `at ${clockIn(state.holdUntil, { zone: windows.timeZone, reader: zone, nowMs })}`;
  return leftMs < farMs ? `${at}, in ${rough(leftMs)}` : at;
}

const pauseReason = ({ hold, pauseReason }: ProviderState): string | null =>
  hold === "paused" && pauseReason !== null ? `“${pauseReason}”` : null;

function backlog({ waiting, retrying, sending, held, oldestDueAt }: ProviderState, nowMs: number): string {
  const left = Math.max(held, waiting + retrying + sending);
  if (left === 0) return "Nothing waits.";
  const age = oldestDueAt === null ? 0 : Math.floor((nowMs - Date.parse(oldestDueAt)) / 1_000) * 1_000;
  const oldest = age >= 1_000 ? `, the oldest for ${duration(age)}` : "";
  return `${plural(left, "record waits", "records wait")}${oldest}.`;
}

const withoutStop = (text: string): string => text.replace(/\.$/, "");
