// Takes a key that is good once; of any number who try at the same time exactly one gets it.
import type { AnySql } from "#db/writes/transaction.ts";

/** False when someone used it before. Until `expiresAt` nobody else can; after that it must be refused for its age. */
export async function takeOnce(sql: AnySql, key: string, expiresAt: string): Promise<boolean> {
  const taken = await sql`
    insert into redrive.used_once (key, expires_at) values (${key}, ${expiresAt})
    on conflict (key) do nothing
    returning key`;
  return taken.length > 0;
}
