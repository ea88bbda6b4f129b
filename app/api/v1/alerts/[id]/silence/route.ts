import { silenceAlert } from "#db/writes/silence-alert.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.silenceAlert, {
  run: ({ params, input, caller, deps }) => silenceAlert(deps.sql, { ...params, ...input }, caller),
});
