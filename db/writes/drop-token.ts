// Forgets a token that is of no use any more; one that has been fetched since stays.
import type { Sql } from "#db/client.ts";

export async function dropToken(sql: Sql, credential: string, fetchedAt: string): Promise<void> {
  await sql`
    update redrive.tokens
    set sealed = null, fetched_at = null, renew_at = null, expires_at = null
    where credential = ${credential} and fetched_at = ${fetchedAt}`;
}
