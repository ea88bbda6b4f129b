// What happens to a record after an attempt: delivered, tried again later, or left to a person.
import { type Backoff, backoffMs } from "#lib/core/backoff.ts";
import type { Classified } from "#lib/core/classify.ts";
import type { FailureCategory, Team } from "#lib/core/status.ts";

export type Decision =
  | { action: "deliver"; kind: "delivered" | "duplicate" }
  /** `attempts`: charged ones, this one included when it was. */
  | { action: "retry"; dueInMs: number; attempts: number }
  | { action: "fail"; category: FailureCategory; team: Team; attempts: number };

/** A record as its queue row knew it before this attempt. */
export type Queued = {
  /** Attempts charged to the record. */
  attempts: number;
  /** All attempts, charged or not. */
  tries: number;
};

export type Circumstances = {
  policy: { backoff: Backoff & { attemptsMax: number } };
  /** Whether the attempt counts against the record (see blame.ts). */
  charged: boolean;
  /** 0..1 */
  random: number;
};

/** What happens to the record now. */
export function decide(classified: Classified, queued: Queued, given: Circumstances): Decision {
  const { backoff } = given.policy;
  const attempts = queued.attempts + (given.charged ? 1 : 0);
  switch (classified.outcome) {
    case "delivered":
    case "duplicate":
      return { action: "deliver", kind: classified.outcome };
    case "invalid":
      return fail("client_data", queued.attempts + 1);
    case "throttled":
      // Free: however often a provider asks for patience, the record has done nothing.
      return retry(queued.attempts, queued.attempts + 1);
    case "unauthorized":
      return retry(queued.attempts, freeStep());
    case "unavailable":
    case "ambiguous":
    case "unexpected":
      if (!given.charged) return retry(attempts, freeStep());
      if (attempts >= backoff.attemptsMax) return fail("technical", attempts);
      return retry(attempts, attempts);
  }

  /** The category is the kind of trouble; whose it is may be told otherwise by the provider's rules. */
  function fail(category: "technical" | "client_data", attempts: number): Decision {
    return { action: "fail", category, team: classified.team ?? category, attempts };
  }

  function retry(attempts: number, step: number): Decision {
    const dueInMs = classified.retryAfterMs ?? backoffMs(step, backoff, given.random);
    return { action: "retry", dueInMs, attempts };
  }

  /** Free attempts never end, so their waits grow with all tries, up to the last wait of a charged record. */
  function freeStep(): number {
    return Math.min(queued.tries + 1, Math.max(1, backoff.attemptsMax - 1));
  }
}
