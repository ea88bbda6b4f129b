import { acknowledgeAlert } from "#db/writes/acknowledge-alert.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.acknowledgeAlert, {
  run: ({ params, caller, deps }) => acknowledgeAlert(deps.sql, params, caller),
});
