import { openMySession } from "#lib/contract/operations/portal.ts";
import { MySession } from "#lib/contract/portal.ts";
import { deps as ownDeps } from "#lib/server/deps.ts";
import { openSession } from "#lib/server/portal-caller.ts";
import { bearerOf, closedRefusal } from "#lib/server/portal-route.ts";
import { problemResponse } from "#lib/server/problem.ts";
import { serveAs } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

/** Exchanges a token, which is used up if it is good once, for another with the same rights until the same end. */
export const POST = serveAs(openMySession, async (request) => {
  const deps = ownDeps();
  try {
    const opened = await openSession(bearerOf(request), deps);
    if ("closed" in opened) throw closedRefusal(opened.closed);
    return Response.json(MySession.parse(opened.session), {
      status: 201,
      headers: { "cache-control": "no-store" },
    });
  } catch (error) {
    return problemResponse(error, deps.log);
  }
});
