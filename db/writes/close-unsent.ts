// Many failures at once are closed unsent, with a reason, and what each record asked for in that case is started.

import type { TransactionSql } from "#db/client.ts";
import { continueRejected } from "#db/writes/continue-rejected.ts";
import type { OfGroup, Place } from "#db/writes/group-acts.ts";
import { letNextGo } from "#db/writes/record-acts.ts";

export type CloseUnsent = {
  actor: string;
  reason: string;
  code: string;
  /** What the timeline says beside the code: the group or the operation. */
  detail: Record<string, string>;
};

type Closed = OfGroup & { recordId: string; orderingKey: string | null };

/**
 * @param chosen open failures that the caller has locked.
 * @returns the group of each that was closed.
 */
export async function closeUnsent(
  sql: TransactionSql,
  chosen: readonly Pick<Place, "recordId">[],
  { actor, reason, code, detail }: CloseUnsent,
): Promise<OfGroup[]> {
  if (chosen.length === 0) return [];
  const closed = await sql<Closed[]>`
    with closed as (
      update redrive.failures
      set state = 'rejected', closed_at = clock_timestamp(), closed_by = ${actor}, closed_reason = ${reason}
      where record_id = any (${chosen.map(({ recordId }) => recordId)}::uuid[]) and state = 'open'
      returning record_id, provider, fingerprint, ordering_key
    ), timeline as (
      insert into redrive.events (record_id, at, kind, actor, reason, detail)
      select
        record_id, clock_timestamp(), 'rejected', ${actor}, ${reason},
        jsonb_build_object('code', ${code}::text) || ${JSON.stringify(detail)}::text::jsonb
      from closed
    )
    select record_id, provider, fingerprint, ordering_key from closed`;
  await continueRejected(
    sql,
    closed.map(({ recordId }) => recordId),
    { reason, code },
  );
  for (const { provider, orderingKey } of eachKey(closed)) await letNextGo(sql, { provider, orderingKey });
  return closed;
}

/** Each ordering key once. */
const eachKey = (closed: readonly Closed[]): Closed[] => [
  ...new Map(
    closed
      .filter(({ orderingKey }) => orderingKey !== null)
      .map((one) => [JSON.stringify([one.provider, one.orderingKey]), one]),
  ).values(),
];
