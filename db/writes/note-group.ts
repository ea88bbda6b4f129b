// What somebody found out about a group, for the next who looks at it.
import { lockGroup, rememberTouch } from "#db/writes/group-acts.ts";
import { need } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";

/** @throws Refused when there is no such group, or the actor may not. */
export async function noteGroup(
  sql: AnySql,
  { id, note }: { id: string; note: string | null },
  by: Actor,
): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockGroup(sql, id);
    need(by, "assign");
    await sql`update redrive.failure_groups set note = ${note} where id = ${id}`;
    return rememberTouch(sql, group, { action: "group.noted", by, detail: { note } });
  });
}
