// When a provider's technical failures come back by themselves: after its breaker closed again, and when something gets
// through after records had used up their attempts. Slowly, behind fresh records, each at most once a recovery.

/** Plain JSON; times in ms. */
export type Recovery = {
  /** Since when the provider has recovered: what failed before comes back. Null: it is not recovering. */
  sinceMs: number | null;
  /** When to look for the next ones; null: it is not recovering. */
  nextAtMs: number | null;
  /** How long a failure rests at least before it comes back, ms. */
  restMs: number;
  /** Records failed for good, and nothing has got through since. */
  exhausted: boolean;
};

export const noRecovery: Recovery = { sinceMs: null, nextAtMs: null, restMs: 0, exhausted: false };

export type RecoveryEvent =
  | { kind: "breaker_closed" }
  | { kind: "breaker_opened" }
  | { kind: "delivered" }
  /** A record used up its attempts for a technical reason. */
  | { kind: "exhausted" }
  /** Of the recovery since then some came back or none could; `againInMs` null: no failure is left that may. */
  | { kind: "redriven"; sinceMs: number; againInMs: number | null };

/** Between two looks for more, ms. */
const lookEveryMs = 250;

/**
 * That something gets through proves less than a breaker that closed: others may have succeeded all the while. So what
 * failed last rests for this long first, ms.
 */
const unprovenRestMs = 10_000;

/** At most so many automatic returns a record; then it is a person's. */
export const redrivesMost = 5;

/** After a breaker closed the provider is well from now on; nothing comes back while it is open. */
export function recover(recovery: Recovery, event: RecoveryEvent, nowMs: number): Recovery {
  switch (event.kind) {
    case "breaker_closed":
      return recovering(nowMs, 0);
    case "breaker_opened":
      return { ...recovery, sinceMs: null, nextAtMs: null };
    case "delivered":
      return recovery.exhausted ? recovering(nowMs, unprovenRestMs) : recovery;
    case "exhausted":
      return recovery.exhausted ? recovery : { ...recovery, exhausted: true };
    case "redriven":
      // While the failures were looked at, the recovery may have ended, or another begun.
      if (event.sinceMs !== recovery.sinceMs) return recovery;
      return event.againInMs === null
        ? { ...recovery, sinceMs: null, nextAtMs: null }
        : { ...recovery, nextAtMs: nowMs + Math.max(lookEveryMs, event.againInMs) };
  }
}

const recovering = (nowMs: number, restMs: number): Recovery => ({
  sinceMs: nowMs,
  nextAtMs: nowMs,
  restMs,
  exhausted: false,
});

/** How many returned failures may wait or be under way at once: a fifth of the batch size, one at least. */
export const redriveMost = (batchSize: number): number => Math.max(1, Math.floor(batchSize / 5));
