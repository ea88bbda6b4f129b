// An alert makes no message until a time; it is shown all the same, and told when it still holds then.
import { actedAlert, isOver, noteAlertAct, refuseUntil, silencedAlready } from "#db/writes/alert-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { AlertActed, Silence } from "#lib/contract/alert.ts";

type Target = { id: string };

/** @throws Refused when there is no such alert, it is resolved or silenced, or the end is not in the next 30 days. */
export async function silenceAlert(
  sql: AnySql,
  { id, until, reason }: Target & Silence,
  { actor }: Pick<Actor, "actor">,
): Promise<AlertActed> {
  refuseUntil({ until, reason });
  return inTransaction(sql, async (sql) => {
    const { count } = await sql`
      update redrive.alerts
      set silenced_until = ${until}, silenced_by = ${actor}, silence_reason = ${reason}, changed_at = clock_timestamp()
      where id = ${id} and state <> 'resolved' and coalesce(silenced_until <= clock_timestamp(), true)`;
    const alert = await actedAlert(sql, id);
    if (count === 0) throw alert.state === "resolved" ? isOver(alert) : silencedAlready("alert", alert);
    await noteAlertAct(sql, id, { actor, action: "alert.silenced", reason, detail: { until } });
    return alert;
  });
}

/** @throws Refused when there is no such alert, or it is not silenced. */
export async function unsilenceAlert(
  sql: AnySql,
  { id }: Target,
  { actor }: Pick<Actor, "actor">,
): Promise<AlertActed> {
  return inTransaction(sql, async (sql) => {
    const { count } = await sql`
      update redrive.alerts
      set silenced_until = null, silenced_by = null, silence_reason = null, changed_at = clock_timestamp()
      where id = ${id} and state <> 'resolved' and silenced_until > clock_timestamp()`;
    const alert = await actedAlert(sql, id);
    if (count === 0) {
      throw alert.state === "resolved"
        ? isOver(alert)
        : new Refused("conflict", "This alert is not silenced.");
    }
    await noteAlertAct(sql, id, { actor, action: "alert.unsilenced" });
    return alert;
  });
}
