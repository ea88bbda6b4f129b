// How end users' pages look and who may frame them.
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { settings } from "#db/schema.ts";
import { PortalSettings } from "#lib/contract/portal.ts";

export const portalSettingsKey = "portal";

/** The defaults where nothing was set; null where what was set can't be read any more. */
export async function readPortalSettings(db: Db): Promise<PortalSettings | null> {
  const [row] = await db
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.key, portalSettingsKey));
  const parsed = PortalSettings.safeParse(row?.value ?? {});
  return parsed.success ? parsed.data : null;
}
