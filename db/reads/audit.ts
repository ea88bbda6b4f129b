// The audit, newest first, by who, what, on what and when: one walk along an index, however old the audit is.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { iso } from "#db/reads/time.ts";
import type { Audit, AuditEntry, AuditQuery } from "#lib/contract/audit.ts";

const Place = z.tuple([z.iso.datetime(), z.int()]);

type Row = Omit<AuditEntry, "id" | "detail"> & { id: string; detail: AuditEntry["detail"] | null };

export async function readAudit(
  db: Db,
  { actor, action, subjectKind, subjectId, from, to, after, limit }: AuditQuery,
): Promise<Audit> {
  const place = after === undefined ? null : fromCursor(after, Place);
  const conditions = [
    sql`true`,
    actor ? sql`audit.actor = ${actor}` : null,
    action ? sql`audit.action = ${action}` : null,
    subjectKind ? sql`audit.subject_kind = ${subjectKind}` : null,
    subjectId ? sql`audit.subject_id = ${subjectId}` : null,
    from ? sql`audit.at >= ${from}::timestamptz` : null,
    to ? sql`audit.at < ${to}::timestamptz` : null,
    place && sql`(audit.at, audit.id) < (${place[0]}::timestamptz, ${place[1]}::bigint)`,
  ].filter((condition) => condition !== null);
  const rows = await db.execute<Row>(sql`
    select
      audit.id::text as id, audit.at::text as at, audit.actor, audit.action, audit.subject_kind as "subjectKind",
      audit.subject_id as "subjectId", audit.reason, audit.detail
    from redrive.audit
    where ${sql.join(conditions, sql` and `)}
    order by audit.at desc, audit.id desc
    limit ${limit + 1}`);
  const items = rows.slice(0, limit).map((row) => ({
    ...row,
    id: Number(row.id),
    at: iso(row.at),
    detail: row.detail ?? {},
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? toCursor([last.at, last.id]) : null };
}
