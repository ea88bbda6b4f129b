import { readOperations } from "#db/reads/operations.ts";
import { createOperation as create } from "#db/writes/create-operation.ts";
import { createOperation, listOperations } from "#lib/contract/operations/bulk.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(listOperations, { run: ({ query, deps }) => readOperations(deps.db, query) });

export const POST = serve(createOperation, {
  headers: ({ id }) => ({ location: `/api/v1/operations/${id}` }),
  run: ({ input, caller, deps }) => create(deps.sql, input, caller),
});
