import { readRoutes } from "#db/reads/channels.ts";
import { saveRoutes } from "#db/writes/save-routes.ts";
import * as operations from "#lib/contract/operations/channels.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listRoutes, {
  run: async ({ deps }) => ({ items: await readRoutes(deps.db), next: null }),
});

export const PUT = serve(operations.saveRoutes, {
  run: async ({ input, caller, deps }) => ({ items: await saveRoutes(deps.sql, input, caller), next: null }),
});
