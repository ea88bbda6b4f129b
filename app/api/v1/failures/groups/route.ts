import { readFailureGroups } from "#db/reads/failure-groups.ts";
import { FailureGroups, FailureGroupsQuery } from "#lib/contract/group.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  query: FailureGroupsQuery,
  output: FailureGroups,
  run: ({ query, deps }) => readFailureGroups(deps.db, query),
});
