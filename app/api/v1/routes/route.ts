import { readRoutes } from "#db/reads/channels.ts";
import { saveRoutes } from "#db/writes/save-routes.ts";
import * as operations from "#lib/contract/operations/channels.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listRoutes, {
  run: async ({ query, deps }) => pageOf(await readRoutes(deps.db), query, ({ id }) => id),
});

export const PUT = serve(operations.saveRoutes, {
  run: async ({ input, caller, deps }) => ({ items: await saveRoutes(deps.sql, input, caller), next: null }),
});
