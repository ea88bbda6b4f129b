import { reopenRecord } from "#db/writes/reopen-record.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.reopenRecord, {
  run: ({ params, input, caller, deps }) => reopenRecord(deps.sql, { ...params, ...input }, caller),
});
