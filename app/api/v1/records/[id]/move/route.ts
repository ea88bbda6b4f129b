import { moveFailure } from "#db/writes/move-failures.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.moveRecord, {
  run: ({ params, input, caller, deps }) => moveFailure(deps.sql, { ...params, ...input }, caller),
});
