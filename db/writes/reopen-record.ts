// Takes a rejection back: the failure is open again.
import { noteActInGroup } from "#db/writes/group-acts.ts";
import { need, noteAct, rejectPermission, teamOf, whyNot } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";

type Reopen = { id: string; reason?: string };

/** @throws Refused when there is no such record, it is not rejected, or the actor may not. */
export async function reopenRecord(sql: AnySql, { id, reason }: Reopen, by: Actor): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    const needed = "only a rejected record can be reopened";
    const owner = await teamOf(sql, id, "rejected");
    if (owner === null) throw await whyNot(sql, id, needed);
    need(by, rejectPermission(owner.kind));

    const [opened] = await sql<{ provider: string; fingerprint: string }[]>`
      update redrive.failures
      set state = 'open', closed_at = null, closed_by = null, closed_reason = null
      where record_id = ${id} and state = 'rejected' and team = ${owner.team}
      returning provider, fingerprint`;
    if (!opened) throw await whyNot(sql, id, needed);

    await noteActInGroup(sql, opened.fingerprint, "reopened", by);
    await noteAct(sql, { id, provider: opened.provider, kind: "reopened", actor: by.actor, reason });
    return { id, status: "failed", dueAt: null };
  });
}
