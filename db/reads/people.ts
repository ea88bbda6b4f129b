// People, as signing in and each request look them up.
import { eq, ne, type SQL } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { users } from "#db/schema.ts";
import type { Person } from "#lib/contract/person.ts";
import type { Role } from "#lib/core/access.ts";

export type User = {
  id: string;
  email: string;
  name: string;
  role: Role;
  passwordHash: string;
  sessionVersion: number;
  isDisabled: boolean;
};

export const readUser = (db: Db, id: string): Promise<User | null> => readUserBy(db, eq(users.id, id));

/** By the address in lower case, as it is stored. */
export const readUserByEmail = (db: Db, email: string): Promise<User | null> =>
  readUserBy(db, eq(users.email, email));

/** Whose presses in Slack are done as theirs. */
export const readUserBySlackId = (db: Db, slackId: string): Promise<User | null> =>
  readUserBy(db, eq(users.slackUserId, slackId));

async function readUserBy(db: Db, which: SQL): Promise<User | null> {
  const [row] = await db.select().from(users).where(which);
  if (!row) return null;
  const { id, email, name, role, passwordHash, sessionVersion, disabledAt } = row;
  return { id, email, name, role, passwordHash, sessionVersion, isDisabled: disabledAt !== null };
}

/** All who can sign in, by name. */
export async function readPeople(db: Db): Promise<Person[]> {
  const rows = await db
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      role: users.role,
      slackUserId: users.slackUserId,
      disabledAt: users.disabledAt,
    })
    .from(users)
    .where(ne(users.role, "end_user"))
    .orderBy(users.name, users.email);
  return rows.map(({ disabledAt, ...person }) => ({ ...person, isDisabled: disabledAt !== null }));
}
