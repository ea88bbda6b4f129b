// Technical failures of a provider that recovered come back by themselves: the oldest first, a few at a time, in the last
// of its lanes, behind everything fresh.
import type { Sql, TransactionSql } from "#db/client.ts";
import { redrivesMost } from "#lib/core/recovery.ts";

type Owner = { provider: string; owner: string; epoch: number };

/** The lane of failures that come back: the least urgent there is. */
export const redrivePriority = 32_767;

export type Redriven = { back: number; againInMs: number | null };

/**
 * @param most how many of them may wait or be under way at once.
 * @param sinceMs only what failed before this recovery, ms since 1970: each comes back at most once in it.
 * @param restMs how long a failure rests at least.
 * @param coolDownBaseMs the second return waits so long after its failure, each further twice as long.
 * @returns how many came back now, and in how many ms to look again: 0 when others wait only for room, null when none is
 * left for this recovery.
 */
export async function redriveFailures(
  sql: Sql,
  { provider, owner, epoch }: Owner,
  given: { most: number; sinceMs: number; restMs: number; coolDownBaseMs: number },
): Promise<Redriven> {
  return (await sql.begin(async (sql) => {
    // Two statements: the queue refuses a record that stands in failures, as the first one's own snapshot still has it.
    const gone = await sql<
      { recordId: string; tries: number; orderingKey: string | null; redrives: number; revision: number }[]
    >`
      with chosen as (
        select failures.record_id
        from redrive.failures, redrive.provider_state as state
        where state.provider = ${provider} and state.owner = ${owner} and state.epoch = ${epoch}
          and failures.provider = ${provider}
          and failures.state = 'open'
          and ${mayComeBack(sql)}
          and failures.redrives < ${redrivesMost}
          and failures.failed_at < to_timestamp(${given.sinceMs}::float8 / 1000)
          and clock_timestamp() >= ${coolsAt(sql, given)}
          -- One that waits behind another of its ordering key would take up the room of those that can go.
          and (failures.ordering_key is null
            or not redrive.is_held_up(${provider}, failures.ordering_key, failures.record_id))
        order by failures.failed_at, failures.record_id
        limit greatest(0, ${given.most}::int - (
          select count(*)
          from redrive.queue
          where provider = ${provider} and priority = ${redrivePriority} and redrives > 0 and due_at < 'infinity'
        ))
        for update of failures skip locked
      )
      delete from redrive.failures
      using chosen
      where failures.record_id = chosen.record_id
      returning failures.record_id, failures.tries, failures.ordering_key, failures.redrives, failures.revision`;
    if (gone.length > 0) {
      await sql`
        with back as (
          insert into redrive.queue (record_id, provider, priority, due_at, attempts, tries, ordering_key, redrives, revision)
          select gone.id, ${provider}, ${redrivePriority}, clock_timestamp(), 0, gone.tries, gone.key, gone.redrives + 1, gone.revision
          from unnest(
            ${gone.map((one) => one.recordId)}::uuid[],
            ${gone.map((one) => one.tries)}::smallint[],
            ${gone.map((one) => one.orderingKey)}::text[],
            ${gone.map((one) => one.redrives)}::smallint[],
            ${gone.map((one) => one.revision)}::smallint[]
          ) as gone(id, tries, key, redrives, revision)
          returning record_id
        )
        insert into redrive.events (record_id, at, kind, actor, reason)
        select record_id, clock_timestamp(), 'redriven', 'Redrive', 'The provider recovered'
        from back`;
    }
    const [left] = await sql<{ againInMs: number | null }[]>`
      select greatest(0, extract(epoch from min(${coolsAt(sql, given)}) - clock_timestamp()) * 1000)::float8
        as again_in_ms
      from redrive.failures
      where provider = ${provider} and state = 'open' and ${mayComeBack(sql)} and redrives < ${redrivesMost}
        and failed_at < to_timestamp(${given.sinceMs}::float8 / 1000)`;
    return { back: gone.length, againInMs: left?.againInMs ?? null };
  })) as Redriven;
}

/** When a failure may come back. */
const coolsAt = (
  sql: TransactionSql,
  { restMs, coolDownBaseMs }: { restMs: number; coolDownBaseMs: number },
) => sql`
  failures.failed_at + interval '1 millisecond' * greatest(
    ${restMs}::float8,
    case when failures.redrives > 0 then least(86400000, ${coolDownBaseMs}::float8 * 2 ^ (failures.redrives - 1)) end
  )`;

/** An answer that its adapter could not read is the provider's trouble as well; one that was never called is ours. */
const mayComeBack = (sql: TransactionSql) => sql`
  (failures.category = 'technical' or (failures.category = 'adapter_error' and failures.status_code is not null))`;
