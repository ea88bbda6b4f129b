// Ready to serve: the database answers, it is migrated, and a worker lives.
import { readReadiness } from "#db/reads/readiness.ts";
import { faultyDatabase, type Readiness, silentDatabase } from "#lib/core/readiness.ts";
import { deps } from "#lib/server/deps.ts";

export const dynamic = "force-dynamic";

export const GET = async (): Promise<Response> => {
  const found = await readiness();
  return Response.json(found, {
    status: found.status === "ready" ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
};

/** A probe waits no longer than this for the database. */
const patienceMs = 3_000;

async function readiness(): Promise<Readiness> {
  const { sql, log } = deps();
  const silence = Promise.withResolvers<Readiness>();
  const timer = setTimeout(() => silence.resolve(silentDatabase(patienceMs)), patienceMs);
  try {
    return await Promise.race([readReadiness(sql), silence.promise]);
  } catch (error) {
    log.warn({ err: error }, "not ready");
    return faultyDatabase(error);
  } finally {
    clearTimeout(timer);
  }
}
