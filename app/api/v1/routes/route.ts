import { readRoutes } from "#db/reads/channels.ts";
import { saveRoutes } from "#db/writes/save-routes.ts";
import { Routes, SaveRoutes } from "#lib/contract/channel.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: Routes,
  run: async ({ deps }) => ({ items: await readRoutes(deps.db), next: null }),
});

export const PUT = route({
  may: "manage_desk",
  input: SaveRoutes,
  output: Routes,
  run: async ({ input, caller, deps }) => ({ items: await saveRoutes(deps.sql, input, caller), next: null }),
});
