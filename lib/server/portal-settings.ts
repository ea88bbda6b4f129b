// The settings of end users' pages; what can't be read closes them to frames rather than opening them.
import { readPortalSettings } from "#db/reads/portal-settings.ts";
import { PortalSettings } from "#lib/contract/portal.ts";
import type { Deps } from "#lib/server/deps.ts";

export async function portalSettings({ db, log }: Pick<Deps, "db" | "log">): Promise<PortalSettings> {
  const settings = await readPortalSettings(db);
  if (settings) return settings;
  log.error("the settings of end users' pages can't be read; save them again");
  return PortalSettings.parse({});
}
