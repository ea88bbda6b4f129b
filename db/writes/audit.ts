// The audit's row, written in the transaction of the act.
import type { TransactionSql } from "#db/client.ts";

export type AuditRow = {
  actor: string;
  action: string;
  subjectKind:
    | "record"
    | "provider"
    | "group"
    | "team"
    | "canary"
    | "channel"
    | "routes"
    | "person"
    | "alert"
    | "alert_rule"
    | "settings"
    | "key"
    | "inbound_source"
    | "operation"
    | "installation"
    | "owner";
  subjectId: string;
  reason?: string | null;
  detail?: Record<string, unknown>;
};

export async function audit(
  sql: TransactionSql,
  { actor, action, subjectKind, subjectId, reason = null, detail = {} }: AuditRow,
): Promise<void> {
  await sql`
    insert into redrive.audit (at, actor, action, subject_kind, subject_id, reason, detail)
    values (
      clock_timestamp(), ${actor}, ${action}, ${subjectKind}, ${subjectId}, ${reason || null},
      ${JSON.stringify(detail)}::text::jsonb
    )`;
}
