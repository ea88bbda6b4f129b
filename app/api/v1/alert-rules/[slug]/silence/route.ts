import { silenceRule } from "#db/writes/silence-rule.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.silenceAlertRule, {
  run: ({ params, input, caller, deps }) => silenceRule(deps.sql, { ...params, ...input }, caller),
});
