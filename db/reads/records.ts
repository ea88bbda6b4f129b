// The records' list: newest first, by status, provider, time and search. A status says where to look: what is queued or
// failed is found in those small tables; what is settled, in the outbox, a bounded stretch of it for each page.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { isSending, readRecordSummaries } from "#db/reads/record-summaries.ts";
import { isId, keptTo, matches } from "#db/reads/search.ts";
import { iso } from "#db/reads/time.ts";
import type { Records, RecordsQuery } from "#lib/contract/record.ts";
import { canaryType } from "#lib/core/desk.ts";
import type { Bounds } from "#lib/core/key.ts";

// No index leads to a rare settled status or to a word, so a page looks at this many rows and then hands over a cursor:
// with ten million records no page waits for all of them.
const stretchBySearch = 100_000;
const stretchByStatus = 10_000;

/** `within`: what the reader is kept to; nothing else is listed. */
export type RecordsAsked = RecordsQuery & { within?: Bounds | null };

export async function readRecords(db: Db, query: RecordsAsked): Promise<Records> {
  const { ids, next } = (await readExact(db, query)) ?? (await readPage(db, query));
  const items = await readRecordSummaries(db, ids);
  return { items, next };
}

type Page = { ids: string[]; next: string | null };

function readPage(db: Db, query: RecordsAsked): Promise<Page> {
  switch (query.status) {
    case "waiting":
    case "sending":
    case "retrying":
    case "held":
      return readQueued(db, query, query.status);
    case "failed":
    case "rejected":
      return readFailed(db, query, query.status);
    case "delivered":
    case "duplicate":
    case "discarded":
      return readStretch(db, query, query.status);
    case undefined:
      return query.q ? readStretch(db, query, null) : readNewest(db, query);
  }
}

/** The one record whose id is searched for, found at once; null when there is none, or more is asked. */
async function readExact(db: Db, { q, status, ...query }: RecordsAsked): Promise<Page | null> {
  const id = q?.trim();
  if (!id || !isId(id) || status !== undefined) return null;
  const rows = await db.execute<Found>(sql`
    select ${columns} from redrive.outbox where outbox.id = ${id}::uuid and ${shared({ ...query, canaries: query.canaries ?? "show" })}`);
  return rows.length > 0 ? pageOf(rows, query.limit) : null;
}

/** The filters that every list shares, on the records' id and the outbox's columns. */
function shared({ provider, from, to, after, q, canaries, within }: Omit<RecordsAsked, "status">): SQL {
  const conditions = [
    canaryFilters[canaries ?? "hide"],
    provider ? sql`outbox.provider = ${provider}` : null,
    // The id is the time, so a range of time is a range of ids, and of partitions.
    from ? sql`outbox.id >= redrive.uuid_v7_floor(greatest(${from}::timestamptz, 'epoch'))` : null,
    to ? sql`outbox.id < redrive.uuid_v7_floor(greatest(${to}::timestamptz, 'epoch'))` : null,
    after ? sql`outbox.id < ${fromCursor(after)[1]}::uuid` : null,
    matches(q),
    keptTo(within),
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

const canaryFilters: Record<NonNullable<RecordsQuery["canaries"]>, SQL | null> = {
  hide: sql`outbox.type is distinct from ${canaryType}`,
  only: sql`outbox.type = ${canaryType}`,
  show: null,
};

type Found = { id: string; at: string };

/** A page of the rows found, of which there is one more when another page follows. */
function pageOf(rows: readonly Found[], limit: number): Page {
  const last = rows[limit - 1];
  return {
    ids: rows.slice(0, limit).map(({ id }) => id),
    next: rows.length > limit && last ? toCursor([iso(last.at), last.id]) : null,
  };
}

const columns = sql`outbox.id, redrive.uuid_v7_time(outbox.id)::text as at`;

async function readNewest(db: Db, query: RecordsAsked): Promise<Page> {
  const rows = await db.execute<Found>(sql`
    select ${columns}
    from redrive.outbox
    where ${shared(query)}
    order by outbox.id desc
    limit ${query.limit + 1}`);
  return pageOf(rows, query.limit);
}

type QueuedStatus = "waiting" | "sending" | "retrying" | "held";

/** Each status as a condition of its own, so that the few providers it can be true of are found first. */
const queuedAs: Record<QueuedStatus, SQL> = {
  sending: sql`queue.record_id in (
    select flying.id from redrive.provider_state as owned, unnest(owned.in_flight) as flying(id)
    where owned.lease_until > now()
  )`,
  held: sql`redrive.hold_of(state.*) is not null and not ${isSending}`,
  retrying: sql`redrive.hold_of(state.*) is null and queue.tries > 0 and not ${isSending}`,
  waiting: sql`redrive.hold_of(state.*) is null and queue.tries = 0 and not ${isSending}`,
};

async function readQueued(db: Db, query: RecordsAsked, status: QueuedStatus): Promise<Page> {
  const rows = await db.execute<Found>(sql`
    select ${columns}
    from redrive.queue
    join redrive.outbox on outbox.id = queue.record_id
    join redrive.provider_state as state on state.provider = queue.provider
    left join redrive.failures on failures.record_id = queue.record_id
    where ${queuedAs[status]} and ${shared(query)}
    order by queue.record_id desc
    limit ${query.limit + 1}`);
  return pageOf(rows, query.limit);
}

async function readFailed(db: Db, query: RecordsAsked, status: "failed" | "rejected"): Promise<Page> {
  const rows = await db.execute<Found>(sql`
    select ${columns}
    from redrive.failures
    join redrive.outbox on outbox.id = failures.record_id
    where failures.state = ${status === "failed" ? "open" : "rejected"} and ${shared(query)}
    order by failures.record_id desc
    limit ${query.limit + 1}`);
  return pageOf(rows, query.limit);
}

/** What matches in the next stretch of the outbox; the cursor goes on where the page or the stretch ended. */
async function readStretch(
  db: Db,
  query: RecordsAsked,
  status: "delivered" | "duplicate" | "discarded" | null,
): Promise<Page> {
  const { q, limit } = query;
  const stretch = status === null ? stretchBySearch : stretchByStatus;
  const settledAs = status
    ? sql`failures.record_id is null
        and not exists (select from redrive.queue where queue.record_id = outbox.id)
        and (
          select case kind when 'shadowed' then 'discarded' else kind end
          from redrive.events
          where events.record_id = outbox.id
            and kind in ('delivered', 'duplicate', 'rejected', 'discarded', 'shadowed')
          order by at desc
          limit 1
        ) = ${status}`
    : sql`true`;
  const [found, ends] = await Promise.all([
    db.execute<Found>(sql`
      select ${columns}
      from (
        select * from redrive.outbox
        where ${shared({ ...query, q: undefined })}
        order by outbox.id desc
        limit ${stretch}
      ) as outbox
      left join redrive.failures on failures.record_id = outbox.id
      where ${settledAs} and ${matches(q) ?? sql`true`}
      order by outbox.id desc
      limit ${limit + 1}`),
    // The stretch's last row, if the stretch is full.
    db.execute<Found>(sql`
      select ${columns}
      from redrive.outbox
      where ${shared({ ...query, q: undefined })}
      order by outbox.id desc
      offset ${stretch - 1}
      limit 1`),
  ]);
  const page = pageOf(found, limit);
  const [end] = ends;
  return page.next === null && end ? { ...page, next: toCursor([iso(end.at), end.id]) } : page;
}
