import { cancelRetry } from "#db/writes/cancel-retry.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.cancelRetry, {
  run: ({ params, caller, deps }) => cancelRetry(deps.sql, params.id, caller),
});
