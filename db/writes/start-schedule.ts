// Starts a schedule once: whoever notes the start first adds its job, in the same transaction.
import { byClock, byNote } from "#db/reads/schedules.ts";
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { noProvider } from "#db/writes/provider-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";

type Start = {
  provider: string;
  schedule: string;
  dueAt: string;
  by: string;
  /** The schedule as it is: cron and zone. */
  form?: string;
};

/** @returns whether it was started now, and not by another worker before. */
export async function startSchedule(
  sql: AnySql,
  { provider, schedule, dueAt, by, form = "" }: Start,
): Promise<boolean> {
  const started = await sql`
    with run as (
      insert into redrive.schedule_runs (provider, schedule, due_at, started_by, form)
      values (${provider}, ${schedule}, ${dueAt}, ${by}, ${form})
      on conflict do nothing
      returning provider, schedule, due_at
    )
    select graphile_worker.add_job(
      'ingest',
      json_build_object('provider', provider, 'schedule', schedule, 'dueAt', ${dueAt}::text),
      max_attempts => 5
    )
    from run`;
  return started.length > 0;
}

/** A schedule that is new or has changed: from now on it runs when it is due. Noted once, however many workers see it. */
export async function noteSchedule(
  sql: AnySql,
  { provider, schedule, form = "" }: Pick<Start, "provider" | "schedule" | "form">,
): Promise<void> {
  await inTransaction(sql, async (sql) => {
    await sql`select pg_advisory_xact_lock(hashtext('redrive.note_schedule'))`;
    await sql`
      insert into redrive.schedule_runs (provider, schedule, due_at, started_by, form, ended_at, enqueued)
      select ${provider}, ${schedule}, clock_timestamp(), ${byNote}, ${form}, clock_timestamp(), 0
      where ${form} is distinct from (
        select form
        from redrive.schedule_runs
        where provider = ${provider} and schedule = ${schedule} and started_by in (${byClock}, ${byNote})
        order by due_at desc
        limit 1
      )`;
  });
}

type AdHoc = { slug: string; name: string; reason: string };

/** A person starts it now. @throws Refused when there is no such provider or schedule, or it is switched off. */
export async function runSchedule(
  sql: AnySql,
  { slug, name, reason }: AdHoc,
  { actor }: Pick<Actor, "actor">,
): Promise<{ provider: string; schedule: string; startedAt: string }> {
  return inTransaction(sql, async (sql) => {
    const [found] = await sql<{ disabled: boolean; names: string[]; now: string }[]>`
      select
        state.disabled,
        array(select schedule ->> 'name' from jsonb_array_elements(coalesce(policy -> 'schedules', '[]')) as schedule) as names,
        clock_timestamp() as now
      from redrive.providers
      join redrive.provider_state as state on state.provider = providers.slug
      where slug = ${slug}`;
    if (!found) throw noProvider(slug);
    if (!found.names.includes(name)) throw noSchedule(slug, name, found.names);
    if (found.disabled) throw new Refused("conflict", "The provider is switched off: switch it on first.");
    await startSchedule(sql, { provider: slug, schedule: name, dueAt: found.now, by: actor });
    await audit(sql, {
      actor,
      action: "provider.schedule_started",
      subjectKind: "provider",
      subjectId: slug,
      reason,
      detail: { schedule: name },
    });
    await hint(sql, { topic: "provider", provider: slug });
    return { provider: slug, schedule: name, startedAt: found.now };
  });
}

function noSchedule(slug: string, name: string, names: readonly string[]): Refused {
  const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  return new Refused("not_found", `The provider "${slug}" has no schedule "${name}"; ${known}.`);
}
