import { myRecordDetail } from "#components/portal/own-view.ts";
import { readMyRecord } from "#db/reads/my-records.ts";
import * as operations from "#lib/contract/operations/portal.ts";
import { servePortal } from "#lib/server/portal-route.ts";
import { viewGiven } from "#lib/server/portal-view.ts";
import { Refusal } from "#lib/server/problem.ts";

export const dynamic = "force-dynamic";

export const GET = servePortal(operations.getMyRecord, {
  run: async ({ params, caller, deps }) => {
    const own = await readMyRecord(deps.db, caller.owner, params.id);
    if (!own) throw new Refusal("not_found", "There is nothing at this address.");
    return myRecordDetail(own, await viewGiven(caller, deps));
  },
});
