import { z } from "zod";
import { reopenRecord } from "#db/writes/reopen-record.ts";
import { RecordAct, RecordId, ReopenRecord } from "#lib/contract/record.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the failure's team.
  may: anyOf("reject_technical", "reject_client_data"),
  params: z.object({ id: RecordId }),
  input: ReopenRecord,
  output: RecordAct,
  run: ({ params, input, caller, deps }) => reopenRecord(deps.sql, { ...params, ...input }, caller),
});
