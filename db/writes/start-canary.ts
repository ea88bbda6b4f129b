// Starts a canary once: whoever notes the run first inserts its record, in the same statement.
import { byClock } from "#db/reads/schedules.ts";
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { StartedCanary } from "#lib/contract/canary.ts";
import { canaryType } from "#lib/core/desk.ts";

type Start = { slug: string; dueAt: string; by?: string };

/** @returns null when it was started before, or one of it is under way. */
export async function startCanary(
  sql: AnySql,
  { slug, dueAt, by = byClock }: Start,
): Promise<StartedCanary | null> {
  const [started] = await sql<StartedCanary[]>`
    with run as (
      insert into redrive.canary_runs (canary, due_at, started_by, record_id)
      select slug, ${dueAt}::timestamptz, ${by}, redrive.uuid_v7()
      from redrive.canaries
      where slug = ${slug}
      -- Noted already, or one of it is under way.
      on conflict do nothing
      returning canary, due_at, record_id, started_at
    ), record as (
      insert into redrive.outbox (id, provider, payload, type, subject, correlation_id, keep_response)
      select
        run.record_id, canary.provider, canary.payload, ${canaryType}, 'Canary ' || canary.slug,
        canary.slug || '@' || to_char(run.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        canary.expect ? 'jsonPath'
      from run
      join redrive.canaries as canary on canary.slug = run.canary
      returning provider
    )
    select run.canary, record.provider, run.record_id, run.started_at from run, record`;
  return started ?? null;
}

/**
 * A person starts it now, beside its times.
 *
 * @throws Refused when there is no such canary, its provider is switched off, or one of it is under way.
 */
export async function runCanary(
  sql: AnySql,
  { slug, reason }: { slug: string; reason?: string | undefined },
  { actor }: Pick<Actor, "actor">,
): Promise<StartedCanary> {
  return inTransaction(sql, async (sql) => {
    const [found] = await sql<{ disabled: boolean; now: string }[]>`
      select state.disabled, clock_timestamp() as now
      from redrive.canaries as canary
      join redrive.provider_state as state on state.provider = canary.provider
      where canary.slug = ${slug}`;
    if (!found) throw noCanary(slug);
    if (found.disabled) throw new Refused("conflict", "The provider is switched off: switch it on first.");
    const started = await startCanary(sql, { slug, dueAt: found.now, by: actor });
    if (started === null) throw await underWay(sql, slug);
    await audit(sql, {
      actor,
      action: "canary.started",
      subjectKind: "canary",
      subjectId: slug,
      ...(reason !== undefined && { reason }),
      detail: { record: started.recordId },
    });
    await hint(sql, { topic: "provider", provider: started.provider });
    return started;
  });
}

export const noCanary = (slug: string): Refused => new Refused("not_found", `There is no canary "${slug}".`);

async function underWay(sql: AnySql, slug: string): Promise<Refused> {
  const [run] = await sql<{ by: string; at: string }[]>`
    select started_by as by, started_at as at from redrive.canary_runs where canary = ${slug} and ended_at is null`;
  if (!run) return new Refused("conflict", "One was started at this very moment: look at its runs.");
  return new Refused(
    "conflict",
    `${run.by} started one at ${run.at}, which is under way: wait for its end.`,
    run,
  );
}
