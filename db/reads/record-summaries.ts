// How given records stand, as lists show them; the words are those of redrive.record_status.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { RecordSummary } from "#lib/contract/record.ts";

type Row = Omit<RecordSummary, "createdAt" | "settledAt" | "dueAt"> & {
  createdAt: string;
  settledAt: string | null;
  dueAt: string | null;
};

/** Whether a queued record is on its way now: needs `queue` and `state` (its provider's). */
export const isSending = sql`
  (queue.record_id = any (state.in_flight) and coalesce(state.lease_until > now(), false))`;

/** The records of the ids that exist, newest first. */
export async function readRecordSummaries(db: Db, ids: readonly string[]): Promise<RecordSummary[]> {
  if (ids.length === 0) return [];
  const list = sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const rows = await db.execute<Row>(sql`
    select
      outbox.id, outbox.provider, outbox.type, outbox.subject, outbox.owner, outbox.correlation_id as "correlationId",
      case
        when queue.record_id is not null then
          case
            when ${isSending} then 'sending'
            when redrive.hold_of(state.*) is not null then 'held'
            when queue.tries > 0 then 'retrying'
            else 'waiting'
          end
        when failures.state = 'open' then 'failed'
        when failures.state = 'rejected' then 'rejected'
        when timeline.settled = 'shadowed' then 'discarded'
        else coalesce(timeline.settled, 'waiting')
      end as status,
      coalesce(queue.tries, failures.tries, timeline.attempts, 0)::int as attempts,
      redrive.uuid_v7_time(outbox.id)::text as "createdAt",
      case when queue.record_id is null and failures.state is distinct from 'open'
        then coalesce(failures.closed_at, timeline.settled_at) end::text as "settledAt",
      nullif(queue.due_at, 'infinity')::text as "dueAt",
      coalesce(failures.message, timeline.error) as "lastError"
    from redrive.outbox
    left join redrive.queue on queue.record_id = outbox.id
    left join redrive.failures on failures.record_id = outbox.id
    left join redrive.provider_state as state on state.provider = outbox.provider
    cross join lateral (
      select
        max(attempt) as attempts,
        (array_agg(kind order by at desc)
          filter (where kind in ('delivered', 'duplicate', 'rejected', 'discarded', 'shadowed')))[1] as settled,
        max(at) filter (where kind in ('delivered', 'duplicate', 'rejected', 'discarded', 'shadowed')) as settled_at,
        (array_agg(detail ->> 'error' order by at desc)
          filter (where kind in ('attempted', 'failed', 'discarded', 'interrupted')))[1] as error
      from redrive.events
      where events.record_id = outbox.id
    ) as timeline
    where outbox.id in (${list})
    order by outbox.id desc`);
  return rows.map((row) => ({
    ...row,
    createdAt: iso(row.createdAt),
    settledAt: isoOrNull(row.settledAt),
    dueAt: isoOrNull(row.dueAt),
  }));
}
