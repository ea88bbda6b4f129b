// Many failures at once go back into the queue, each in a slot of its own: the first leaves at once, the others follow at a
// pace that a provider which has just recovered can bear.
import type { TransactionSql } from "#db/client.ts";
import type { OfGroup, Place } from "#db/writes/group-acts.ts";

export type PutBack = {
  /** From when on the slots are; null: now. */
  startAt: string | null;
  /** When the first of these is due after that, ms, and how long after it each next one. */
  firstInMs: number;
  stepMs: number;
  actor: string;
  reason: string | null;
  /** What the timeline says beside the failure as it was: the group or the operation. */
  detail: Record<string, string>;
};

type Gone = OfGroup & { recordId: string; tries: number; revision: number; dueAt: string };

/**
 * @param chosen open failures that the caller has locked, in the order in which they leave.
 * @returns the group of each that went.
 */
export async function putBack(
  sql: TransactionSql,
  chosen: readonly Pick<Place, "recordId">[],
  { startAt, firstInMs, stepMs, actor, reason, detail }: PutBack,
): Promise<OfGroup[]> {
  if (chosen.length === 0) return [];
  const gone = await sql<Gone[]>`
    with paced as (
      select
        chosen.id as record_id,
        coalesce(${startAt}::timestamptz, statement_timestamp()) + interval '1 millisecond'
          * (${firstInMs}::float8 + ${stepMs}::float8 * (chosen.nth - 1)) as due_at
      from unnest(${chosen.map(({ recordId }) => recordId)}::uuid[]) with ordinality as chosen(id, nth)
    ), gone as (
      delete from redrive.failures
      using paced
      where failures.record_id = paced.record_id and failures.state = 'open'
      returning failures.*, to_jsonb(failures) as failure, paced.due_at
    ), timeline as (
      insert into redrive.events (record_id, at, kind, actor, reason, detail)
      select
        record_id, clock_timestamp(), 'retried', ${actor}, ${reason},
        jsonb_build_object('failure', failure, 'dueAt', to_jsonb(due_at)) || ${JSON.stringify(detail)}::text::jsonb
      from gone
    )
    select record_id, provider, fingerprint, tries, revision, due_at from gone`;
  await queue(sql, gone);
  return gone;
}

/** A statement of its own: the queue refuses what stands in failures, as the snapshot that takes it out still has it. */
async function queue(sql: TransactionSql, gone: readonly Gone[]): Promise<void> {
  await sql`
    insert into redrive.queue (record_id, provider, priority, due_at, attempts, tries, ordering_key, revision)
    select outbox.id, outbox.provider, outbox.priority, gone.due_at, 0, gone.tries, outbox.ordering_key, gone.revision
    from unnest(
      ${gone.map((one) => one.recordId)}::uuid[],
      ${gone.map((one) => one.tries)}::smallint[],
      ${gone.map((one) => one.revision)}::smallint[],
      ${gone.map((one) => one.dueAt)}::text[]::timestamptz[]
    ) as gone(id, tries, revision, due_at)
    join redrive.outbox on outbox.id = gone.id`;
}
