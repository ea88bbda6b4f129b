import { showPayload } from "#db/writes/show-payload.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

// Not a GET: who sees what is hidden from them leaves a trace.
export const POST = serve(operations.showPayload, {
  run: ({ params, input, caller, deps }) => showPayload(deps.sql, { ...params, ...input }, caller),
});
