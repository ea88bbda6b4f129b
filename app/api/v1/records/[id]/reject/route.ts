import { z } from "zod";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { RecordAct, RecordId, RejectRecord } from "#lib/contract/record.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the failure's team.
  may: anyOf("reject_technical", "reject_client_data"),
  params: z.object({ id: RecordId }),
  input: RejectRecord,
  output: RecordAct,
  run: ({ params, input, caller, deps }) => rejectRecord(deps.sql, { ...params, ...input }, caller),
});
