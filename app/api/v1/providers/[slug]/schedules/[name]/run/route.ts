import { runSchedule } from "#db/writes/start-schedule.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.runSchedule, {
  run: ({ params, input, caller, deps }) => runSchedule(deps.sql, { ...params, ...input }, caller),
});
