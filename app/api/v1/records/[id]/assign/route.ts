import { z } from "zod";
import { assignFailure } from "#db/writes/assign-failure.ts";
import { Assign } from "#lib/contract/group.ts";
import { RecordAct, RecordId } from "#lib/contract/record.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "assign",
  params: z.object({ id: RecordId }),
  input: Assign,
  output: RecordAct,
  run: ({ params, input, caller, deps }) => assignFailure(deps.sql, { ...params, ...input }, caller),
});
