// Whose a record is: its provider and owner, which never change.
import type { AnySql } from "#db/writes/transaction.ts";

export async function readRecordPlace(
  sql: AnySql,
  id: string,
): Promise<{ provider: string; owner: string | null } | null> {
  const [place] = await sql<{ provider: string; owner: string | null }[]>`
    select provider, owner from redrive.outbox where id = ${id}`;
  return place ?? null;
}
