import { readTeams } from "#db/reads/teams.ts";
import { createTeam } from "#db/writes/save-team.ts";
import { CreateTeam, Team, Teams } from "#lib/contract/team.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: Teams,
  run: async ({ deps }) => ({ items: await readTeams(deps.db), next: null }),
});

export const POST = route({
  may: "manage_desk",
  input: CreateTeam,
  output: Team,
  status: 201,
  headers: ({ slug }) => ({ location: `/api/v1/teams/${slug}` }),
  run: ({ input, caller, deps }) => createTeam(deps.sql, input, caller),
});
