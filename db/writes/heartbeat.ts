// A worker says that it lives.
import type { Sql } from "#db/client.ts";

type Worker = {
  id: string;
  host: string;
  pid: number;
  /** What the application has registered there: kind → names. */
  offers?: Record<string, string[]>;
};

export async function heartbeat(sql: Sql, { id, host, pid, offers = {} }: Worker): Promise<void> {
  await sql`
    insert into redrive.workers (id, host, pid, offers) values (${id}, ${host}, ${pid}, ${sql.json(offers)})
    on conflict (id) do update set seen_at = now()`;
}

/** A worker that ended in order is not missed. */
export async function signOff(sql: Sql, id: string): Promise<void> {
  await sql`delete from redrive.workers where id = ${id}`;
}
