import { z } from "zod";
import { readFailureGroup } from "#db/reads/failure-groups.ts";
import { FailureGroup, GroupId } from "#lib/contract/group.ts";
import { Refusal } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  params: z.object({ id: GroupId }),
  output: FailureGroup,
  run: async ({ params: { id }, deps }) => {
    const group = await readFailureGroup(deps.db, id);
    if (!group) throw new Refusal("not_found", `There is no failure group ${id}.`);
    return group;
  },
});
