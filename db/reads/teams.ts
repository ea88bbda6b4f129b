// The teams with their rules, in the order in which they are asked.
import { asc } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { teamRules, teams } from "#db/schema-desk.ts";
import type { Team } from "#lib/contract/team.ts";
import { builtInTeams } from "#lib/core/status.ts";

export async function readTeams(db: Db): Promise<Team[]> {
  const [all, rules] = await Promise.all([
    db.select().from(teams).orderBy(asc(teams.position), asc(teams.slug)),
    db.select().from(teamRules).orderBy(asc(teamRules.position), asc(teamRules.id)),
  ]);
  return all.map(({ slug, name, kind, position }) => ({
    slug,
    name,
    kind,
    position,
    rules: rules
      .filter(({ team }) => team === slug)
      .map(({ provider, type, category, statusCode, contains }) => ({
        provider,
        type,
        category,
        statusCode,
        contains,
      })),
    builtIn: builtInTeams.some((builtIn) => builtIn === slug),
  }));
}
