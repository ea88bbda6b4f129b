// Whose fault a failed attempt was. It is charged to the record only when its provider was well meanwhile,
// so that an outage, however long, uses up nobody's attempts.
import type { Outcome } from "#lib/core/outcome.ts";
import type { BreakerState } from "#lib/core/status.ts";

/** How the provider did while an attempt ran. Times in ms, of the same clock. */
export type Circumstances = { startedAtMs: number; lastSuccessAtMs: number | null; breaker: BreakerState };

/** Whether an attempt with this outcome counts against the record's attempts. */
export function isCharged(outcome: Outcome, circumstances: Circumstances): boolean {
  switch (outcome) {
    case "delivered":
    case "duplicate":
      return false;
    case "throttled":
    case "unauthorized":
      // About us and our pace; the record can't help it.
      return false;
    case "invalid":
      // The provider read it and said no.
      return true;
    case "unavailable":
    case "ambiguous":
    case "unexpected":
      return wasWell(circumstances);
  }
}

const wasWell = ({ startedAtMs, lastSuccessAtMs, breaker }: Circumstances): boolean =>
  breaker === "closed" && lastSuccessAtMs !== null && lastSuccessAtMs >= startedAtMs;
