// Remembers that an API key was used, to the minute: a busy key writes once a minute, not once a request.
import type { Sql } from "#db/client.ts";

export const keyUseMs = 60_000;

export async function noteKeyUse(sql: Sql, id: string): Promise<void> {
  // One of many requests writes; the others, and a change that is being saved, are not waited for.
  await sql`
    update redrive.api_keys set last_used_at = now()
    where id = (
      select id from redrive.api_keys
      where id = ${id} and (last_used_at is null or last_used_at <= now() - ${keyUseMs}::int * interval '1 millisecond')
      for update skip locked
    )`;
}
