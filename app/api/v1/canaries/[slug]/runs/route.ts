import { canaryExists, readCanaryRuns } from "#db/reads/canaries.ts";
import * as operations from "#lib/contract/operations/canaries.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listCanaryRuns, {
  run: async ({ params: { slug }, query, deps }) => {
    if (!(await canaryExists(deps.db, slug))) throw new Refusal("not_found", `There is no canary "${slug}".`);
    return readCanaryRuns(deps.db, slug, query);
  },
});
