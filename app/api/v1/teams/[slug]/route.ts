import { z } from "zod";
import { deleteTeam, patchTeam } from "#db/writes/save-team.ts";
import { Slug } from "#lib/contract/slug.ts";
import { PatchTeam, Team } from "#lib/contract/team.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

const params = z.object({ slug: Slug });

export const PATCH = route({
  may: "manage_desk",
  params,
  input: PatchTeam,
  output: Team,
  run: ({ params: { slug }, input, caller, deps }) => patchTeam(deps.sql, { slug, patch: input }, caller),
});

export const DELETE = route({
  may: "manage_desk",
  params,
  run: async ({ params: { slug }, caller, deps }) => {
    await deleteTeam(deps.sql, slug, caller);
    return new Response(null, { status: 204 });
  },
});
