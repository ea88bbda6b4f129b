import { z } from "zod";
import { noteGroup } from "#db/writes/note-group.ts";
import { GroupAct, GroupId, NoteGroup } from "#lib/contract/group.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "assign",
  params: z.object({ id: GroupId }),
  input: NoteGroup,
  output: GroupAct,
  run: ({ params, input, caller, deps }) => noteGroup(deps.sql, { ...params, ...input }, caller),
});
