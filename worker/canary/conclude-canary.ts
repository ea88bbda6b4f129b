// What is written down of a canary's attempt: it goes once. Anything but a delivery ends it, it is never charged, and no
// failure comes of it; what was wrong stands in its run.
import type { DueRecord } from "#db/reads/due-records.ts";
import type { Settled } from "#db/writes/settle.ts";
import { surprise } from "#lib/core/canary.ts";

/** How much of an answer the timeline keeps, characters. */
const keptResponse = 2_000;

/** A record of business stays as it is. */
export function concludeCanary(settled: Settled, { canary, attempts }: DueRecord): Settled {
  if (canary === null) return settled;
  const response = typeof settled.detail?.response === "string" ? settled.detail.response : null;
  const fault = isDelivered(settled)
    ? surprise(canary, { status: settled.status, body: response })
    : whyNot(settled);
  const detail = {
    ...settled.detail,
    ...(response !== null && { response: response.slice(0, keptResponse).toWellFormed() }),
    ...(fault !== null && { error: fault }),
  };
  return {
    ...settled,
    kind: isDelivered(settled) ? settled.kind : "discarded",
    attempts,
    dueInMs: null,
    failure: null,
    continuation: null,
    detail: Object.keys(detail).length === 0 ? null : detail,
    canary: { fault },
  };
}

const isDelivered = ({ kind }: Settled): boolean => kind === "delivered" || kind === "duplicate";

function whyNot({ kind, failure, detail }: Settled): string {
  if (kind === "shadowed")
    return "Nothing was sent: this provider, or its share that this record is of, is in shadow.";
  const error = typeof detail?.error === "string" ? detail.error : null;
  return failure?.message ?? error ?? "It failed without a word.";
}
