// Ends the failure groups of which nothing was open for ten minutes: what fails so after that is back again.
import type { Sql } from "#db/client.ts";

export async function resolveGroups(sql: Sql): Promise<void> {
  await sql`select redrive.resolve_groups()`;
}
