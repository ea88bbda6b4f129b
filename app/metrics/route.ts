// For Prometheus, and what reads as it does: figures of the installation, never of a record.
import { readMetrics } from "#db/reads/metrics.ts";
import { deps } from "#lib/server/deps.ts";
import { metricsText } from "#lib/server/metrics.ts";

export const dynamic = "force-dynamic";

type Scrape = { text: string; contentType: string };

/** However many ask at once, the database is asked once a second. */
const freshForMs = 1_000;

// On globalThis: Next may load this module more than once in a process.
const home = globalThis as typeof globalThis & { redriveScrape?: { atMs: number; scrape: Promise<Scrape> } };

export const GET = async (): Promise<Response> => {
  const { log } = deps();
  try {
    const { text, contentType } = await latest();
    return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
  } catch (error) {
    log.warn({ err: error }, "no metrics");
    return new Response("# The database could not be asked: see this process's log.\n", {
      status: 503,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
};

function latest(): Promise<Scrape> {
  const nowMs = Date.now();
  const known = home.redriveScrape;
  if (known && nowMs >= known.atMs && nowMs - known.atMs < freshForMs) return known.scrape;
  const scrape = readMetrics(deps().sql).then(metricsText);
  home.redriveScrape = { atMs: nowMs, scrape };
  return scrape;
}
