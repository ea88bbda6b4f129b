// The owner's forward cursor over a provider's due rows. It reads on from where it was, so that rows deleted behind it are
// never met again, however large the backlog and however old the oldest open transaction. A rescan begins anew, for rows
// that became visible late.
import type { Sql } from "#db/client.ts";
import type { Expectation } from "#lib/core/canary.ts";
import { canaryType } from "#lib/core/desk.ts";

/** A place in one priority's due rows. Times are text: a Date would lose the microseconds, and with them rows. */
export type Place = { priority: number; dueAt: string; id: string };

export type DueRecord = {
  id: string;
  priority: number;
  dueAt: string;
  attempts: number;
  tries: number;
  /** When its last attempt began, ms since 1970. */
  triedAtMs: number | null;
  interruptions: number;
  type: string | null;
  subject: string | null;
  owner: string | null;
  payload: string;
  headers: Record<string, string> | null;
  correlationId: string | null;
  onDelivered: string | null;
  onFailed: string | null;
  keepResponse: boolean;
  dedupeKey: string | null;
  orderingKey: string | null;
  /** Another record of its ordering key comes first. */
  isFollower: boolean;
  /** Of a canary: what its answer must be. */
  canary: Expectation | null;
};

const nilId = "00000000-0000-0000-0000-000000000000";

/** Where each priority that the provider's queue holds begins, most urgent first. */
export async function readLanes(sql: Sql, provider: string): Promise<Place[]> {
  const lanes = await sql<{ priority: number }[]>`select priority from redrive.due_lanes(${provider})`;
  return lanes.map(({ priority }) => ({ priority, dueAt: "-infinity", id: nilId }));
}

/**
 * The next due records after the given places, most urgent priority first.
 *
 * @param limits how many at most, for each place.
 */
export async function readDueRecords(
  sql: Sql,
  provider: string,
  places: readonly Place[],
  limits: readonly number[],
): Promise<DueRecord[]> {
  return await sql<DueRecord[]>`
    select
      next.record_id as id, next.priority, next.due_at, next.attempts, next.tries, next.interruptions,
      extract(epoch from next.tried_at)::float8 * 1000 as tried_at_ms,
      outbox.type, outbox.subject, outbox.owner,
      -- Looked up only for a record that somebody corrected.
      case when next.revision = 0 then outbox.payload else (
        select revisions.payload
        from redrive.revisions
        where revisions.record_id = next.record_id and revisions.nth = next.revision
      ) end::text as payload, outbox.headers,
      outbox.correlation_id, outbox.on_delivered, outbox.on_failed, outbox.keep_response, outbox.dedupe_key,
      next.ordering_key,
      next.ordering_key is not null and (
        exists (
          select
          from redrive.queue as earlier
          where earlier.provider = ${provider} and earlier.ordering_key = next.ordering_key
            and earlier.record_id < next.record_id
        )
        or redrive.is_held_up(${provider}, next.ordering_key, next.record_id)
      ) as is_follower,
      case when outbox.type = ${canaryType} then (
        select canary.expect
        from redrive.canary_runs as run
        join redrive.canaries as canary on canary.slug = run.canary
        where run.record_id = next.record_id
      ) end as canary
    from unnest(
      ${places.map(({ priority }) => priority)}::smallint[],
      ${places.map(({ dueAt }) => dueAt)}::text[]::timestamptz[],
      ${places.map(({ id }) => id)}::uuid[],
      ${limits}::int[]
    ) with ordinality as lane(priority, due_at, id, most, place)
    cross join lateral (
      select queue.*
      from redrive.queue
      where queue.provider = ${provider}
        and queue.priority = lane.priority
        and (queue.due_at, queue.record_id) > (lane.due_at, lane.id)
        and queue.due_at <= statement_timestamp()
      order by queue.due_at, queue.record_id
      limit lane.most
    ) as next
    join redrive.outbox on outbox.id = next.record_id
    order by lane.place, next.due_at, next.record_id`;
}
