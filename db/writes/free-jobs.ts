// Jobs that a dead worker had in its hands go to another. The job runner alone would keep them locked for four hours.
import type { Sql } from "#db/client.ts";

/** Silent for longer than any worker lives without its database. */
const deadAfter = "2 minutes";

export async function freeJobsOfDeadWorkers(sql: Sql): Promise<void> {
  await sql`
    with dead as (
      update redrive.workers as worker
      set job_workers = '{}'
      from redrive.workers as before
      where worker.id = before.id
        and worker.seen_at < now() - ${deadAfter}::interval
        and worker.job_workers <> '{}'
      returning before.job_workers
    )
    select graphile_worker.force_unlock_workers(array(select unnest(job_workers) from dead))
    from dead
    limit 1`;
}
