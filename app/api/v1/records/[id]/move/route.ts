import { z } from "zod";
import { moveFailure } from "#db/writes/move-failures.ts";
import { MoveRecord } from "#lib/contract/group.ts";
import { RecordAct, RecordId } from "#lib/contract/record.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "assign",
  params: z.object({ id: RecordId }),
  input: MoveRecord,
  output: RecordAct,
  run: ({ params, input, caller, deps }) => moveFailure(deps.sql, { ...params, ...input }, caller),
});
