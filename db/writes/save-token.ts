// A token that was fetched, sealed, for all workers; its fetch is over.
import type { Sql } from "#db/client.ts";

type Fetched = {
  credential: string;
  fetchingBy: string;
  sealed: string;
  /** How long ago it came, ms. */
  ageMs: number;
  /** Counted from when it came, ms. */
  renewInMs: number;
  endsInMs: number;
};

/** @returns its `fetchedAt`; null when the fetch took so long that another has begun one. */
export async function saveToken(
  sql: Sql,
  { credential, fetchingBy, sealed, ageMs, renewInMs, endsInMs }: Fetched,
): Promise<string | null> {
  const [saved] = await sql<{ fetchedAt: string }[]>`
    update redrive.tokens
    set
      sealed = ${sealed},
      fetched_at = came.at,
      renew_at = came.at + ${renewInMs}::float8 * interval '1 millisecond',
      expires_at = came.at + ${endsInMs}::float8 * interval '1 millisecond',
      fetching_by = null,
      fetching_until = null,
      error = null,
      failed_until = null
    from (select clock_timestamp() - ${ageMs}::float8 * interval '1 millisecond' as at) as came
    where credential = ${credential} and fetching_by = ${fetchingBy}
    returning fetched_at`;
  return saved?.fetchedAt ?? null;
}
