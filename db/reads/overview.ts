// What the first page shows, from rollups and capped counts: no tile scans a table that grows.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { readFailures } from "#db/reads/failures.ts";
import { readProviders } from "#db/reads/providers.ts";
import { readThroughput } from "#db/reads/throughput.ts";
import { isoOrNull } from "#db/reads/time.ts";
import { type Failures, FailuresQuery } from "#lib/contract/failure.ts";
import type { Overview } from "#lib/contract/overview.ts";
import type { ProviderSummary, ThroughputPoint } from "#lib/contract/provider.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";

const newestFailures = 5;
const successSpanMs = 5 * 60_000;

export async function readOverview(db: Db, nowMs = Date.now()): Promise<Overview> {
  const [all, throughput, failures, workerSeenAt] = await Promise.all([
    readProviders(db, nowMs),
    readThroughput(db, null, {}, nowMs),
    readFailures(db, FailuresQuery.parse({ limit: newestFailures })),
    readWorkerSeenAt(db),
  ]);
  const providers = all.filter(({ builtIn }) => !builtIn);
  return {
    deliveredPerMinute: providers.reduce((sum, provider) => sum + provider.deliveredPerMinute, 0),
    successRate: successRate(throughput.items, nowMs),
    oldestDueAt: oldest(providers),
    needHuman: needHumanOf(failures.counts),
    breakersOpen: providers.filter(({ state }) => state.breaker === "open").length,
    workerSeenAt,
    providers,
    throughput: throughput.items,
    newestFailures: failures.items,
  };
}

function needHumanOf({ technical, client_data, teams }: Failures["counts"]): Overview["needHuman"] {
  const all = Object.values(teams).reduce((sum, open) => sum + open, 0);
  return { technical, client_data, others: all - technical - client_data };
}

/** When any worker last said that it lives; null when none ever did. */
export async function readWorkerSeenAt(db: Db): Promise<string | null> {
  const [row] = await db.execute<{ seen_at: string | null }>(
    sql`select max(seen_at)::text as seen_at from redrive.workers`,
  );
  return isoOrNull(row?.seen_at ?? null);
}

function successRate(points: readonly ThroughputPoint[], nowMs: number): number | null {
  const recent = points.filter(({ at }) => Date.parse(at) >= nowMs - successSpanMs);
  const count = (of: readonly string[]) =>
    recent.reduce((sum, { byOutcome }) => sum + of.reduce((all, name) => all + (byOutcome[name] ?? 0), 0), 0);
  const all = count(outcomes);
  return all === 0 ? null : count(outcomes.filter(isDelivered)) / all;
}

// By time: as text, 12:00:00Z would sort after 12:00:00.5Z.
const oldest = (providers: readonly ProviderSummary[]): string | null =>
  providers
    .map(({ state }) => state.oldestDueAt)
    .filter((at) => at !== null)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
