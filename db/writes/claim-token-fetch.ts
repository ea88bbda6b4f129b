// Takes the right to fetch a credential's token, where one is due and nobody else is fetching it. A fetcher that dies loses
// it when its time is over.
import type { Sql } from "#db/client.ts";

type Claim = { credential: string; fetchingBy: string; forMs: number };

export async function claimTokenFetch(sql: Sql, { credential, fetchingBy, forMs }: Claim): Promise<boolean> {
  const { count } = await sql`
    insert into redrive.tokens as token (credential, fetching_by, fetching_until)
    values (${credential}, ${fetchingBy}, clock_timestamp() + ${forMs}::float8 * interval '1 millisecond')
    on conflict (credential) do update
    set fetching_by = excluded.fetching_by, fetching_until = excluded.fetching_until
    where (token.sealed is null or token.renew_at <= clock_timestamp())
      and (token.fetching_until is null or token.fetching_until <= clock_timestamp())
      and (token.failed_until is null or token.failed_until <= clock_timestamp())`;
  return count > 0;
}
