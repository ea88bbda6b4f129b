// What people's acts on alerts and their rules share: who was first, and the rows that each act leaves behind.
import type { TransactionSql } from "#db/client.ts";
import { type AuditRow, audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { Refused } from "#db/writes/refused.ts";
import { type AlertActed, type Silence, silenceMostMs } from "#lib/contract/alert.ts";

/** @throws Refused when there is none. */
export async function actedAlert(sql: TransactionSql, id: string): Promise<AlertActed> {
  const [alert] = await sql<AlertActed[]>`
    select
      id, state, acknowledged_at, acknowledged_by, silenced_until, silenced_by, silence_reason, resolved_at
    from redrive.alerts
    where id = ${id}
    for update`;
  if (!alert) throw new Refused("not_found", `There is no alert ${id}.`);
  return alert;
}

export const isOver = ({ resolvedAt }: AlertActed): Refused =>
  new Refused("conflict", `This alert was resolved at ${resolvedAt}: it does not hold any more.`, {
    ...(resolvedAt !== null && { at: resolvedAt }),
  });

export const silencedAlready = (
  what: string,
  { silencedBy, silencedUntil, silenceReason }: SilencedBy,
): Refused =>
  new Refused(
    "conflict",
    `${silencedBy} silenced this ${what} until ${silencedUntil}: ${silenceReason}. End that silence first.`,
    { ...(silencedBy !== null && { by: silencedBy }) },
  );

type SilencedBy = Pick<AlertActed, "silencedBy" | "silencedUntil" | "silenceReason">;

/** @throws Refused when the silence has no end worth the name. */
export function refuseUntil({ until }: Silence, nowMs: number = Date.now()): void {
  const untilMs = Date.parse(until);
  const message =
    untilMs <= nowMs
      ? "must be in the future"
      : untilMs > nowMs + silenceMostMs
        ? "must be within 30 days: switch the rule off if nobody needs it"
        : null;
  if (message !== null)
    throw new Refused("invalid_input", `until ${message}.`, { errors: [{ field: "until", message }] });
}

type Act = Pick<AuditRow, "actor" | "action" | "reason" | "detail">;

export async function noteAlertAct(sql: TransactionSql, id: string, act: Act): Promise<void> {
  await audit(sql, { ...act, subjectKind: "alert", subjectId: id });
  await hint(sql, { topic: "alerts" });
}

export async function noteRuleAct(sql: TransactionSql, slug: string, act: Act): Promise<void> {
  await audit(sql, { ...act, subjectKind: "alert_rule", subjectId: slug });
  await hint(sql, { topic: "alerts" });
}
