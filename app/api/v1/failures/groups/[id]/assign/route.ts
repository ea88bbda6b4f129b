import { z } from "zod";
import { assignGroup } from "#db/writes/assign-group.ts";
import { Assign, GroupAct, GroupId } from "#lib/contract/group.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "assign",
  params: z.object({ id: GroupId }),
  input: Assign,
  output: GroupAct,
  run: ({ params, input, caller, deps }) => assignGroup(deps.sql, { ...params, ...input }, caller),
});
