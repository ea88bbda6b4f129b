import { z } from "zod";
import { muteGroup } from "#db/writes/mute-group.ts";
import { GroupAct, GroupId, MuteGroup } from "#lib/contract/group.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "assign",
  params: z.object({ id: GroupId }),
  input: MuteGroup,
  output: GroupAct,
  run: ({ params, input, caller, deps }) =>
    muteGroup(deps.sql, { ...params, mutedUntil: input.until }, caller),
});
