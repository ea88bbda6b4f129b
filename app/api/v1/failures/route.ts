import { readFailures } from "#db/reads/failures.ts";
import { Failures, FailuresQuery } from "#lib/contract/failure.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  query: FailuresQuery,
  output: Failures,
  run: ({ query, deps }) => readFailures(deps.db, query),
});
