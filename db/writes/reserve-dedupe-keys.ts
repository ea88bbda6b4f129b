// A record takes its dedupe key for the present period of its provider's zone just before it goes. Whoever has it already
// keeps it: at most one record of a key is sent in a period, however long any of them waited.
import type { Sql } from "#db/client.ts";

type Wanted = { id: string; dedupeKey: string };

/** @returns for each record who has its key: itself, or the record that was first. */
export async function reserveDedupeKeys(
  sql: Sql,
  provider: string,
  period: string,
  wanted: readonly Wanted[],
): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; holder: string }[]>`
    with wanted as (
      select * from unnest(
        ${wanted.map(({ id }) => id)}::uuid[],
        ${wanted.map(({ dedupeKey }) => dedupeKey)}::text[]
      ) as wanted(id, key)
    ), reserved as (
      insert into redrive.dedupe_keys as held (provider, key, period, record_id, expires_at)
      select distinct on (key) ${provider}, key, ${period}, id, clock_timestamp() + interval '40 days'
      from wanted
      order by key, id
      on conflict (provider, key, period) do update set expires_at = excluded.expires_at
      where held.record_id = excluded.record_id
      returning key, record_id
    )
    select wanted.id, coalesce(reserved.record_id, held.record_id) as holder
    from wanted
    left join reserved on reserved.key = wanted.key
    left join redrive.dedupe_keys as held
      on held.provider = ${provider} and held.key = wanted.key and held.period = ${period}`;
  return new Map(rows.map(({ id, holder }) => [id, holder]));
}
