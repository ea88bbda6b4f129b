// A worker says that it lives.
import type { Sql } from "#db/client.ts";

type Worker = {
  id: string;
  host: string;
  pid: number;
  /** What the application has registered there: kind → names. */
  offers?: Record<string, string[]>;
  /** The names under which it locks jobs. */
  jobWorkers?: string[];
};

export async function heartbeat(
  sql: Sql,
  { id, host, pid, offers = {}, jobWorkers = [] }: Worker,
): Promise<void> {
  await sql`
    insert into redrive.workers (id, host, pid, offers, job_workers)
    values (${id}, ${host}, ${pid}, ${sql.json(offers)}, ${jobWorkers})
    on conflict (id) do update set seen_at = now(), job_workers = excluded.job_workers`;
}

/** A worker that ended in order is not missed. */
export async function signOff(sql: Sql, id: string): Promise<void> {
  await sql`delete from redrive.workers where id = ${id}`;
}
