import { z } from "zod";
import { moveGroup } from "#db/writes/move-failures.ts";
import { GroupAct, GroupId, Move } from "#lib/contract/group.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "assign",
  params: z.object({ id: GroupId }),
  input: Move,
  output: GroupAct,
  run: ({ params, input, caller, deps }) => moveGroup(deps.sql, { ...params, ...input }, caller),
});
