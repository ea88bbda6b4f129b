import { assignFailure } from "#db/writes/assign-failure.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.assignRecord, {
  run: ({ params, input, caller, deps }) => assignFailure(deps.sql, { ...params, ...input }, caller),
});
