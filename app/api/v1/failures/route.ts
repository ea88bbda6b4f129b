import { readFailures } from "#db/reads/failures.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listFailures, {
  run: ({ query, deps }) => readFailures(deps.db, query),
});
