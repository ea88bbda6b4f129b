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
    actor ? sql`actor = ${actor}` : null,
    action ? sql`action = ${action}` : null,
    subjectKind ? sql`subject_kind = ${subjectKind}` : null,
    subjectId ? sql`subject_id = ${subjectId}` : null,
    from ? sql`at >= ${from}::timestamptz` : null,
    to ? sql`at < ${to}::timestamptz` : null,
    place && sql`(at, id) < (${place[0]}::timestamptz, ${place[1]}::bigint)`,
  ].filter((condition) => condition !== null);
  const rows = await db.execute<Row>(sql`
    select
      id::text as id, at::text as at, actor, action, subject_kind as "subjectKind", subject_id as "subjectId", reason,
      detail
    from redrive.audit
    where ${sql.join(conditions, sql` and `)}
    order by at desc, id desc
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
