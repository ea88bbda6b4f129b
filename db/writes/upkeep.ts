// What keeps the tables small and ready: partitions ahead of need, and no rows that nobody will read.
import type { Sql } from "#db/client.ts";
import { makePartitions } from "#db/partitions.ts";

export async function upkeep(sql: Sql): Promise<void> {
  await makePartitions(sql);
  await sql`delete from redrive.idempotency_keys where created_at < now() - interval '24 hours'`;
  await sql`delete from redrive.former_keys where until < now()`;
  await sql`delete from redrive.dedupe_keys where expires_at < now()`;
  await sql`delete from redrive.used_once where expires_at < now()`;
  // Kept for a while: whoever comes late is told that it has ended, and not that it never was.
  await sql`delete from redrive.recovery_links where expires_at < now() - interval '30 days'`;
  await sql`delete from redrive.enqueued_keys where created_at < now() - interval '30 days'`;
  // Of a record that may still come again it says that it must not be run.
  await sql`
    delete from redrive.handled
    where at < now() - interval '1 day'
      and not exists (select from redrive.queue where queue.record_id = handled.record_id)
      and not exists (select from redrive.failures where failures.record_id = handled.record_id)`;
  await sql`delete from redrive.schedule_runs where due_at < now() - interval '90 days'`;
  await sql`delete from redrive.canary_runs where started_at < now() - interval '90 days'`;
  await sql`delete from redrive.workers where seen_at < now() - interval '1 day'`;
  // Of a credential that nobody uses any more: one in use, or being fetched, has a later end.
  await sql`
    delete from redrive.tokens
    where coalesce(greatest(expires_at, failed_until, fetching_until), '-infinity') < now() - interval '1 day'`;
  await sql`delete from redrive.recovery_links where expires_at < now() - interval '30 days'`;
  await sql`delete from redrive.inbound_minutes where minute < now() - interval '90 days'`;
  await sql`delete from redrive.throughput where bucket < now() - interval '90 days'`;
  await sql`delete from redrive.alerts where state = 'resolved' and resolved_at < now() - interval '90 days'`;
  await sql`delete from redrive.operations where ended_at < now() - interval '90 days'`;
  await sql`delete from redrive.batch_changes where at < now() - interval '90 days'`;
}
