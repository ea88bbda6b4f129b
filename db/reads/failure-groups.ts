// Failure groups, newest first. Each row carries its own counts, so that a page costs the same with twelve failures and with
// two hundred thousand.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { anywhere } from "#db/reads/search.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { FailureGroup, FailureGroups, FailureGroupsQuery } from "#lib/contract/group.ts";
import { isGrowing, isNew } from "#lib/core/group-trend.ts";

/** Open failures of a group whose owners are looked at. */
const ownersLookedAt = 100;

type Row = Omit<FailureGroup, "isNew" | "isGrowing">;

export async function readFailureGroups(
  db: Db,
  { state, team, provider, assignee, q, after, limit }: FailureGroupsQuery,
  nowMs = Date.now(),
): Promise<FailureGroups> {
  const cursor = after === undefined ? null : fromCursor(after);
  const text = q?.trim();
  const like = text ? anywhere(text) : null;
  const rows = await readWhere(
    db,
    [
      state === "open" ? sql`groups.resolved_at is null` : sql`groups.resolved_at is not null`,
      team ? sql`groups.team = ${team}` : null,
      provider ? sql`groups.provider = ${provider}` : null,
      assignee ? sql`groups.assignee = ${assignee}` : null,
      like
        ? sql`(groups.title ilike ${like} or groups.type ilike ${like} or groups.note ilike ${like})`
        : null,
      cursor && sql`(groups.last_at, groups.id) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)`,
    ],
    limit + 1,
  );
  const items = rows.slice(0, limit).map((row) => groupOf(row, nowMs));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? toCursor([last.lastAt, last.id]) : null };
}

/** Null when there is no such group. */
export async function readFailureGroup(db: Db, id: string, nowMs = Date.now()): Promise<FailureGroup | null> {
  const [row] = await readWhere(db, [sql`groups.id = ${id}::uuid`], 1);
  return row ? groupOf(row, nowMs) : null;
}

function readWhere(db: Db, conditions: readonly (SQL | null)[], limit: number): Promise<Row[]> {
  const where = sql.join(
    conditions.filter((condition) => condition !== null),
    sql` and `,
  );
  return db.execute<Row>(sql`
    select
      groups.id, groups.fingerprint, groups.title, groups.provider,
      coalesce(providers.policy ->> 'name', groups.provider) as "providerName", groups.type, groups.category, groups.team,
      coalesce(teams.name, groups.team) as "teamName", coalesce(teams.kind, 'technical') as "teamKind",
      groups.status_code as "statusCode", groups.open_records as records, groups.records as total,
      owners.count as owners, groups.open_records > ${ownersLookedAt} as "ownersAtLeast",
      groups.opened_at::text as "openedAt", groups.last_at::text as "lastAt", groups.changed_at::text as "changedAt",
      groups.emptied_at::text as "emptiedAt", groups.resolved_at::text as "resolvedAt",
      redrive.hours_until(groups.hours, groups.hours_at, date_trunc('hour', now())) as trend,
      exists (
        select
        from redrive.failure_groups as earlier
        where earlier.fingerprint = groups.fingerprint and earlier.resolved_at is not null and earlier.id < groups.id
      ) as "isBackAgain",
      groups.assignee, groups.note, groups.muted_until::text as "mutedUntil", groups.touched_at::text as "touchedAt",
      groups.touched_by as "touchedBy", groups.last_act as "lastAct", groups.last_act_by as "lastActBy",
      groups.last_act_at::text as "lastActAt", groups.last_act_records as "lastActRecords"
    from (
      select * from redrive.failure_groups as groups
      where ${where}
      order by groups.last_at desc, groups.id desc
      limit ${limit}
    ) as groups
    left join redrive.providers on providers.slug = groups.provider
    left join redrive.teams on teams.slug = groups.team
    cross join lateral (
      select count(distinct outbox.owner)::int as count
      from (
        select failures.record_id
        from redrive.failures
        where failures.fingerprint = groups.fingerprint and failures.state = 'open' and groups.resolved_at is null
        order by failures.failed_at desc, failures.record_id desc
        limit ${ownersLookedAt}
      ) as newest
      join redrive.outbox on outbox.id = newest.record_id
    ) as owners
    order by groups.last_at desc, groups.id desc`);
}

const groupOf = (row: Row, nowMs: number): FailureGroup => {
  const openedAt = iso(row.openedAt);
  return {
    ...row,
    openedAt,
    lastAt: iso(row.lastAt),
    changedAt: iso(row.changedAt),
    emptiedAt: isoOrNull(row.emptiedAt),
    resolvedAt: isoOrNull(row.resolvedAt),
    mutedUntil: isoOrNull(row.mutedUntil),
    touchedAt: isoOrNull(row.touchedAt),
    lastActAt: isoOrNull(row.lastActAt),
    isNew: !row.isBackAgain && row.resolvedAt === null && isNew(Date.parse(openedAt), nowMs),
    isGrowing: row.resolvedAt === null && isGrowing(row.trend),
  };
};
