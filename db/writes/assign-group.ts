// Gives a group to a person: its failures are theirs, also those that come later, but for one that has its own assignee.
import { lockOpenGroup, noteGroupAct } from "#db/writes/group-acts.ts";
import { need } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { whoIs } from "#db/writes/who-is.ts";
import type { GroupAct } from "#lib/contract/group.ts";

/** `from`: who had it when the actor looked; null for nobody. Left out, it does not matter. */
type AssignGroup = { id: string; assignee: string | null; from?: string | null };

/**
 * @param assignee an e-mail address, or what the actor is called themselves.
 * @throws Refused when there is no such group or person, nothing of the group is open, or somebody took it meanwhile.
 */
export async function assignGroup(
  sql: AnySql,
  { id, assignee, from }: AssignGroup,
  by: Actor,
): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockOpenGroup(sql, id);
    need(by, "assign");
    const person = assignee === null ? null : await whoIs(sql, assignee, by);
    if (from !== undefined && group.assignee !== from && group.assignee !== person) {
      throw new Refused(
        "conflict",
        group.assignee === null
          ? "Nobody has it any more. Look again."
          : `${group.assignee} has it already${group.lastAct === "assigned" ? `, since ${group.lastActAt}` : ""}.`,
        group.assignee === null
          ? {}
          : { by: group.assignee, ...(group.lastActAt ? { at: group.lastActAt } : {}) },
      );
    }
    await sql`update redrive.failure_groups set assignee = ${person} where id = ${id}`;
    return noteGroupAct(sql, group, {
      kind: "assigned",
      records: group.openRecords,
      by,
      detail: { from: group.assignee, to: person },
    });
  });
}
