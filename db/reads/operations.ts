// Bulk operations, newest first: each row carries its own counts, so that a page costs the same whatever they cover.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { readRecordSummaries } from "#db/reads/record-summaries.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type {
  Operation,
  OperationDetail,
  OperationRecords,
  OperationRecordsQuery,
  Operations,
  OperationsQuery,
} from "#lib/contract/bulk.ts";
import { countCap } from "#lib/core/count-cap.ts";

export type OperationRow = Omit<Operation, "left" | "skipped" | "remainingMs"> & { busy: number };

export async function readOperations(
  db: Db,
  { state, action, createdBy, after, limit }: OperationsQuery,
): Promise<Operations> {
  const cursor = after === undefined ? null : fromCursor(after);
  const rows = await readWhere(
    db,
    [
      state ? sql`operations.state = ${state}` : null,
      action ? sql`operations.action = ${action}` : null,
      createdBy ? sql`operations.created_by = ${createdBy}` : null,
      // The id is the time of its making.
      cursor && sql`operations.id < ${cursor[1]}::uuid`,
    ],
    limit + 1,
  );
  const items = rows.slice(0, limit).map(operationOf);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? toCursor([last.createdAt, last.id]) : null };
}

/** Null when there is no such operation. */
export async function readOperation(db: Db, id: string): Promise<OperationDetail | null> {
  const [row] = await readWhere(db, [sql`operations.id = ${id}::uuid`], 1);
  if (!row) return null;
  const [again] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count
    from (
      select
      from redrive.operation_records as acted
      join redrive.failures on failures.record_id = acted.record_id
      where acted.operation = ${id}::uuid and failures.state = 'open' and failures.failed_at > acted.at
      limit ${countCap + 1}
    ) as counted`);
  return { ...operationOf(row), failedAgain: again?.count ?? 0 };
}

/** What an operation has acted on, in the order of the records' ids; null when there is no such operation. */
export async function readOperationRecords(
  db: Db,
  id: string,
  { after, limit }: OperationRecordsQuery,
): Promise<OperationRecords | null> {
  const cursor = after === undefined ? null : fromCursor(after);
  const rows = await db.execute<{ id: string; actedAt: string; failedAgain: boolean }>(sql`
    select
      acted.record_id as id, acted.at::text as "actedAt",
      coalesce(failures.state = 'open' and failures.failed_at > acted.at, false) as "failedAgain"
    from redrive.operation_records as acted
    left join redrive.failures on failures.record_id = acted.record_id
    where acted.operation = ${id}::uuid and ${cursor ? sql`acted.record_id > ${cursor[1]}::uuid` : sql`true`}
    order by acted.record_id
    limit ${limit + 1}`);
  if (rows.length === 0 && !(await exists(db, id))) return null;
  const page = rows.slice(0, limit);
  const summaries = new Map(
    (
      await readRecordSummaries(
        db,
        page.map((row) => row.id),
      )
    ).map((record) => [record.id, record]),
  );
  const last = page.at(-1);
  return {
    // Retention may have dropped a record that was delivered since.
    items: page.flatMap((row) => {
      const record = summaries.get(row.id);
      return record ? [{ ...record, actedAt: iso(row.actedAt), failedAgain: row.failedAgain }] : [];
    }),
    next: rows.length > limit && last ? toCursor([iso(last.actedAt), last.id]) : null,
  };
}

async function exists(db: Db, id: string): Promise<boolean> {
  const [row] = await db.execute(sql`select from redrive.operations where id = ${id}::uuid`);
  return row !== undefined;
}

function readWhere(db: Db, conditions: readonly (SQL | null)[], limit: number): Promise<OperationRow[]> {
  const all = [sql`true`, ...conditions.filter((condition) => condition !== null)];
  return db.execute<OperationRow>(sql`
    select
      operations.id, operations.action, operations.state, operations.filter, operations.cutoff::text as cutoff,
      operations.reason, operations.code, operations.rate, operations.first, operations.matched, operations.eligible,
      operations.acted, operations.busy, operations.created_at::text as "createdAt", operations.created_by as "createdBy",
      operations.changed_at::text as "changedAt", operations.changed_by as "changedBy",
      operations.change_reason as "changeReason", operations.ended_at::text as "endedAt"
    from redrive.operations
    where ${sql.join(all, sql` and `)}
    order by operations.id desc
    limit ${limit}`);
}

/** An operation as the API tells it, of its row. */
export function operationOf({ busy, ...row }: OperationRow): Operation {
  const { state, matched, eligible, acted, first, rate } = row;
  const missing = Math.max(0, Math.min(first ?? eligible, eligible) - acted);
  const isDone = state === "done";
  return {
    ...row,
    left: isDone ? 0 : missing,
    skipped: {
      notAllowed: matched - eligible,
      taken: isDone ? Math.max(0, missing - busy) : 0,
      busy: isDone ? busy : 0,
    },
    remainingMs: state === "running" && rate !== null ? Math.ceil((missing / rate) * 1_000) : null,
    cutoff: iso(row.cutoff),
    createdAt: iso(row.createdAt),
    changedAt: isoOrNull(row.changedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
