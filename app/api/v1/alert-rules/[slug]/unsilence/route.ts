import { unsilenceRule } from "#db/writes/silence-rule.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.unsilenceAlertRule, {
  run: ({ params, caller, deps }) => unsilenceRule(deps.sql, params, caller),
});
