import { deleteTeam, patchTeam } from "#db/writes/save-team.ts";
import * as operations from "#lib/contract/operations/teams.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const PATCH = serve(operations.patchTeam, {
  run: ({ params: { slug }, input, caller, deps }) => patchTeam(deps.sql, { slug, patch: input }, caller),
});

export const DELETE = serve(operations.deleteTeam, {
  run: ({ params: { slug }, caller, deps }) => deleteTeam(deps.sql, slug, caller),
});
