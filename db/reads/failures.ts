// The failures page: newest first, by state, team, provider and search, with the tabs' counts.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { matches } from "#db/reads/search.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { Failure, Failures, FailuresQuery } from "#lib/contract/failure.ts";
import { countCap } from "#lib/core/count-cap.ts";
import type { Bounds } from "#lib/core/key.ts";

type Row = Omit<Failure, "failedAt" | "closedAt"> & { failedAt: string; closedAt: string | null };

const allOf = (conditions: readonly (SQL | null)[]): SQL =>
  sql.join(
    conditions.filter((condition) => condition !== null),
    sql` and `,
  );

/** `within`: what the reader is kept to; nothing else is listed or counted. */
export type FailuresAsked = FailuresQuery & { within?: Bounds | null };

export async function readFailures(db: Db, query: FailuresAsked): Promise<Failures> {
  const [page, counts, lastDeliveryAt] = await Promise.all([
    readFailurePage(db, query),
    readCounts(db, query),
    readLastDeliveryAt(db, query),
  ]);
  return { ...page, counts, lastDeliveryAt };
}

/** A page of the list, without what stands around it. */
export async function readFailurePage(
  db: Db,
  query: FailuresAsked,
): Promise<Pick<Failures, "items" | "next">> {
  const rows = await readRows(db, query);
  const items = rows.slice(0, query.limit).map(failureOf);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > query.limit && last ? toCursor([last.failedAt, last.id]) : null,
  };
}

/** The tabs' counts under the other filters; each stops at countCap. */
async function readCounts(db: Db, query: FailuresAsked): Promise<Failures["counts"]> {
  const others = filters({ ...query, team: undefined });
  const teams = await db.execute<{ slug: string }>(
    sql`select slug from redrive.teams order by position, slug`,
  );
  const slugs = teams.map(({ slug }) => slug);
  if (matches(query.q)) return readCountsOfSearch(db, slugs, others);
  const [rejected, ...open] = await Promise.all([
    readCount(db, allOf([sql`failures.state = 'rejected'`, ...others])),
    ...slugs.map((slug) =>
      readCount(db, allOf([sql`failures.state = 'open' and failures.team = ${slug}`, ...others])),
    ),
  ]);
  return countsOf(new Map(slugs.map((slug, index) => [slug, open[index] ?? 0])), rejected ?? 0);
}

const countsOf = (open: Map<string, number>, rejected: number): Failures["counts"] => ({
  technical: open.get("technical") ?? 0,
  client_data: open.get("client_data") ?? 0,
  rejected,
  teams: Object.fromEntries(open),
});

/** All in one walk: a search reads the records too, and once is dear enough. */
async function readCountsOfSearch(
  db: Db,
  slugs: readonly string[],
  others: readonly (SQL | null)[],
): Promise<Failures["counts"]> {
  const rows = await db.execute<{ state: string; team: string; count: number }>(sql`
    select failures.state, failures.team, least(count(*), ${countCap + 1})::int as count
    from redrive.failures
    join redrive.outbox on outbox.id = failures.record_id
    where ${allOf(others)}
    group by failures.state, failures.team`);
  const open = new Map(slugs.map((slug) => [slug, 0]));
  for (const { state, team, count } of rows) if (state === "open") open.set(team, count);
  const rejected = rows
    .filter(({ state }) => state === "rejected")
    .reduce((sum, { count }) => sum + count, 0);
  return countsOf(open, Math.min(rejected, countCap + 1));
}

/** What every view of the page shares. */
const filters = ({ team, provider, fingerprint, assignee, q, within }: FailuresAsked): (SQL | null)[] => [
  team ? sql`failures.team = ${team}` : null,
  provider ? sql`failures.provider = ${provider}` : null,
  fingerprint ? sql`failures.fingerprint = ${fingerprint}` : null,
  // Whoever has the group has its failures, but for those that somebody else was given.
  assignee
    ? sql`(failures.assignee = ${assignee} or (failures.assignee is null and failures.fingerprint in (
        select groups.fingerprint
        from redrive.failure_groups as groups
        where groups.resolved_at is null and groups.assignee = ${assignee}
      )))`
    : null,
  matches(q),
  within?.providers ? sql`failures.provider in ${within.providers}` : null,
  // Counts look at failures alone.
  within && within.owner !== null
    ? sql`exists (select from redrive.outbox as own where own.id = failures.record_id and own.owner = ${within.owner})`
    : null,
];

/** One row more than the page: whether there is a next one. */
function readRows(db: Db, query: FailuresAsked): Promise<Row[]> {
  const { state, after, limit } = query;
  const cursor = after === undefined ? null : fromCursor(after);
  const where = allOf([
    sql`failures.state = ${state}`,
    ...filters(query),
    cursor && sql`(failures.failed_at, failures.record_id) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)`,
  ]);
  return db.execute<Row>(sql`
    select
      failures.record_id as id, failures.state, failures.provider, providers.policy ->> 'name' as "providerName",
      outbox.subject, outbox.owner, outbox.type, outbox.correlation_id as "correlationId", failures.category,
      failures.team, coalesce(teams.name, failures.team) as "teamName",
      coalesce(teams.kind, 'technical') as "teamKind", failures.fingerprint, failures.outcome, failures.status_code as "statusCode", failures.message,
      failures.tries as attempts, failures.failed_at::text as "failedAt",
      coalesce(failures.assignee, groups.assignee) as assignee,
      failures.closed_at::text as "closedAt", failures.closed_by as "closedBy", failures.closed_reason as "closedReason"
    from redrive.failures
    join redrive.outbox on outbox.id = failures.record_id
    join redrive.providers on providers.slug = failures.provider
    left join redrive.teams on teams.slug = failures.team
    left join redrive.failure_groups as groups
      on groups.fingerprint = failures.fingerprint and groups.resolved_at is null
    where ${where}
    order by failures.failed_at desc, failures.record_id desc
    limit ${limit + 1}`);
}

async function readCount(db: Db, where: SQL): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count
    from (select from redrive.failures where ${where} limit ${countCap + 1}) as counted`);
  return row?.count ?? 0;
}

/** When something was last delivered, to the ten seconds of the rollup; not to be known of an owner. */
async function readLastDeliveryAt(db: Db, { provider, within }: FailuresAsked): Promise<string | null> {
  if (within && within.owner !== null) return null;
  const where = allOf([
    sql`delivered > 0`,
    provider ? sql`provider = ${provider}` : null,
    within?.providers ? sql`provider in ${within.providers}` : null,
  ]);
  const [row] = await db.execute<{ at: string }>(sql`
    select least(bucket + interval '10 seconds', now())::text as at
    from redrive.throughput
    where ${where}
    order by bucket desc
    limit 1`);
  return row ? iso(row.at) : null;
}

const failureOf = (row: Row): Failure => ({
  ...row,
  failedAt: iso(row.failedAt),
  closedAt: isoOrNull(row.closedAt),
});
