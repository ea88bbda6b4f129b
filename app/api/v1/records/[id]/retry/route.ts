import { z } from "zod";
import { retryRecord } from "#db/writes/retry-record.ts";
import { RecordAct, RecordId, RetryRecord } from "#lib/contract/record.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the failure's team.
  may: anyOf("retry_technical", "retry_client_data"),
  params: z.object({ id: RecordId }),
  input: RetryRecord,
  output: RecordAct,
  run: ({ params, input: { payload, ...input }, text, caller, deps }) =>
    retryRecord(
      deps.sql,
      { ...params, ...input, payloadText: payload === undefined ? undefined : exactPayload(text) },
      caller,
    ),
});
