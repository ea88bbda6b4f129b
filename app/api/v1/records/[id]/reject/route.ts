import { rejectRecord } from "#db/writes/reject-record.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.rejectRecord, {
  run: ({ params, input, caller, deps }) => rejectRecord(deps.sql, { ...params, ...input }, caller),
});
