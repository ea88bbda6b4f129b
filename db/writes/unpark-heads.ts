// Finds records that wait behind nobody any more: what two writers left parked who did not see each other.
import type { Sql } from "#db/client.ts";

export async function unparkHeads(sql: Sql): Promise<void> {
  await sql`select redrive.unpark_heads()`;
}
