import { previewOperation as preview } from "#db/writes/preview-operation.ts";
import { previewOperation } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(previewOperation, {
  run: ({ input, caller, deps }) => preview(deps.sql, input, caller),
});
