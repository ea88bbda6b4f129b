import { retryGroup } from "#db/writes/retry-group.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.retryGroup, {
  run: ({ params, input, caller, deps }) => retryGroup(deps.sql, { ...params, ...input }, caller),
});
