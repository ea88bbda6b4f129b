import { readTeamFigures } from "#db/reads/team-figures.ts";
import { TeamFigures } from "#lib/contract/team.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: TeamFigures,
  run: ({ deps }) => readTeamFigures(deps.db),
});
