// A failure group as a message tells it, for one who is about to act on it.
import { eq, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { providers } from "#db/schema.ts";
import { failureGroups, teams } from "#db/schema-desk.ts";
import type { TeamKind } from "#lib/core/desk.ts";
import type { GroupToTell } from "#lib/core/message-content.ts";

/** `kind`: which of the two skills its team has; who may act follows from that. */
export type GroupAtStake = GroupToTell & { kind: TeamKind };

/** Null when there is no such group. */
export async function readGroupAtStake(db: Db, id: string): Promise<GroupAtStake | null> {
  const groups = failureGroups;
  const [row] = await db
    .select({
      id: groups.id,
      provider: groups.provider,
      providerName: sql<string>`coalesce(${providers.policy} ->> 'name', ${groups.provider})`,
      type: groups.type,
      category: groups.category,
      team: groups.team,
      teamName: sql<string>`coalesce(${teams.name}, ${groups.team})`,
      kind: sql<TeamKind>`coalesce(${teams.kind}, 'technical')`,
      statusCode: groups.statusCode,
      title: groups.title,
      open: groups.openRecords,
      records: groups.records,
      openedAt: groups.openedAt,
      lastAt: groups.lastAt,
      emptiedAt: groups.emptiedAt,
      resolvedAt: groups.resolvedAt,
      assignee: groups.assignee,
      note: groups.note,
      mutedUntil: groups.mutedUntil,
      lastAct: groups.lastAct,
      lastActBy: groups.lastActBy,
      lastActAt: groups.lastActAt,
      lastActRecords: groups.lastActRecords,
      isBackAgain: sql<boolean>`exists (
        select from ${groups} as earlier
        where earlier.fingerprint = ${groups}.fingerprint and earlier.opened_at < ${groups}.opened_at
      )`,
    })
    .from(groups)
    .leftJoin(providers, eq(providers.slug, groups.provider))
    .leftJoin(teams, eq(teams.slug, groups.team))
    .where(eq(groups.id, id));
  if (!row) return null;
  return {
    ...row,
    openedAt: iso(row.openedAt),
    lastAt: iso(row.lastAt),
    emptiedAt: isoOrNull(row.emptiedAt),
    resolvedAt: isoOrNull(row.resolvedAt),
    mutedUntil: isoOrNull(row.mutedUntil),
    lastActAt: isoOrNull(row.lastActAt),
  };
}
