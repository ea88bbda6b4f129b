// How each team did over the last seven days: what is open, how long until someone looked, how long until it was over.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import type { TeamFigures } from "#lib/contract/team.ts";

export async function readTeamFigures(db: Db): Promise<TeamFigures["items"]> {
  const items = await db.execute<TeamFigures["items"][number]>(sql`
    with lately as (
      -- What began in these days has its last failure in them as well: the index leads there.
      select team, opened_at, touched_at, resolved_at
      from redrive.failure_groups
      where last_at >= now() - interval '7 days' and opened_at >= now() - interval '7 days'
    ), lately_by_team as (
      select
        team,
        count(*)::int as groups,
        percentile_cont(0.5) within group (order by extract(epoch from touched_at - opened_at)::float8 * 1000)
          filter (where touched_at is not null) as first_touch_ms,
        percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at)::float8 * 1000)
          filter (where resolved_at is not null) as resolve_ms
      from lately
      group by team
    ), open as (
      select team, count(*)::int as groups, sum(open_records)::int as records
      from redrive.failure_groups
      where resolved_at is null and open_records > 0
      group by team
    )
    select
      teams.slug as team, teams.name as "teamName", coalesce(open.groups, 0) as "openGroups",
      coalesce(open.records, 0) as "openRecords", coalesce(lately_by_team.groups, 0) as groups,
      lately_by_team.first_touch_ms as "firstTouchMs", lately_by_team.resolve_ms as "resolveMs"
    from redrive.teams
    left join lately_by_team on lately_by_team.team = teams.slug
    left join open on open.team = teams.slug
    order by teams.position, teams.slug`);
  return [...items];
}
