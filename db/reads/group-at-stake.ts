// What a person has to know of a failure group before they act on it.
import { eq, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { providers } from "#db/schema.ts";
import { failureGroups, teams } from "#db/schema-desk.ts";
import type { TeamKind } from "#lib/core/desk.ts";

export type GroupAtStake = {
  id: string;
  title: string;
  provider: string;
  providerName: string;
  teamName: string;
  kind: TeamKind;
  open: number;
  records: number;
  openedAt: string;
  lastAt: string;
  lastAct: string | null;
  lastActBy: string | null;
  lastActAt: string | null;
};

/** Null when there is no such group. */
export async function readGroupAtStake(db: Db, id: string): Promise<GroupAtStake | null> {
  const [row] = await db
    .select({
      id: failureGroups.id,
      title: failureGroups.title,
      provider: failureGroups.provider,
      providerName: sql<string>`coalesce(${providers.policy} ->> 'name', ${failureGroups.provider})`,
      teamName: sql<string>`coalesce(${teams.name}, ${failureGroups.team})`,
      kind: sql<TeamKind>`coalesce(${teams.kind}, 'technical')`,
      open: failureGroups.openRecords,
      records: failureGroups.records,
      openedAt: failureGroups.openedAt,
      lastAt: failureGroups.lastAt,
      lastAct: failureGroups.lastAct,
      lastActBy: failureGroups.lastActBy,
      lastActAt: failureGroups.lastActAt,
    })
    .from(failureGroups)
    .leftJoin(providers, eq(providers.slug, failureGroups.provider))
    .leftJoin(teams, eq(teams.slug, failureGroups.team))
    .where(eq(failureGroups.id, id));
  if (!row) return null;
  return {
    ...row,
    openedAt: iso(row.openedAt),
    lastAt: iso(row.lastAt),
    lastActAt: isoOrNull(row.lastActAt),
  };
}
