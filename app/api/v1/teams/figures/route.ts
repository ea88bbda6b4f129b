import { readTeamFigures } from "#db/reads/team-figures.ts";
import * as operations from "#lib/contract/operations/teams.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getTeamFigures, {
  run: async ({ query, deps }) => pageOf(await readTeamFigures(deps.db), query, ({ team }) => team),
});
