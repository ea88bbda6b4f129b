// An access token that workers share, as it stands now.
import type { Sql } from "#db/client.ts";

export type StoredToken = {
  /** Its `fetchedAt` tells it from others of its credential. */
  good: { sealed: string; fetchedAt: string; renewInMs: number; endsInMs: number } | null;
  /** Why the last fetch failed, and for how long nobody tries again. */
  failure: { error: string; forMs: number } | null;
};

type Row = {
  sealed: string | null;
  fetchedAt: string;
  renewInMs: number;
  endsInMs: number;
  error: string | null;
  failedForMs: number;
};

export async function readToken(sql: Sql, credential: string): Promise<StoredToken | null> {
  // No token lasts longer than it did when it came, wherever the database's clock has gone since.
  const [row] = await sql<Row[]>`
    select
      sealed,
      fetched_at,
      extract(epoch from least(renew_at - clock_timestamp(), renew_at - fetched_at))::float8 * 1000 as renew_in_ms,
      extract(epoch from least(expires_at - clock_timestamp(), expires_at - fetched_at))::float8 * 1000 as ends_in_ms,
      error,
      extract(epoch from failed_until - clock_timestamp())::float8 * 1000 as failed_for_ms
    from redrive.tokens
    where credential = ${credential}`;
  if (!row) return null;
  const { sealed, fetchedAt, renewInMs, endsInMs, error, failedForMs } = row;
  return {
    good: sealed === null ? null : { sealed, fetchedAt, renewInMs, endsInMs },
    failure: error === null ? null : { error, forMs: failedForMs },
  };
}
