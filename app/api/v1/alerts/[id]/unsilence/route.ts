import { unsilenceAlert } from "#db/writes/silence-alert.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.unsilenceAlert, {
  run: ({ params, caller, deps }) => unsilenceAlert(deps.sql, params, caller),
});
