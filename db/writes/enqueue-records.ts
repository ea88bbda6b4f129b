// Many records of one provider in one transaction, with the end of the run that made them: all of them or none, once.
import type { Sql } from "#db/client.ts";
import type { EnqueueRecord } from "#lib/contract/record.ts";

export type NewRecords = readonly Omit<EnqueueRecord, "provider">[];

/**
 * Of a statement, whose rows are one parameter: rows, and bytes of JSON. A thousand payloads of a MiB would be more than
 * Postgres takes in one jsonb (256 MiB), and this process holds each of them several times over.
 */
const rowsMost = 1_000;
const bytesMost = 8 * 1_048_576;

type Run = { provider: string; schedule: string; dueAt: string };

/** @returns how many records came of it; null when another worker had ended this run before. */
export async function endScheduleRun(
  sql: Sql,
  { provider, schedule, dueAt }: Run,
  records: NewRecords,
): Promise<number | null> {
  return (await sql.begin(async (sql) => {
    const ended = await sql`
      update redrive.schedule_runs
      set ended_at = clock_timestamp(), error = null
      where provider = ${provider} and schedule = ${schedule} and due_at = ${dueAt} and ended_at is null
      returning provider`;
    if (ended.length === 0) return null;
    let enqueued = 0;
    for (const rows of statementsOf(records)) {
      const { count } = await sql`
        insert into redrive.outbox (
          id, provider, payload, type, idempotency_key, dedupe_key, ordering_key, correlation_id, owner, subject, headers,
          priority, not_before, on_delivered, on_failed, on_rejected, keep_response
        )
        select
          coalesce(row.id, redrive.uuid_v7()), ${provider}, row.payload, row.type, row.idempotency_key, row.dedupe_key,
          row.ordering_key, row.correlation_id, row.owner, row.subject, row.headers, coalesce(row.priority, 0),
          row.not_before, row.on_delivered, row.on_failed, row.on_rejected, coalesce(row.keep_response, false)
        from jsonb_to_recordset(${rows}::text::jsonb) as row(
          id uuid, payload jsonb, type text, idempotency_key text, dedupe_key text, ordering_key text,
          correlation_id text, owner text, subject text, headers jsonb, priority smallint, not_before timestamptz,
          on_delivered text, on_failed text, on_rejected text, keep_response boolean
        )`;
      enqueued += count;
    }
    await sql`
      update redrive.schedule_runs set enqueued = ${enqueued}
      where provider = ${provider} and schedule = ${schedule} and due_at = ${dueAt}`;
    return enqueued;
  })) as number | null;
}

/** The records as JSON lists, each of which one statement takes; a record that is larger than that goes alone. */
export function* statementsOf(records: NewRecords): Generator<string> {
  let rows: string[] = [];
  let bytes = 0;
  for (const record of records) {
    const row = JSON.stringify(rowOf(record));
    const more = Buffer.byteLength(row);
    if (rows.length === rowsMost || (rows.length > 0 && bytes + more > bytesMost)) {
      yield `[${rows}]`;
      rows = [];
      bytes = 0;
    }
    rows.push(row);
    bytes += more;
  }
  if (rows.length > 0) yield `[${rows}]`;
}

/** Why a run did not end, for people; it is tried again. */
export async function noteScheduleError(
  sql: Sql,
  { provider, schedule, dueAt }: Run,
  error: string,
): Promise<void> {
  await sql`
    update redrive.schedule_runs set error = ${error.slice(0, 2_000).toWellFormed().replaceAll("\0", "")}
    where provider = ${provider} and schedule = ${schedule} and due_at = ${dueAt} and ended_at is null`;
}

function rowOf(record: NewRecords[number]): Record<string, unknown> {
  const { idempotencyKey, dedupeKey, orderingKey, correlationId, notBefore, keepResponse, ...same } = record;
  const { onDelivered, onFailed, onRejected, ...plain } = same;
  return {
    ...plain,
    idempotency_key: idempotencyKey,
    dedupe_key: dedupeKey,
    ordering_key: orderingKey,
    correlation_id: correlationId,
    not_before: notBefore,
    on_delivered: onDelivered,
    on_failed: onFailed,
    on_rejected: onRejected,
    keep_response: keepResponse,
  };
}
