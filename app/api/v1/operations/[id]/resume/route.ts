import { changeOperation } from "#db/writes/change-operation.ts";
import { resumeOperation } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(resumeOperation, {
  run: ({ params, input, caller, deps }) =>
    changeOperation(deps.sql, { ...params, ...input, change: "resume" }, caller),
});
