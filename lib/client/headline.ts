// What a provider's delivery is doing now, and why: the core's sentence, with times of the reader's zone, who paused it
// and why, and what waits.
import { clock, duration, person, plural, relative } from "#lib/client/formats.ts";
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
  const { state, batchSizeMax } = provider;
  const told = (iso: string | null) => (iso === null ? null : clock(iso, zone, nowMs));
  const known = change !== null && explains(change, state) ? change : null;
  const doing = describeProvider({
    breaker: state.breaker,
    breakerReason: state.breakerReason,
    batchSize: state.batchSize,
    batchSizeMax,
    hold: state.hold,
    holdUntil: told(state.holdUntil),
    pausedBy: state.pausedBy === null ? null : person(state.pausedBy),
    nextProbe: state.nextProbeAt === null ? null : soon(state.nextProbeAt, nowMs),
    since: told(state.breaker === "closed" ? (known?.at ?? null) : state.breakerSince),
    lastChangeReason: known === null ? null : withoutStop(known.reason),
  });
  return [doing, pauseReason(state), backlog(state, nowMs)].filter((part) => part !== null).join(" ");
}

/** Whether a change is the one that led to how things stand. */
const explains = (change: BatchChange, { breaker, batchSize }: ProviderState): boolean =>
  change.breaker === breaker &&
  (breaker !== "closed" || (change.to === batchSize && change.from !== change.to));

const soon = (iso: string, nowMs: number): string =>
  Date.parse(iso) <= nowMs ? "now" : relative(iso, nowMs);

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
