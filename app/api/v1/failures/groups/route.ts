import { readFailureGroups } from "#db/reads/failure-groups.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listFailureGroups, {
  run: ({ query, deps }) => readFailureGroups(deps.db, query),
});
