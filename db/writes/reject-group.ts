// Closes a group's open failures unsent, with a reason, and starts what each record asked for in that case.
import type { TransactionSql } from "#db/client.ts";
import {
  kindsFor,
  type LockedGroup,
  lockOpenGroup,
  noteGroupAct,
  nothingOpen,
  recordsAtOnce,
} from "#db/writes/group-acts.ts";
import { letNextGo, rejectPermission } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";
import type { RejectRecord } from "#lib/contract/record.ts";
import type { TeamKind } from "#lib/core/desk.ts";

type RejectGroup = { id: string } & Pick<RejectRecord, "reason" | "code">;

/** @throws Refused when there is no such group, nothing of it is open (who was first), or the actor may not. */
export async function rejectGroup(
  sql: AnySql,
  { id, reason, code }: RejectGroup,
  by: Actor,
): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockOpenGroup(sql, id);
    const kinds = kindsFor(by, group, rejectPermission);
    let rejected = 0;
    for (;;) {
      const { closed, keys } = await close(sql, group, { kinds, reason, code, actor: by.actor });
      for (const orderingKey of keys) await letNextGo(sql, { provider: group.provider, orderingKey });
      rejected += closed;
      if (closed < recordsAtOnce) break;
    }
    if (rejected === 0) throw await nothingOpen(sql, group);
    return noteGroupAct(sql, group, { kind: "rejected", records: rejected, by, reason, detail: { code } });
  });
}

type Close = { kinds: TeamKind[]; reason: string; code: string; actor: string };

/** @returns how many were closed, and their ordering keys. */
async function close(
  sql: TransactionSql,
  group: LockedGroup,
  { kinds, reason, code, actor }: Close,
): Promise<{ closed: number; keys: string[] }> {
  const [done] = await sql<{ closed: number; keys: string[] }[]>`
    with chosen as (
      select failures.record_id
      from redrive.failures
      where failures.fingerprint = ${group.fingerprint} and failures.state = 'open'
        and coalesce((select teams.kind from redrive.teams where teams.slug = failures.team), 'technical')
          = any (${kinds})
      order by failures.failed_at, failures.record_id
      limit ${recordsAtOnce}
      for update of failures skip locked
    ), closed as (
      update redrive.failures
      set state = 'rejected', closed_at = clock_timestamp(), closed_by = ${actor}, closed_reason = ${reason}
      from chosen
      where failures.record_id = chosen.record_id
      returning failures.record_id, failures.provider, failures.ordering_key
    ), timeline as (
      insert into redrive.events (record_id, at, kind, actor, reason, detail)
      select
        record_id, clock_timestamp(), 'rejected', ${actor}, ${reason},
        jsonb_build_object('code', ${code}::text, 'group', ${group.id}::text)
      from closed
    ), continued as (
      select graphile_worker.add_job(
        outbox.on_rejected,
        json_build_object(
          'recordId', outbox.id, 'provider', closed.provider, 'outcome', 'rejected', 'reason', ${reason}::text,
          'code', ${code}::text
        )
      )
      from closed
      join redrive.outbox on outbox.id = closed.record_id
      where outbox.on_rejected is not null
    )
    select
      (select count(*)::int from closed) as closed,
      -- A select is run only as far as it is looked at.
      (select count(*)::int from continued) as continuations,
      (select coalesce(array_agg(distinct ordering_key), '{}') from closed where ordering_key is not null) as keys`;
  return done ?? { closed: 0, keys: [] };
}
