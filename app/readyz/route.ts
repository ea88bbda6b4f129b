// Ready to serve: the database answers, it is migrated, and a worker lives.
import { readUnreadiness } from "#db/reads/readiness.ts";
import { deps } from "#lib/server/deps.ts";

export const dynamic = "force-dynamic";

export const GET = async (): Promise<Response> => {
  const reasons = await unreadiness();
  return Response.json(
    { status: reasons.length === 0 ? "ready" : "not ready", reasons },
    { status: reasons.length === 0 ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
};

/** A probe waits no longer than this for the database. */
const patienceMs = 3_000;

async function unreadiness(): Promise<string[]> {
  const { db, log } = deps();
  const silence = Promise.withResolvers<string[]>();
  const timer = setTimeout(() => silence.resolve(["the database does not answer"]), patienceMs);
  try {
    return await Promise.race([readUnreadiness(db), silence.promise]);
  } catch (error) {
    log.warn({ err: error }, "not ready");
    return ["the database does not answer"];
  } finally {
    clearTimeout(timer);
  }
}
