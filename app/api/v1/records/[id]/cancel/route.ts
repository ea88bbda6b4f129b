import { z } from "zod";
import { cancelRetry } from "#db/writes/cancel-retry.ts";
import { CancelRetry, RecordAct, RecordId } from "#lib/contract/record.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the failure's team.
  may: anyOf("retry_technical", "retry_client_data"),
  params: z.object({ id: RecordId }),
  input: CancelRetry,
  output: RecordAct,
  run: ({ params, caller, deps }) => cancelRetry(deps.sql, params.id, caller),
});
