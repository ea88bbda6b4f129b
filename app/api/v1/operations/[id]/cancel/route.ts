import { changeOperation } from "#db/writes/change-operation.ts";
import { cancelOperation } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(cancelOperation, {
  run: ({ params, input, caller, deps }) =>
    changeOperation(deps.sql, { ...params, ...input, change: "cancel" }, caller),
});
