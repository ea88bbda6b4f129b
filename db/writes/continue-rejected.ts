// What follows a rejection: the task that its record names, told in the transaction that closes it.
import type { TransactionSql } from "#db/client.ts";

export async function continueRejected(
  sql: TransactionSql,
  ids: readonly string[],
  { reason, code }: { reason: string; code: string },
): Promise<void> {
  await sql`
    select graphile_worker.add_job(
      outbox.on_rejected,
      json_build_object(
        'recordId', outbox.id, 'provider', outbox.provider, 'correlationId', outbox.correlation_id, 'outcome', 'rejected',
        'reason', ${reason}::text, 'code', ${code}::text
      )
    )
    from unnest(${[...ids]}::uuid[]) as closed(id)
    join redrive.outbox on outbox.id = closed.id
    where outbox.on_rejected is not null`;
}
