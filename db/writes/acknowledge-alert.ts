// Somebody has an alert in hand: the others need not come.
import { actedAlert, isOver, noteAlertAct } from "#db/writes/alert-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { AlertActed } from "#lib/contract/alert.ts";

/** @throws Refused when there is no such alert, it is resolved, or someone was first. */
export async function acknowledgeAlert(
  sql: AnySql,
  { id }: { id: string },
  { actor }: Pick<Actor, "actor">,
): Promise<AlertActed> {
  return inTransaction(sql, async (sql) => {
    const { count } = await sql`
      update redrive.alerts
      set state = 'acknowledged', acknowledged_at = clock_timestamp(), acknowledged_by = ${actor}, changed_at = clock_timestamp()
      where id = ${id} and state = 'open'`;
    const alert = await actedAlert(sql, id);
    if (count === 0) throw whyNot(alert);
    await noteAlertAct(sql, id, { actor, action: "alert.acknowledged" });
    return alert;
  });
}

function whyNot(alert: AlertActed): Refused {
  const { state, acknowledgedBy, acknowledgedAt } = alert;
  if (state !== "acknowledged" || acknowledgedBy === null || acknowledgedAt === null) return isOver(alert);
  return new Refused("conflict", `${acknowledgedBy} acknowledged this alert at ${acknowledgedAt}.`, {
    by: acknowledgedBy,
    at: acknowledgedAt,
  });
}
