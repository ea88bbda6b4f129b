// What the timeline keeps of an attempt beside its columns.
import type { DueRecord } from "#db/reads/due-records.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import type { Classified } from "#lib/core/classify.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { Ended } from "#worker/drain/flights.ts";
import type { Replied } from "#worker/drain/meaning.ts";
import { clean } from "#worker/drain/text.ts";

/** How much of an answer is kept for the application: all that is read of one. */
const keptResponse = 1_048_576;

/** What a producer gave to follow the record by, in each of its events. */
export const carriedOf = ({ correlationId }: DueRecord): Record<string, unknown> =>
  correlationId === null ? {} : { correlationId };

export function carried({ record, span }: Ended): Record<string, unknown> {
  const isTraced = Object.keys(record.headers ?? {}).some((name) => name.toLowerCase() === "traceparent");
  return isTraced ? { ...carriedOf(record), span } : carriedOf(record);
}

export function detailOf(reply: Reply, classified: Classified, charged: boolean): Record<string, unknown> {
  const detail: Record<string, unknown> = { error: classified.error && clean(classified.error), charged };
  if (reply.kind === "response" && reply.body !== "") detail.body = clean(reply.body);
  if (classified.outcome === "ambiguous") detail.mayHaveArrived = true;
  return detail;
}

/** Nothing for most: a delivered record costs one narrow row. */
export function deliveredDetail(
  replied: Replied,
  { keepResponse }: ProviderPolicy,
): Record<string, unknown> | null {
  const { record, reply, reading } = replied;
  const detail = carried(replied);
  const body = reply.kind === "response" ? reply.body : null;
  const response = reading?.response ?? (keepResponse || record.keepResponse ? body : null);
  if (response !== null) detail.response = clean(response, keptResponse);
  return Object.keys(detail).length === 0 ? null : detail;
}
