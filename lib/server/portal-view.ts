// What putting an end user's records into words needs: the time, the zone they read it in, and what they may do.
import type { PortalAction } from "#lib/core/portal.ts";
import type { Deps } from "#lib/server/deps.ts";
import type { PortalCaller } from "#lib/server/portal-caller.ts";
import { portalSettings } from "#lib/server/portal-settings.ts";

export type PortalViewGiven = { nowMs: number; zone: string; actions: readonly PortalAction[] };

export async function viewGiven(
  { timeZone, actions }: PortalCaller,
  deps: Pick<Deps, "db" | "log">,
): Promise<PortalViewGiven> {
  const zone = timeZone ?? (await portalSettings(deps)).timeZone;
  return { nowMs: Date.now(), zone, actions };
}
