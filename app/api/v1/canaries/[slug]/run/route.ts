import { runCanary } from "#db/writes/start-canary.ts";
import * as operations from "#lib/contract/operations/canaries.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.runCanary, {
  run: ({ params, input, caller, deps }) => runCanary(deps.sql, { ...params, ...input }, caller),
});
