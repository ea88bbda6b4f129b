// A filter of open failures as conditions of a statement. What an index can narrow is apart from what has to be looked at row
// by row: a walk in the failures' order takes a bounded stretch of the former at a time.
import type { TransactionSql } from "#db/client.ts";
import { anywhere, isId } from "#db/reads/search.ts";
import type { FailureFilter } from "#lib/contract/bulk.ts";

type Fragment = ReturnType<TransactionSql>;

const all = (sql: TransactionSql, conditions: readonly (Fragment | null)[]): Fragment =>
  conditions
    .filter((condition) => condition !== null)
    .reduce((whole, condition) => sql`${whole} and ${condition}`, sql`true`);

/** Of `failures` alone, by their indexes. */
export const narrowed = (
  sql: TransactionSql,
  { ids, provider, team, fingerprint, from }: FailureFilter,
  cutoff: string,
): Fragment =>
  all(sql, [
    sql`failures.state = 'open'`,
    sql`failures.failed_at <= ${cutoff}::timestamptz`,
    ids ? sql`failures.record_id = any (${ids}::uuid[])` : null,
    provider ? sql`failures.provider = ${provider}` : null,
    team ? sql`failures.team = ${team}` : null,
    fingerprint ? sql`failures.fingerprint = ${fingerprint}` : null,
    from ? sql`failures.failed_at >= ${from}::timestamptz` : null,
  ]);

/** The rest, of `failures` joined with `outbox` where `asksTheRecord`. */
export const lookedAt = (
  sql: TransactionSql,
  { category, statusCode, assignee, type, owner, q }: FailureFilter,
): Fragment =>
  all(sql, [
    category ? sql`failures.category = ${category}` : null,
    statusCode ? sql`failures.status_code = ${statusCode}` : null,
    // Whoever has the group has its failures, but for those that somebody else was given.
    assignee
      ? sql`(failures.assignee = ${assignee} or (failures.assignee is null and failures.fingerprint in (
          select groups.fingerprint
          from redrive.failure_groups as groups
          where groups.resolved_at is null and groups.assignee = ${assignee}
        )))`
      : null,
    type ? sql`outbox.type = ${type}` : null,
    owner ? sql`outbox.owner = ${owner}` : null,
    found(sql, q),
  ]);

/** The same as `matches` of the lists. */
function found(sql: TransactionSql, q: string | undefined): Fragment | null {
  const text = q?.trim();
  if (!text) return null;
  const like = anywhere(text);
  const byText = sql`outbox.subject ilike ${like} or outbox.owner ilike ${like} or outbox.correlation_id ilike ${like}
    or failures.message ilike ${like}`;
  return isId(text) ? sql`(outbox.id = ${text}::uuid or ${byText})` : sql`(${byText})`;
}

const asksTheRecord = ({ type, owner, q }: FailureFilter): boolean =>
  type !== undefined || owner !== undefined || Boolean(q?.trim());

/** The join that `lookedAt` needs; none for most filters. */
export const withRecords = (sql: TransactionSql, filter: FailureFilter): Fragment =>
  asksTheRecord(filter) ? sql`join redrive.outbox on outbox.id = failures.record_id` : sql``;

/** The same for a few failures: one look by the key for each, and never a walk through the outbox. */
export const withRecordOfEach = (sql: TransactionSql, filter: FailureFilter): Fragment =>
  asksTheRecord(filter)
    ? sql`
      cross join lateral (
        select id, type, owner, subject, correlation_id from redrive.outbox where id = failures.record_id offset 0
      ) as outbox`
    : sql``;

/** Which of the two skills the failure's team has. */
export const kindOfFailure = (sql: TransactionSql): Fragment => sql`
  coalesce((select teams.kind from redrive.teams where teams.slug = failures.team), 'technical')`;
