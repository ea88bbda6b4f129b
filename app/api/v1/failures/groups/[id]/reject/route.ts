import { rejectGroup } from "#db/writes/reject-group.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.rejectGroup, {
  run: ({ params, input, caller, deps }) => rejectGroup(deps.sql, { ...params, ...input }, caller),
});
