// Puts records aside that are due but not first of their ordering key, so that no scan meets them again before their turn.
// Only the provider's owner parks, between two settlements: what it settles meanwhile can't free one that it parks.
import type { Sql } from "#db/client.ts";

type Owner = { provider: string; owner: string; epoch: number };

export async function parkFollowers(
  sql: Sql,
  { provider, owner, epoch }: Owner,
  ids: string[],
): Promise<void> {
  await sql`
    update redrive.queue
    set due_at = 'infinity'
    from redrive.provider_state as state
    where state.provider = ${provider} and state.owner = ${owner} and state.epoch = ${epoch}
      and queue.provider = ${provider}
      and queue.record_id = any (${ids}::uuid[])
      and queue.due_at < 'infinity'
      and (
        exists (
          select
          from redrive.queue as earlier
          where earlier.provider = queue.provider and earlier.ordering_key = queue.ordering_key
            and earlier.record_id < queue.record_id
        )
        or redrive.is_held_up(queue.provider, queue.ordering_key, queue.record_id)
      )`;
}
