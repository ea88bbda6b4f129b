import { z } from "zod";
import { skipRecord } from "#db/writes/skip-record.ts";
import { RecordAct, RecordId, SkipRecord } from "#lib/contract/record.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the failure's team.
  may: anyOf("reject_technical", "reject_client_data"),
  params: z.object({ id: RecordId }),
  input: SkipRecord,
  output: RecordAct,
  run: ({ params, input, caller, deps }) => skipRecord(deps.sql, { ...params, ...input }, caller),
});
