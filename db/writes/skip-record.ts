// Lets the records after a failed one of an ordering key pass; it stays a failure. Only who may reject it may do that: it
// gives the order up.
import { noteActInGroup } from "#db/writes/group-acts.ts";
import { letNextGo, need, noteAct, rejectPermission, teamOf, whyNot } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";

type Skip = { id: string; reason: string };

/** @throws Refused when there is no such record, it is not failed, holds nobody up, or the actor may not. */
export async function skipRecord(sql: AnySql, { id, reason }: Skip, by: Actor): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    const owner = await teamOf(sql, id, "open");
    if (owner === null) throw await whyNot(sql, id, "only a failed record can be skipped");
    need(by, rejectPermission(owner.kind));

    const [skipped] = await sql<{ provider: string; fingerprint: string; orderingKey: string | null }[]>`
      update redrive.failures
      set skipped_by = ${by.actor}
      where record_id = ${id} and state = 'open' and ordering_key is not null and skipped_by is null
      returning provider, fingerprint, ordering_key`;
    if (!skipped) throw await whyNotSkipped(sql, id);

    await letNextGo(sql, skipped);
    await noteActInGroup(sql, skipped.fingerprint, "skipped", by);
    await noteAct(sql, { id, provider: skipped.provider, kind: "skipped", actor: by.actor, reason });
    return { id, status: "failed", dueAt: null };
  });
}

async function whyNotSkipped(sql: Parameters<typeof whyNot>[0], id: string): Promise<Refused> {
  const [failure] = await sql<{ orderingKey: string | null; skippedBy: string | null }[]>`
    select ordering_key, skipped_by from redrive.failures where record_id = ${id} and state = 'open'`;
  if (failure?.skippedBy)
    return new Refused("conflict", `${failure.skippedBy} let the others pass already.`, {
      by: failure.skippedBy,
    });
  if (failure) return new Refused("conflict", "This record has no ordering key: it holds nobody up.");
  return whyNot(sql, id, "only a failed record can be skipped");
}
