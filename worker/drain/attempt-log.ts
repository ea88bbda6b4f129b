// One line an attempt: deliveries are for those who look closely, the rest is for everyone.
import type { Settled } from "#db/writes/settle.ts";
import type { Log } from "#lib/node/log.ts";
import type { Flight } from "#worker/drain/flights.ts";

export function logAttempt(
  log: Log,
  provider: string,
  { id, kind, outcome, status, tries, durationMs }: Settled,
  { record: { correlationId }, span }: Flight,
): void {
  const level = kind === "delivered" ? "debug" : "info";
  if (!log.isLevelEnabled(level)) return;
  const fields = {
    provider,
    record: id,
    correlationId: correlationId ?? id,
    span,
    kind,
    outcome,
    status,
    attempt: tries,
    durationMs,
  };
  log[level](fields, "attempt");
}
