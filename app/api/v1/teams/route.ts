import { readTeams } from "#db/reads/teams.ts";
import { createTeam } from "#db/writes/save-team.ts";
import * as operations from "#lib/contract/operations/teams.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listTeams, {
  run: async ({ query, deps }) => pageOf(await readTeams(deps.db), query, ({ slug }) => slug),
});

export const POST = serve(operations.createTeam, {
  headers: ({ slug }) => ({ location: `/api/v1/teams/${slug}` }),
  run: ({ input, caller, deps }) => createTeam(deps.sql, input, caller),
});
