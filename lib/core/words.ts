// The line above a provider's charts: what it is doing now, why, and when that changes by itself, in plain words.
import type { BreakerState, Hold, OpenReason } from "#lib/core/status.ts";

/** Times are already words, like "13:55" or "in 4 min"; null where there is none. */
export type ProviderInWords = {
  breaker: BreakerState;
  breakerReason: OpenReason | null;
  batchSize: number;
  batchSizeMax: number;
  hold: Hold | null;
  /** Of a pause its end, like "15:00"; of any other hold when it goes on, like "at 22:00" or "in 40 s". */
  holdUntil: string | null;
  /** Why the gate is shut, as half a sentence. */
  holdReason: string | null;
  /** No worker can begin with its policy: its secrets can't be opened, or its adapter refuses its options. */
  unusable: boolean;
  pausedBy: string | null;
  nextProbe: string | null;
  /** How many trials in a row must be good before a half-open breaker closes. */
  goodTrials: number;
  /** Since when it has been as it is. */
  since: string | null;
  lastChangeReason: string | null;
  /** Everything but the call is done. */
  shadow: boolean;
  /** Which share of the records is sent, 0..100. */
  percentage: number;
  /** What its health check says that nobody believes, since deliveries succeed. */
  lie: string | null;
  /** Failures that come back by themselves now. */
  redriving: number;
};

/** A few sentences for people who never want to know what a breaker is. */
export function describeProvider(provider: ProviderInWords): string {
  const { hold } = provider;
  if (hold === "disabled" || hold === "paused") return doing(provider);
  return [doing(provider), rolloutWords(provider), lieWords(provider), redriveWords(provider)]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

function doing(provider: ProviderInWords): string {
  const { hold, breaker, goodTrials, lastChangeReason } = provider;
  // What a person or the calendar decided comes first: the breaker says nothing about it.
  if (hold !== null && hold !== "breaker_open") return heldWords(provider, hold);
  switch (breaker) {
    case "open":
      return openWords(provider);
    case "half_open":
      return `Testing with one record at a time${explained(lastChangeReason)}. ${trialWords(goodTrials)}`;
    case "closed":
      return provider.shadow ? shadowWords : `${paceWords(provider)}.`;
  }
}

function heldWords(provider: ProviderInWords, hold: Exclude<Hold, "breaker_open">): string {
  const { holdUntil, pausedBy } = provider;
  if (hold === "disabled") return "Switched off: nothing is sent until someone switches it on.";
  if (hold !== "paused") return shutWords(provider, hold);
  const until = holdUntil === null ? "until someone resumes it" : `until ${holdUntil}`;
  return `Paused${pausedBy === null ? "" : ` by ${pausedBy}`} ${until}.`;
}

type ShutHold = Exclude<Hold, "breaker_open" | "disabled" | "paused">;

/** What the gate's own reasons continue with: what happens then, and when. */
const endings: readonly { reason: RegExp; said: (reason: string, when: string) => string }[] = [
  { reason: /maintenance window$/, said: (reason, when) => `Waiting: ${reason}, which ends ${when}.` },
  { reason: /delivery window$/, said: (reason, when) => `Waiting: ${reason}, which opens ${when}.` },
  {
    reason: /^a run sends/,
    said: (reason, when) => `Between two runs: ${reason}. The next begins ${when}, or with the next record.`,
  },
  { reason: /^at most/, said: (reason, when) => `Keeping its pace: ${reason}. The next go ${when}.` },
];

const usual: Record<ShutHold, { reason: string; next: string }> = {
  outside_window: { reason: "it is outside its window", next: "It goes on" },
  quota_spent: { reason: "its quota is spent, or it asked us to wait", next: "The next go" },
  unhealthy: { reason: "its health check is red", next: "It is asked again" },
};

function shutWords({ holdReason, holdUntil, unusable }: ProviderInWords, hold: ShutHold): string {
  if (unusable && holdReason !== null) return unusableWords(holdReason, holdUntil);
  const { reason: fallback, next } = usual[hold];
  const reason = holdReason ?? fallback;
  if (holdUntil === null) return `Waiting: ${reason}.`;
  const ending = endings.find((each) => each.reason.test(reason));
  return ending?.said(reason, holdUntil) ?? `Waiting: ${reason}. ${next} ${holdUntil}.`;
}

function unusableWords(reason: string, when: string | null): string {
  const what = reason.startsWith("its ") ? reason : `its policy can't be used, ${reason}`;
  return `Stopped: ${what}. It is tried again ${when === null ? "" : `${when}, or `}as soon as its policy is mended.`;
}

function openWords({ breakerReason, since, lastChangeReason, nextProbe }: ProviderInWords): string {
  const why = breakerReason === null ? "the provider is unwell" : openReasonWords[breakerReason];
  const next = nextProbe === null ? "" : ` Next test ${nextProbe}.`;
  const mend = breakerReason === "unauthorized" ? " New credentials in its policy are tested at once." : "";
  return `Stopped${sinceWords(since)}: ${why}${inDetail(lastChangeReason)}.${next}${mend}`;
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

const trialWords = (good: number): string =>
  good === 1 ? "One good one, and it sends as before." : `${good} good ones, and it sends as before.`;

const shadowWords =
  "Shadow: everything but the call is done. What would have gone is in each record's timeline.";

function rolloutWords({ shadow, percentage, hold, breaker }: ProviderInWords): string | null {
  // Where it sends, the first sentence says so already.
  if (shadow) return hold === null && breaker === "closed" ? null : shadowWords;
  if (percentage >= 100) return null;
  if (percentage <= 0) return "0 % of the records are sent: all of them are shadowed.";
  return `It sends ${percentage} % of the records; the others are shadowed.`;
}

function lieWords({ lie }: ProviderInWords): string | null {
  if (lie === null) return null;
  const said = lie.replace(/^the health check /, "");
  return said === lie
    ? `Its health check is red: ${lie}. Deliveries succeed, so it is not believed.`
    : `Its health check ${said}, but deliveries succeed, so it is not believed.`;
}

function redriveWords({ redriving }: ProviderInWords): string | null {
  if (redriving === 0) return null;
  return redriving === 1
    ? "1 failure is coming back by itself, behind fresh records."
    : `${redriving} failures are coming back by themselves, behind fresh records.`;
}

const sinceWords = (since: string | null): string => (since === null ? "" : ` since ${since}`);
const explained = (reason: string | null): string => (reason === null ? "" : `: ${lowered(reason)}`);
const inDetail = (reason: string | null): string => (reason === null ? "" : ` – ${lowered(reason)}`);

/** "Answers got slower" continues a sentence; "429: …" and "TLS …" stay as they are. */
const lowered = (reason: string): string =>
  /^[A-Z][a-z]/.test(reason) ? reason.charAt(0).toLowerCase() + reason.slice(1) : reason;
