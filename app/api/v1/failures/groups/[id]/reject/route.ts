import { z } from "zod";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { GroupAct, GroupId, RejectGroup } from "#lib/contract/group.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the group's team.
  may: anyOf("reject_technical", "reject_client_data"),
  params: z.object({ id: GroupId }),
  input: RejectGroup,
  output: GroupAct,
  run: ({ params, input, caller, deps }) => rejectGroup(deps.sql, { ...params, ...input }, caller),
});
