// The first administrator of an installation, without whom nobody could sign in.
import { connectSql } from "#db/client.ts";
import { ensureAdmin } from "#db/writes/ensure-admin.ts";
import { hashPassword } from "#lib/server/passwords.ts";

type Person = { email: string; password: string };

/** @returns whether the administrator was made now; where there is anyone at all, nothing changes. */
export async function ensureFirstPerson(databaseUrl: string, { email, password }: Person): Promise<boolean> {
  const sql = connectSql(databaseUrl, { name: "redrive first person", max: 1 });
  try {
    // A hash costs a tenth of a second by intent; every start but the first is spared it.
    const [known] = await sql`select from redrive.users limit 1`;
    if (known) return false;
    return await ensureAdmin(sql, { email, passwordHash: await hashPassword(password) });
  } finally {
    await sql.end({ timeout: 5 });
  }
}
