// Closes an open failure unsent, with a reason, and starts what the record asked for in that case.

import { continueRejected } from "#db/writes/continue-rejected.ts";
import { noteActInGroup } from "#db/writes/group-acts.ts";
import { letNextGo, need, noteAct, rejectPermission, teamOf, whyNot } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { RecordAct, RejectRecord } from "#lib/contract/record.ts";

type Reject = { id: string } & Pick<RejectRecord, "reason" | "code">;

/** @throws Refused when there is no such record, it is not failed, someone was first, or the actor may not. */
export async function rejectRecord(sql: AnySql, { id, reason, code }: Reject, by: Actor): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    const needed = "only a failed record can be rejected";
    const owner = await teamOf(sql, id, "open");
    if (owner === null) throw await whyNot(sql, id, needed);
    need(by, rejectPermission(owner.kind));

    const [closed] = await sql<{ provider: string; fingerprint: string; orderingKey: string | null }[]>`
      update redrive.failures
      set state = 'rejected', closed_at = clock_timestamp(), closed_by = ${by.actor}, closed_reason = ${reason}
      where record_id = ${id} and state = 'open' and team = ${owner.team}
      returning provider, fingerprint, ordering_key`;
    if (!closed) throw await whyNot(sql, id, needed);
    await letNextGo(sql, closed);

    await continueRejected(sql, [id], { reason, code });
    await noteActInGroup(sql, closed.fingerprint, "rejected", by);
    await noteAct(sql, {
      id,
      provider: closed.provider,
      kind: "rejected",
      actor: by.actor,
      reason,
      detail: { code },
    });
    return { id, status: "rejected", dueAt: null };
  });
}
