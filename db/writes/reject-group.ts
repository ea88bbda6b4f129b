// Closes a group's open failures unsent, with a reason, and starts what each record asked for in that case.
import { closeUnsent } from "#db/writes/close-unsent.ts";
import {
  chooseOfGroup,
  kindsFor,
  lockOpenGroup,
  needForSoMany,
  noteGroupAct,
  nothingOpen,
  type Place,
  recordsAtOnce,
} from "#db/writes/group-acts.ts";
import { rejectPermission } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";
import type { RejectRecord } from "#lib/contract/record.ts";

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
    needForSoMany(by, group.openRecords);
    let rejected = 0;
    let after: Place | null = null;
    do {
      const chosen: Place[] = await chooseOfGroup(sql, group, { kinds, after, most: recordsAtOnce });
      after = chosen.at(-1) ?? null;
      const given = { actor: by.actor, reason, code, detail: { group: group.id } };
      rejected += (await closeUnsent(sql, chosen, given)).length;
    } while (after !== null);
    if (rejected === 0) throw await nothingOpen(sql, group);
    return noteGroupAct(sql, group, { kind: "rejected", records: rejected, by, reason, detail: { code } });
  });
}
