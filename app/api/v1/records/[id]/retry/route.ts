import { retryRecord } from "#db/writes/retry-record.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.retryRecord, {
  run: ({ params, input: { payload, ...input }, text, caller, deps }) =>
    retryRecord(
      deps.sql,
      { ...params, ...input, payloadText: payload === undefined ? undefined : exactPayload(text) },
      caller,
    ),
});
