// Canaries with their last runs: the strips; and one's runs, a page at a time.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { Canary, CanaryRun, CanaryRuns, CanaryRunsQuery } from "#lib/contract/canary.ts";
import { canaryState, runState } from "#lib/core/canary.ts";
import { nextRunMs } from "#lib/core/cron.ts";
import { loopbackAdapter, loopbackSlug } from "#lib/core/loopback.ts";

/** So many runs a strip shows. */
const stripRuns = 60;

type Row = Pick<
  Canary,
  | "slug"
  | "provider"
  | "providerName"
  | "cron"
  | "timeZone"
  | "payload"
  | "expect"
  | "limitMs"
  | "enabled"
  | "version"
  | "updatedBy"
> & {
  adapter: string;
  isOn: boolean;
  updatedAt: string;
  updatedMs: number;
  nowMs: number;
  runs: RunRow[];
};

type RunRow = {
  dueAt: string;
  startedBy: string;
  startedAt: string;
  startedMs: number;
  endedAt: string | null;
  ok: boolean | null;
  slow: boolean;
  tookMs: number | null;
  error: string | null;
  recordId: string | null;
};

type Which = { provider?: string | undefined; slug?: string | undefined };

/** All of them, or those of one provider, or one; the built-in one first. Without `payload` none is shown. */
export async function readCanaries(
  db: Db,
  { provider, slug }: Which,
  { payload: mayReadPayload }: { payload: boolean },
  nowMs?: number,
): Promise<Canary[]> {
  const rows = await db.execute<Row>(sql`
    select
      canary.slug, canary.provider, coalesce(providers.policy ->> 'name', canary.provider) as "providerName",
      providers.policy ->> 'adapter' as adapter, canary.cron, canary.time_zone as "timeZone", canary.payload, canary.expect,
      canary.limit_ms as "limitMs", canary.enabled, canary.version, canary.updated_at::text as "updatedAt",
      canary.updated_by as "updatedBy", extract(epoch from canary.updated_at)::float8 * 1000 as "updatedMs",
      extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs",
      canary.enabled and not state.disabled
        and not coalesce((providers.policy -> 'flags' ->> 'shadow')::boolean, false) as "isOn",
      recent.runs
    from redrive.canaries as canary
    join redrive.providers on providers.slug = canary.provider
    join redrive.provider_state as state on state.provider = canary.provider
    cross join lateral (
      select coalesce(json_agg(json_build_object(${runMembers}) order by run.due_at), '[]') as runs
      from (
        select * from redrive.canary_runs
        where canary_runs.canary = canary.slug
        order by due_at desc
        limit ${stripRuns}
      ) as run
    ) as recent
    where ${provider === undefined ? sql`true` : sql`canary.provider = ${provider}`}
      and ${slug === undefined ? sql`true` : sql`canary.slug = ${slug}`}
    order by providers.policy ->> 'adapter' <> ${loopbackAdapter}, "providerName", canary.slug`);
  return rows.map((row) => canaryOf(row, mayReadPayload, nowMs ?? row.nowMs));
}

function canaryOf(row: Row, mayReadPayload: boolean, nowMs: number): Canary {
  const { adapter, isOn, updatedMs, runs, nowMs: _, ...canary } = row;
  const nextMs = isOn ? nextRunMs(canary.cron, canary.timeZone, nowMs) : null;
  return {
    ...canary,
    builtIn: adapter === loopbackAdapter && canary.slug === loopbackSlug,
    payload: mayReadPayload ? canary.payload : null,
    payloadHidden: !mayReadPayload,
    updatedAt: iso(canary.updatedAt),
    state: canaryState(
      {
        ...canary,
        isOn,
        changedAtMs: updatedMs,
        runs: runs.map((run) => ({ state: runState(run), startedAtMs: run.startedMs })).reverse(),
      },
      nowMs,
    ),
    nextAt: nextMs === null ? null : new Date(nextMs).toISOString(),
    runs: runs.map(runOf),
  };
}

/** One's runs, newest first. */
export async function readCanaryRuns(
  db: Db,
  slug: string,
  { after, limit }: CanaryRunsQuery,
): Promise<CanaryRuns> {
  const before: SQL =
    after === undefined ? sql`true` : sql`run.due_at < ${fromCursor(after)[0]}::timestamptz`;
  const rows = await db.execute<{ run: RunRow }>(sql`
    select json_build_object(${runMembers}) as run
    from redrive.canary_runs as run
    where run.canary = ${slug} and ${before}
    order by run.due_at desc
    limit ${limit + 1}`);
  const items = rows.slice(0, limit).map(({ run }) => runOf(run));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? toCursor([last.dueAt, last.recordId ?? nilId]) : null };
}

export async function canaryExists(db: Db, slug: string): Promise<boolean> {
  const found = await db.execute(sql`select from redrive.canaries where slug = ${slug}`);
  return found.length > 0;
}

const nilId = "00000000-0000-0000-0000-000000000000";

const runMembers = sql`
  'dueAt', run.due_at::text, 'startedBy', run.started_by, 'startedAt', run.started_at::text,
  'startedMs', extract(epoch from run.started_at)::float8 * 1000, 'endedAt', run.ended_at::text, 'ok', run.ok,
  'slow', run.slow, 'tookMs', run.took_ms, 'error', run.error, 'recordId', run.record_id`;

const runOf = (run: RunRow): CanaryRun => ({
  dueAt: iso(run.dueAt),
  startedBy: run.startedBy,
  startedAt: iso(run.startedAt),
  endedAt: isoOrNull(run.endedAt),
  state: runState(run),
  tookMs: run.tookMs,
  error: run.error,
  recordId: run.recordId,
});
