// The application's own task that goes on from a record's end, and what it is told.
import type { DueRecord } from "#db/reads/due-records.ts";
import type { Replied } from "#worker/drain/meaning.ts";
import { clean } from "#worker/drain/text.ts";

/** How much of a provider's answer a continuation is given, characters. */
const continuedBody = 65_536;

export function continuationOf(
  task: string | null,
  provider: string,
  { record, classified, reply, reading }: Replied,
) {
  const isResponse = reply.kind === "response";
  return continuationFor(task, provider, record, {
    outcome: classified.outcome,
    status: isResponse ? reply.status : null,
    response: isResponse ? (reading?.response ?? reply.body) : null,
    error: classified.error,
  });
}

type Told = { outcome: string; status: number | null; response: string | null; error: string | null };

export function continuationFor(task: string | null, provider: string, record: DueRecord, told: Told) {
  if (task === null) return null;
  return {
    task,
    payload: {
      recordId: record.id,
      provider,
      correlationId: record.correlationId,
      ...told,
      response: told.response === null ? null : clean(told.response, continuedBody),
      error: told.error && clean(told.error),
    },
  };
}
