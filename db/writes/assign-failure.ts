// Gives one failure to a person, whoever has its group.
import { noteActInGroup } from "#db/writes/group-acts.ts";
import { need, noteAct, whyNot } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { whoIs } from "#db/writes/who-is.ts";
import type { RecordAct } from "#lib/contract/record.ts";

/** `from`: who had it when the actor looked; null for nobody. Left out, it does not matter. */
type Assign = { id: string; assignee: string | null; from?: string | null };

/** @throws Refused when there is no such record or person, it is not failed, or somebody took it meanwhile. */
export async function assignFailure(
  sql: AnySql,
  { id, assignee, from }: Assign,
  by: Actor,
): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    need(by, "assign");
    const person = assignee === null ? null : await whoIs(sql, assignee, by);
    const [failure] = await sql<{ provider: string; fingerprint: string; assignee: string | null }[]>`
      select provider, fingerprint, assignee
      from redrive.failures
      where record_id = ${id} and state = 'open'
      for update`;
    if (!failure) throw await whyNot(sql, id, "only a failed record can be assigned");
    if (from !== undefined && failure.assignee !== from && failure.assignee !== person) {
      throw failure.assignee === null
        ? new Refused("conflict", "Nobody has it any more. Look again.")
        : new Refused("conflict", `${failure.assignee} has it already.`, { by: failure.assignee });
    }
    await sql`update redrive.failures set assignee = ${person} where record_id = ${id}`;
    await noteActInGroup(sql, failure.fingerprint, "assigned", by);
    await noteAct(sql, {
      id,
      provider: failure.provider,
      kind: "assigned",
      actor: by.actor,
      detail: { from: failure.assignee, to: person },
    });
    return { id, status: "failed", dueAt: null };
  });
}
