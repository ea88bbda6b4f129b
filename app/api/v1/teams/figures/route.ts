import { readTeamFigures } from "#db/reads/team-figures.ts";
import * as operations from "#lib/contract/operations/teams.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getTeamFigures, {
  run: ({ deps }) => readTeamFigures(deps.db),
});
