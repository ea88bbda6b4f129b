// The failures page: newest first, by state, team, provider and search, with the tabs' counts.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { matches } from "#db/reads/search.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { Failure, Failures, FailuresQuery } from "#lib/contract/failure.ts";
import { countCap } from "#lib/core/count-cap.ts";
import type { Team } from "#lib/core/status.ts";

type Row = Omit<Failure, "failedAt" | "closedAt"> & { failedAt: string; closedAt: string | null };

const allOf = (conditions: readonly (SQL | null)[]): SQL =>
  sql.join(
    conditions.filter((condition) => condition !== null),
    sql` and `,
  );

export async function readFailures(db: Db, query: FailuresQuery): Promise<Failures> {
  const [rows, counts, lastDeliveryAt] = await Promise.all([
    readPage(db, query),
    readCounts(db, query),
    readLastDeliveryAt(db, query.provider ?? null),
  ]);
  const items = rows.slice(0, query.limit).map(failureOf);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > query.limit && last ? toCursor([last.failedAt, last.id]) : null,
    counts,
    lastDeliveryAt,
  };
}

/** The tabs' counts under the other filters; each stops at countCap. */
async function readCounts(db: Db, { provider, q }: FailuresQuery): Promise<Failures["counts"]> {
  const search = matches(q);
  if (search) return readCountsOfSearch(db, provider, search);
  const [technical, client_data, rejected] = await Promise.all([
    readOpenCount(db, "technical", provider),
    readOpenCount(db, "client_data", provider),
    readCount(db, sql`failures.state = 'rejected'`, provider),
  ]);
  return { technical, client_data, rejected };
}

/** All three in one walk: a search reads the records too, and once is dear enough. */
async function readCountsOfSearch(
  db: Db,
  provider: string | undefined,
  search: SQL,
): Promise<Failures["counts"]> {
  const count = (which: SQL) => sql`least(count(*) filter (where ${which}), ${countCap + 1})::int`;
  const [counts] = await db.execute<Failures["counts"]>(sql`
    select
      ${count(sql`failures.state = 'open' and failures.team = 'technical'`)} as technical,
      ${count(sql`failures.state = 'open' and failures.team = 'client_data'`)} as client_data,
      ${count(sql`failures.state = 'rejected'`)} as rejected
    from redrive.failures
    join redrive.outbox on outbox.id = failures.record_id
    where ${allOf([search, provider ? sql`failures.provider = ${provider}` : null])}`);
  return counts ?? { technical: 0, client_data: 0, rejected: 0 };
}

/** Open failures of a team; stops at countCap. */
const readOpenCount = (db: Db, team: Team, provider?: string): Promise<number> =>
  readCount(db, sql`failures.state = 'open' and failures.team = ${team}`, provider);

/** One row more than the page: whether there is a next one. */
function readPage(db: Db, { state, team, provider, q, after, limit }: FailuresQuery): Promise<Row[]> {
  const cursor = after === undefined ? null : fromCursor(after);
  const where = allOf([
    sql`failures.state = ${state}`,
    team ? sql`failures.team = ${team}` : null,
    provider ? sql`failures.provider = ${provider}` : null,
    matches(q),
    cursor && sql`(failures.failed_at, failures.record_id) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)`,
  ]);
  return db.execute<Row>(sql`
    select
      failures.record_id as id, failures.state, failures.provider, providers.policy ->> 'name' as "providerName",
      outbox.subject, outbox.owner, outbox.type, outbox.correlation_id as "correlationId", failures.category,
      failures.team, coalesce(teams.name, failures.team) as "teamName",
      coalesce(teams.kind, 'technical') as "teamKind", failures.fingerprint, failures.outcome, failures.status_code as "statusCode", failures.message,
      failures.tries as attempts, failures.failed_at::text as "failedAt", failures.assignee,
      failures.closed_at::text as "closedAt", failures.closed_by as "closedBy", failures.closed_reason as "closedReason"
    from redrive.failures
    join redrive.outbox on outbox.id = failures.record_id
    join redrive.providers on providers.slug = failures.provider
    left join redrive.teams on teams.slug = failures.team
    where ${where}
    order by failures.failed_at desc, failures.record_id desc
    limit ${limit + 1}`);
}

async function readCount(db: Db, which: SQL, provider?: string): Promise<number> {
  const where = allOf([which, provider ? sql`failures.provider = ${provider}` : null]);
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count
    from (select from redrive.failures where ${where} limit ${countCap + 1}) as counted`);
  return row?.count ?? 0;
}

/** When something was last delivered, to the ten seconds of the rollup. */
async function readLastDeliveryAt(db: Db, provider: string | null): Promise<string | null> {
  const [row] = await db.execute<{ at: string }>(sql`
    select least(bucket + interval '10 seconds', now())::text as at
    from redrive.throughput
    where delivered > 0 and ${provider === null ? sql`true` : sql`provider = ${provider}`}
    order by bucket desc
    limit 1`);
  return row ? iso(row.at) : null;
}

const failureOf = (row: Row): Failure => ({
  ...row,
  failedAt: iso(row.failedAt),
  closedAt: isoOrNull(row.closedAt),
});
