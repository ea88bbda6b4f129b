// The line above a provider's charts: what it is doing now, and what will happen by itself, in plain words.
import type { BreakerState, Hold, OpenReason } from "#lib/core/status.ts";

/** Times are already words, like "13:55" or "in 4 min"; null where there is none. */
export type ProviderInWords = {
  breaker: BreakerState;
  breakerReason: OpenReason | null;
  batchSize: number;
  batchSizeMax: number;
  hold: Hold | null;
  holdUntil: string | null;
  pausedBy: string | null;
  nextProbe: string | null;
  /** Since when it has been as it is. */
  since: string | null;
  lastChangeReason: string | null;
};

/** One or two sentences for people who never want to know what a breaker is. */
export function describeProvider(provider: ProviderInWords): string {
  const { hold, breaker } = provider;
  // What a person or the calendar decided comes first: the breaker says nothing about it.
  if (hold !== null && hold !== "breaker_open") return `${heldWords(provider, hold)}.`;
  switch (breaker) {
    case "open":
      return openWords(provider);
    case "half_open":
      return `Testing with one record at a time${explained(provider.lastChangeReason)}.`;
    case "closed":
      return `${paceWords(provider)}.`;
  }
}

function heldWords({ holdUntil, pausedBy }: ProviderInWords, hold: Exclude<Hold, "breaker_open">): string {
  const until = holdUntil === null ? "" : ` until ${holdUntil}`;
  switch (hold) {
    case "disabled":
      return "Switched off: nothing is sent until someone switches it on";
    case "paused":
      return `Paused${pausedBy === null ? "" : ` by ${pausedBy}`}${until === "" ? " until someone resumes it" : until}`;
    case "outside_window":
      return `Outside its delivery window: waiting${until === "" ? " for the next one" : until}`;
    case "quota_spent":
      return `Its quota is spent, or it asked us to wait: waiting${until}`;
    case "unhealthy":
      return `Its health check is red: waiting${until === "" ? " until it is green" : until}`;
  }
}

function openWords({ breakerReason, since, lastChangeReason, nextProbe }: ProviderInWords): string {
  const why = breakerReason === null ? "the provider is unwell" : openReasonWords[breakerReason];
  const next = nextProbe === null ? "" : ` Next test ${nextProbe}.`;
  return `Stopped${sinceWords(since)}: ${why}${inDetail(lastChangeReason)}.${next}`;
}

/** Why a breaker opened, as half a sentence. */
export const openReasonWords: Record<OpenReason, string> = {
  failing: "too many requests failed",
  slow: "answers took too long",
  stalled: "nothing came back",
  unauthorized: "it does not accept our credentials",
  rejecting: "it refuses most records, so something has changed",
  probe_failed: "the last test failed",
  tripped: "somebody stopped it",
};

function paceWords({ batchSize, batchSizeMax, since, lastChangeReason }: ProviderInWords): string {
  if (batchSize >= batchSizeMax) return `Sending up to ${batchSizeMax} at once, its maximum`;
  return `Sending ${batchSize} at once of at most ${batchSizeMax}${sinceWords(since)}${explained(lastChangeReason)}`;
}

const sinceWords = (since: string | null): string => (since === null ? "" : ` since ${since}`);
const explained = (reason: string | null): string => (reason === null ? "" : `: ${lowered(reason)}`);
const inDetail = (reason: string | null): string => (reason === null ? "" : ` (${lowered(reason)})`);

/** "Answers got slower" continues a sentence; "429: …" and "TLS …" stay as they are. */
const lowered = (reason: string): string =>
  /^[A-Z][a-z]/.test(reason) ? reason.charAt(0).toLowerCase() + reason.slice(1) : reason;
