import { readFailureGroup } from "#db/reads/failure-groups.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getFailureGroup, {
  run: async ({ params: { id }, deps }) => {
    const group = await readFailureGroup(deps.db, id);
    if (!group) throw new Refusal("not_found", `There is no failure group ${id}.`);
    return group;
  },
});
