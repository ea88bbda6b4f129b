import { myRecord } from "#components/portal/own-view.ts";
import { readMyRecords } from "#db/reads/my-records.ts";
import * as operations from "#lib/contract/operations/portal.ts";
import { servePortal } from "#lib/server/portal-route.ts";
import { viewGiven } from "#lib/server/portal-view.ts";

export const dynamic = "force-dynamic";

export const GET = servePortal(operations.listMyRecords, {
  run: async ({ query, caller, deps }) => {
    const [{ items, next }, given] = await Promise.all([
      readMyRecords(deps.db, { ...query, owner: caller.owner }),
      viewGiven(caller, deps),
    ]);
    return { items: items.map((own) => myRecord(own, given)), next };
  },
});
