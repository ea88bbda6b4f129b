// The process lives: it answers, and its event loop keeps up.
import { liveness } from "#lib/server/liveness.ts";

export const dynamic = "force-dynamic";

export const GET = (): Response => {
  const found = liveness();
  return Response.json(found, {
    status: found.status === "ok" ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
};
