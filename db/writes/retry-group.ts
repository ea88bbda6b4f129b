// Puts a group's open failures back into the queue: all of them, or the oldest few first. The first leaves at once, the
// others follow at a pace that a provider which has just recovered can bear.
import type { TransactionSql } from "#db/client.ts";
import {
  kindsFor,
  type LockedGroup,
  lockOpenGroup,
  noteGroupAct,
  nothingOpen,
  recordsAtOnce,
} from "#db/writes/group-acts.ts";
import { retryPermission } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";
import type { TeamKind } from "#lib/core/desk.ts";

/** Twenty a second, and of very many so many that all are due within ten minutes. */
const paceMs = 50;
const spanMs = 600_000;

type RetryGroup = { id: string; first?: number; reason?: string };

/** @throws Refused when there is no such group, nothing of it is open (who was first), or the actor may not. */
export async function retryGroup(
  sql: AnySql,
  { id, first, reason }: RetryGroup,
  by: Actor,
): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockOpenGroup(sql, id);
    const kinds = kindsFor(by, group, retryPermission);
    const most = Math.min(first ?? group.openRecords, group.openRecords);
    const stepMs = Math.min(paceMs, spanMs / most);
    let retried = 0;
    let after: Place | null = null;
    do {
      const gone: Gone[] = await takeOut(sql, group, {
        kinds,
        after,
        most: Math.min(recordsAtOnce, most - retried),
        dueInMs: retried * stepMs,
        stepMs,
        actor: by.actor,
        reason: reason || null,
      });
      await queue(sql, gone);
      retried += gone.length;
      after = gone.at(-1) ?? null;
    } while (after !== null && retried < most);
    if (retried === 0) throw await nothingOpen(sql, group);
    return noteGroupAct(sql, group, { kind: "retried", records: retried, by, reason, detail: { first } });
  });
}

type Place = { failedAt: string; recordId: string };
type Gone = Place & { tries: number; revision: number; dueAt: string };

type Take = {
  kinds: TeamKind[];
  after: Place | null;
  most: number;
  dueInMs: number;
  stepMs: number;
  actor: string;
  reason: string | null;
};

/** Of a group's failures the next oldest, with their places in the timeline. */
async function takeOut(sql: TransactionSql, group: LockedGroup, take: Take): Promise<Gone[]> {
  const { kinds, after, most, dueInMs, stepMs, actor, reason } = take;
  return await sql<Gone[]>`
    with chosen as (
      select failures.record_id, failures.failed_at
      from redrive.failures
      where failures.fingerprint = ${group.fingerprint} and failures.state = 'open'
        and (failures.failed_at, failures.record_id)
          > (${after?.failedAt ?? "-infinity"}::timestamptz, ${after?.recordId ?? nilId}::uuid)
        and coalesce((select teams.kind from redrive.teams where teams.slug = failures.team), 'technical')
          = any (${kinds})
      order by failures.failed_at, failures.record_id
      limit ${most}
      for update of failures skip locked
    ), paced as (
      select
        record_id,
        statement_timestamp() + interval '1 millisecond'
          * (${dueInMs}::float8 + ${stepMs}::float8 * (row_number() over (order by failed_at, record_id) - 1)) as due_at
      from chosen
    ), gone as (
      delete from redrive.failures
      using paced
      where failures.record_id = paced.record_id
      returning failures.*, to_jsonb(failures) as failure, paced.due_at
    ), timeline as (
      insert into redrive.events (record_id, at, kind, actor, reason, detail)
      select
        record_id, clock_timestamp(), 'retried', ${actor}, ${reason},
        jsonb_build_object('failure', failure, 'dueAt', to_jsonb(due_at), 'group', ${group.id}::text)
      from gone
    )
    select record_id, failed_at, tries, revision, due_at from gone order by failed_at, record_id`;
}

const nilId = "00000000-0000-0000-0000-000000000000";

/** A statement of its own: the queue refuses what stands in failures, as the snapshot that takes it out still has it. */
async function queue(sql: TransactionSql, gone: Gone[]): Promise<void> {
  if (gone.length === 0) return;
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
