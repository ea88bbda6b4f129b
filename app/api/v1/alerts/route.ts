import { readAlerts } from "#db/reads/alerts.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listAlerts, {
  run: ({ query, deps }) => readAlerts(deps.db, query),
});
