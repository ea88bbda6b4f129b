// Every change of a provider's batch size or breaker within a range, and the last one before it, newest first, and why.
import { and, desc, eq, gte, lt, lte } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso } from "#db/reads/time.ts";
import { batchChanges } from "#db/schema.ts";
import type { BatchChanges, ChartRange } from "#lib/contract/provider.ts";

/** More than a chart can annotate or a person can read. */
const changesMax = 1_000;
const defaultSpanMs = 24 * 3_600_000;

/** The last day unless the range says otherwise: the newest 1,000, and the one before the range. */
export async function readBatchChanges(
  db: Db,
  slug: string,
  { from, to }: Pick<ChartRange, "from" | "to">,
  nowMs = Date.now(),
): Promise<BatchChanges> {
  const toMs = to ? Date.parse(to) : nowMs;
  const start = from ?? new Date(toMs - defaultSpanMs).toISOString();
  // How things stood when the range began.
  const before = await db
    .select()
    .from(batchChanges)
    .where(and(eq(batchChanges.provider, slug), lt(batchChanges.at, start)))
    .orderBy(desc(batchChanges.at), desc(batchChanges.id))
    .limit(1);
  const rows = await db
    .select()
    .from(batchChanges)
    .where(
      and(
        eq(batchChanges.provider, slug),
        gte(batchChanges.at, start),
        // Without an end the newest counts, whatever the clocks of this host and the database differ by.
        to ? lte(batchChanges.at, to) : undefined,
      ),
    )
    .orderBy(desc(batchChanges.at), desc(batchChanges.id))
    .limit(changesMax);
  return {
    items: [...rows, ...before].map(({ at, fromSize, toSize, breaker, reason, figures }) => ({
      at: iso(at),
      from: fromSize,
      to: toSize,
      breaker,
      reason,
      figures,
    })),
    next: null,
  };
}
