// A provider's latest deliveries, newest first.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { readRecordSummaries } from "#db/reads/record-summaries.ts";
import type { RecordSummary } from "#lib/contract/record.ts";
import { canaryType } from "#lib/core/desk.ts";

/** How far back they are looked for, in records. */
const stretch = 1_000;

export async function readLatestDeliveries(db: Db, slug: string, limit = 20): Promise<RecordSummary[]> {
  // A long backlog hides them from the newest records; then they lie just before the record that is next in the queue.
  const rows = await db.execute<{ id: string }>(sql`
    with next_due as materialized (
      select record_id from redrive.queue where provider = ${slug}
      order by priority, due_at, record_id
      limit 1
    ), candidate as (
      (select id from redrive.outbox where provider = ${slug} and type is distinct from ${canaryType} order by id desc limit ${stretch})
      union
      (select id from redrive.outbox
        where provider = ${slug} and type is distinct from ${canaryType} and id < (select record_id from next_due)
        order by id desc
        limit ${stretch})
    )
    select candidate.id
    from candidate
    cross join lateral (
      select at, kind from redrive.events
      where events.record_id = candidate.id and kind in ('delivered', 'duplicate', 'rejected', 'discarded')
      order by at desc
      limit 1
    ) as settled
    where settled.kind in ('delivered', 'duplicate')
    order by settled.at desc
    limit ${limit}`);
  const summaries = await readRecordSummaries(
    db,
    rows.map(({ id }) => id),
  );
  return summaries.toSorted(
    (a, b) => Date.parse(b.settledAt ?? b.createdAt) - Date.parse(a.settledAt ?? a.createdAt),
  );
}
