// A person who may sign in.
import type { AnySql } from "#db/writes/transaction.ts";
import type { Role } from "#lib/core/access.ts";

type NewUser = { email: string; name: string; role: Role; passwordHash: string };

/** @returns the person's id */
export async function createUser(sql: AnySql, { email, name, role, passwordHash }: NewUser): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into redrive.users (email, name, role, password_hash)
    values (${email.toLowerCase()}, ${name}, ${role}, ${passwordHash})
    returning id`;
  if (!row) throw new Error("the user was not inserted");
  return row.id;
}
