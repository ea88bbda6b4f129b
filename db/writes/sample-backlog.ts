// Every ten seconds, once over all workers: how many records wait, how many of them are held, how old the oldest is.
import type { Sql } from "#db/client.ts";

export async function sampleBacklog(sql: Sql): Promise<void> {
  await sql.begin(async (transaction) => {
    const [lock] = await transaction<{ mine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtext('redrive.sample_backlog')) as mine`;
    if (!lock?.mine) return;
    const [sampled] = await transaction`
      select from redrive.throughput
      where bucket = date_bin('10 seconds', now(), '2000-01-01Z') and backlog is not null
      limit 1`;
    if (sampled) return;
    await transaction`
      with backlog as (
        select
          state.provider,
          redrive.hold_of(state.*) as hold,
          state.batch_size,
          count(queue.record_id)::int as waiting,
          (extract(epoch from now() - min(queue.due_at) filter (where queue.due_at <= now())) * 1000)::bigint as oldest_ms
        from redrive.provider_state as state
        cross join lateral (select redrive.canary_records(state.provider) as ids) as canary
        left join redrive.queue on queue.provider = state.provider and queue.record_id <> all (canary.ids)
        group by state.provider
      )
      insert into redrive.throughput (provider, bucket, batch_size, backlog, held, oldest_ms)
      select
        provider, date_bin('10 seconds', now(), '2000-01-01Z'), batch_size, waiting,
        case when hold is null then 0 else waiting end,
        greatest(0, oldest_ms)
      from backlog
      -- A provider that rests leaves no rows; its last ones show that it came to zero.
      where waiting > 0 or exists (
        select from redrive.throughput as recent
        where recent.provider = backlog.provider and recent.bucket >= now() - interval '1 minute'
          and (recent.backlog > 0 or recent.delivered > 0)
      )
      on conflict (provider, bucket) do update set
        backlog = excluded.backlog,
        held = excluded.held,
        oldest_ms = excluded.oldest_ms,
        batch_size = excluded.batch_size`;
  });
}
