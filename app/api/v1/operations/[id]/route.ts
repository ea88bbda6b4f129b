import { readOperation as read } from "#db/reads/operations.ts";
import { noOperation } from "#db/writes/operation-row.ts";
import { readOperation } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(readOperation, {
  run: async ({ params, deps }) => {
    const found = await read(deps.db, params.id);
    if (!found) throw noOperation(params.id);
    return found;
  },
});
