import { assignGroup } from "#db/writes/assign-group.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.assignGroup, {
  run: ({ params, input, caller, deps }) => assignGroup(deps.sql, { ...params, ...input }, caller),
});
