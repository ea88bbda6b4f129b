// The first person of an installation. Where there is anyone at all it changes nothing: a restart brings nobody back.
import type { AnySql } from "#db/writes/transaction.ts";
import { inTransaction } from "#db/writes/transaction.ts";

type Admin = { email: string; passwordHash: string };

/** @returns whether the admin was made now */
export async function ensureAdmin(sql: AnySql, { email, passwordHash }: Admin): Promise<boolean> {
  return inTransaction(sql, async (sql) => {
    // Several processes may start at once.
    await sql`select pg_advisory_xact_lock(hashtext('redrive.ensure_admin'))`;
    const made = await sql`
      insert into redrive.users (email, name, role, password_hash)
      select ${email.toLowerCase()}, 'Admin', 'admin', ${passwordHash}
      where not exists (select from redrive.users)
      returning id`;
    return made.length > 0;
  });
}
