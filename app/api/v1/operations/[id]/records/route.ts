import { readOperationRecords } from "#db/reads/operations.ts";
import { noOperation } from "#db/writes/operation-row.ts";
import { listOperationRecords } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(listOperationRecords, {
  run: async ({ params, query, deps }) => {
    const found = await readOperationRecords(deps.db, params.id, query);
    if (!found) throw noOperation(params.id);
    return found;
  },
});
