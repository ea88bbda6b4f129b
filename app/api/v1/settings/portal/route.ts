import { savePortalSettings } from "#db/writes/save-portal-settings.ts";
import { PortalSettings } from "#lib/contract/portal.ts";
import { portalSettings } from "#lib/server/portal-settings.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "manage_desk",
  output: PortalSettings,
  run: ({ deps }) => portalSettings(deps),
});

export const PUT = route({
  may: "manage_desk",
  input: PortalSettings,
  output: PortalSettings,
  run: async ({ input, caller, deps }) => {
    await savePortalSettings(deps.sql, input, caller);
    return input;
  },
});
