import { z } from "zod";
import { readRecord } from "#db/reads/record.ts";
import { RecordId } from "#lib/contract/record.ts";
import { Refusal } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  params: z.object({ id: RecordId }),
  run: async ({ params: { id }, caller, deps }) => {
    const record = await readRecord(deps.db, id, { payload: caller.may("see_payload") });
    if (!record) throw new Refusal("not_found", `There is no record ${id}.`);
    return record;
  },
});
