// Enqueues for a producer without SQL, by the same function as all others.
import type { AnySql } from "#db/writes/transaction.ts";
import type { EnqueueRecord } from "#lib/contract/record.ts";

/** A record whose payload is JSON text, stored as it came: a number keeps every digit. */
export type NewRecord = Omit<EnqueueRecord, "payload"> & { payloadText: string };

/** @returns the record's id */
export async function enqueueRecord(sql: AnySql, record: NewRecord): Promise<string> {
  // Through text: the driver would turn a parameter of type jsonb into JSON a second time.
  const [row] = await sql<{ id: string }[]>`
    select redrive.enqueue(
      provider => ${record.provider},
      payload => ${record.payloadText}::text::jsonb,
      id => ${record.id ?? null},
      type => ${record.type ?? null},
      idempotency_key => ${record.idempotencyKey ?? null},
      dedupe_key => ${record.dedupeKey ?? null},
      ordering_key => ${record.orderingKey ?? null},
      correlation_id => ${record.correlationId ?? null},
      owner => ${record.owner ?? null},
      subject => ${record.subject ?? null},
      headers => ${record.headers ? JSON.stringify(record.headers) : null}::text::jsonb,
      priority => ${record.priority ?? 0},
      not_before => ${record.notBefore ?? null},
      on_delivered => ${record.onDelivered ?? null},
      on_failed => ${record.onFailed ?? null},
      on_rejected => ${record.onRejected ?? null},
      keep_response => ${record.keepResponse ?? false}
    ) as id`;
  if (!row) throw new Error("redrive.enqueue returned no id");
  return row.id;
}
