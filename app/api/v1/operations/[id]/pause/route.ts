import { changeOperation } from "#db/writes/change-operation.ts";
import { pauseOperation } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(pauseOperation, {
  run: ({ params, input, caller, deps }) =>
    changeOperation(deps.sql, { ...params, ...input, change: "pause" }, caller),
});
