// After a death that was not clean: what the dead owner may have had on its way becomes due at its deadline, for the old
// requests may still run, and counts against the batch size until then. A record that was there at three deaths is
// poison: it goes to failures, so that it can't take workers down for ever.
import type { Sql } from "#db/client.ts";
import type { Lease } from "#db/writes/take-lease.ts";

/** Interruptions after which a record is taken for the cause. */
export const interruptionsMax = 3;

const diedOnTheWay = "The worker died while it was on its way; it may have arrived.";

export type TakeOver = {
  interrupted: number;
  poisoned: number;
  phantoms: number;
  phantomsUntilMs: number | null;
};

export async function takeOver(sql: Sql, lease: Lease, batchSize: number): Promise<TakeOver> {
  const [result] = await sql<TakeOver[]>`
    with lease as (
      update redrive.provider_state
      set
        -- The journal runs a little ahead of the sockets, which never were more than the batch size.
        phantoms = least(
          ${lease.interrupted.length}::int + case when phantoms_until > now() then phantoms else 0 end,
          ${batchSize}::int
        ),
        phantoms_until = greatest(in_flight_until, phantoms_until),
        in_flight = '{}',
        in_flight_until = null
      where provider = ${lease.provider} and owner = ${lease.owner} and epoch = ${lease.epoch}
      returning phantoms, phantoms_until
    ), interrupted as (
      select
        queue.*,
        exists (
          select from redrive.canary_runs as run where run.record_id = queue.record_id and run.ended_at is null
        ) as is_canary
      from redrive.queue, lease
      where queue.record_id = any (${lease.interrupted}::uuid[])
    ), canaries as (
      -- A canary goes once: that its worker died is what it has to tell.
      delete from redrive.queue using interrupted
      where queue.record_id = interrupted.record_id and interrupted.is_canary
      returning queue.record_id
    ), told as (
      select redrive.end_canary_run(record_id, ${diedOnTheWay}) from canaries
    ), left_over as (
      select * from interrupted where not is_canary
    ), delayed as (
      update redrive.queue
      set
        interruptions = queue.interruptions + 1,
        due_at = greatest(queue.due_at, lease.phantoms_until)
      from left_over, lease
      where queue.record_id = left_over.record_id and left_over.interruptions + 1 < ${interruptionsMax}
      returning queue.record_id, queue.due_at
    ), poisoned as (
      delete from redrive.queue
      using left_over
      where queue.record_id = left_over.record_id and left_over.interruptions + 1 >= ${interruptionsMax}
      returning queue.*
    ), failed as (
      insert into redrive.failures
        (record_id, provider, category, team, fingerprint, message, attempts, tries, failed_at, ordering_key, redrives, revision)
      select
        record_id, provider, 'poison', 'technical', provider || ':poison',
        'The worker died three times while this record was on its way.', attempts, tries, clock_timestamp(),
        ordering_key, redrives, revision
      from poisoned
    ), freed as (
      delete from redrive.dedupe_keys using poisoned where dedupe_keys.record_id = poisoned.record_id
    ), continued as (
      select graphile_worker.add_job(
        outbox.on_failed,
        json_build_object('recordId', outbox.id, 'provider', outbox.provider,
          'correlationId', outbox.correlation_id, 'outcome', null, 'status', null,
          'response', null, 'error', 'The worker died three times while this record was on its way.')
      )
      from poisoned
      join redrive.outbox on outbox.id = poisoned.record_id
      where outbox.on_failed is not null
    ), timeline as (
      insert into redrive.events (record_id, at, kind, detail)
      select
        record_id, clock_timestamp(), 'interrupted',
        jsonb_build_object('error', 'The worker died while this was on its way; it may have arrived.', 'dueAt', due_at)
      from delayed
      union all
      select record_id, clock_timestamp(), 'discarded', jsonb_build_object('error', ${diedOnTheWay}::text)
      from canaries
      union all
      select
        record_id, clock_timestamp(), 'failed',
        jsonb_build_object('error', 'The worker died three times while this record was on its way.')
      from poisoned
    )
    select
      (select count(*)::int from delayed) as interrupted,
      (select count(*)::int from poisoned) as poisoned,
      (select count(*)::int from continued) as continuations,
      (select count(*)::int from told) as canaries,
      phantoms,
      extract(epoch from phantoms_until)::float8 * 1000 as phantoms_until_ms
    from lease`;
  return result ?? { interrupted: 0, poisoned: 0, phantoms: 0, phantomsUntilMs: null };
}
