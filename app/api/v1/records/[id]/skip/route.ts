import { skipRecord } from "#db/writes/skip-record.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.skipRecord, {
  run: ({ params, input, caller, deps }) => skipRecord(deps.sql, { ...params, ...input }, caller),
});
