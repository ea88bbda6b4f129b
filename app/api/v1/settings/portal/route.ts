import { savePortalSettings } from "#db/writes/save-portal-settings.ts";
import * as operations from "#lib/contract/operations/portal.ts";
import { portalSettings } from "#lib/server/portal-settings.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getPortalSettings, {
  run: ({ deps }) => portalSettings(deps),
});

export const PUT = serve(operations.savePortalSettings, {
  run: async ({ input, caller, deps }) => {
    await savePortalSettings(deps.sql, input, caller);
    return input;
  },
});
