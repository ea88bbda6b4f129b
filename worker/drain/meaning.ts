// What came back of an attempt: who has a say in what it means.
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { type Classified, classify } from "#lib/core/classify.ts";
import type { Reply } from "#lib/core/reply.ts";
import { retryAfterMs } from "#lib/core/retry-after.ts";
import { firstMatch } from "#lib/core/rules.ts";
import type { Reading } from "#worker/adapters/adapter.ts";
import type { Ended } from "#worker/drain/flights.ts";

export type Replied = Ended & { reply: Reply; reading: Reading | null; classified: Classified };

/**
 * What a reply means. A rule of the provider's policy has the last word, then what its adapter read in it, then the usual
 * statuses.
 */
export function meaningOf(
  reply: Reply,
  reading: Reading | null,
  { rules }: Pick<ProviderPolicy, "rules">,
  nowMs: number,
): Classified {
  const rule = reply.kind === "response" ? firstMatch(rules, reply) : null;
  const classified = classify(reply, nowMs, rule === null ? [] : [rule]);
  if (reading === null || rule !== null) return classified;
  const outcome = reading.outcome ?? classified.outcome;
  const isWell = outcome === "delivered" || outcome === "duplicate";
  return {
    ...classified,
    outcome,
    // The status may not have been one that asks to wait.
    retryAfterMs: outcome === "throttled" ? waitOf(reply, nowMs) : classified.retryAfterMs,
    error: isWell ? null : (reading.error ?? classified.error),
  };
}

const waitOf = (reply: Reply, nowMs: number): number | null =>
  reply.kind === "response" ? retryAfterMs(reply.headers, nowMs) : null;
