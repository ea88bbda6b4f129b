// GET /p/{slug}/health: the truth, or a lie. Some real providers say 200 through a two-day outage.
import type { ServerResponse } from "node:http";
import type { Knobs } from "#lib/contract/simulator.ts";
import { sendJson } from "#simulator/http.ts";

export function health(knobs: Knobs, response: ServerResponse): void {
  if (knobs.health === "truth" && knobs.outage === "black_hole") return;
  if (isWell(knobs)) sendJson(response, 200, '{"status":"ok"}');
  else sendJson(response, 503, '{"status":"ill"}');
}

function isWell({ health, outage, ...shares }: Knobs): boolean {
  if (health !== "truth") return health === "always_ok";
  const failing = shares.errorShare + shares.timeoutShare + shares.resetShare + shares.lostReplyShare;
  return outage === "none" && failing < 0.5;
}
