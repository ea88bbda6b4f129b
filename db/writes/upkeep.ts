// What keeps the tables small and ready: partitions ahead of need, and no rows that nobody will read.
import type { Sql } from "#db/client.ts";
import { makePartitions } from "#db/partitions.ts";

export async function upkeep(sql: Sql): Promise<void> {
  await makePartitions(sql);
  await sql`delete from redrive.idempotency_keys where created_at < now() - interval '24 hours'`;
  await sql`delete from redrive.workers where seen_at < now() - interval '1 day'`;
  await sql`delete from redrive.throughput where bucket < now() - interval '90 days'`;
  await sql`delete from redrive.batch_changes where at < now() - interval '90 days'`;
}
