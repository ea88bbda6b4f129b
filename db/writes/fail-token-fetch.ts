// A fetch that got no token: others learn why, and nobody tries again at once. A token that still lasts stays.
import type { Sql } from "#db/client.ts";

type Failed = { credential: string; fetchingBy: string; error: string; forMs: number };

export async function failTokenFetch(
  sql: Sql,
  { credential, fetchingBy, error, forMs }: Failed,
): Promise<void> {
  await sql`
    update redrive.tokens
    set
      fetching_by = null,
      fetching_until = null,
      error = ${error},
      failed_until = clock_timestamp() + ${forMs}::float8 * interval '1 millisecond'
    where credential = ${credential} and fetching_by = ${fetchingBy}`;
}
