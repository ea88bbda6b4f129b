import { readRecord } from "#db/reads/record.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";
import { withoutOthers } from "#lib/server/within.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getRecord, {
  run: async ({ params: { id }, caller, within, deps }) => {
    const record = await readRecord(deps.db, id, { payload: caller.may("see_payload") });
    if (!record) throw new Refusal("not_found", `There is no record ${id}.`);
    return within ? withoutOthers(record, within, deps.sql) : record;
  },
});
