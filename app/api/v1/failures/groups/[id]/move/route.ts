import { moveGroup } from "#db/writes/move-failures.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.moveGroup, {
  run: ({ params, input, caller, deps }) => moveGroup(deps.sql, { ...params, ...input }, caller),
});
