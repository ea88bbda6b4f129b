import { z } from "zod";
import { retryGroup } from "#db/writes/retry-group.ts";
import { GroupAct, GroupId, RetryGroup } from "#lib/contract/group.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  // Which of the two is needed depends on the group's team.
  may: anyOf("retry_technical", "retry_client_data"),
  params: z.object({ id: GroupId }),
  input: RetryGroup,
  output: GroupAct,
  run: ({ params, input, caller, deps }) => retryGroup(deps.sql, { ...params, ...input }, caller),
});
