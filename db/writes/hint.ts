// Tells the open pages what changed, when the transaction commits.
import type { AnySql } from "#db/writes/transaction.ts";
import { type Hint, hintChannel } from "#lib/contract/hint.ts";

export async function hint(sql: AnySql, ...hints: Hint[]): Promise<void> {
  await sql`
    select pg_notify(${hintChannel}, hint)
    from unnest(${hints.map((one) => JSON.stringify(one))}::text[]) as hint`;
}
