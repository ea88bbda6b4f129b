// A worker says that it lives.
import type { Sql } from "#db/client.ts";

export async function heartbeat(sql: Sql, worker: { id: string; host: string; pid: number }): Promise<void> {
  await sql`
    insert into redrive.workers (id, host, pid) values (${worker.id}, ${worker.host}, ${worker.pid})
    on conflict (id) do update set seen_at = now()`;
}

/** A worker that ended in order is not missed. */
export async function signOff(sql: Sql, id: string): Promise<void> {
  await sql`delete from redrive.workers where id = ${id}`;
}
