// A person as others name them, as timelines call them.
import type { TransactionSql } from "#db/client.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";

/**
 * @param named an e-mail address, `Ana <ana@example.org>`, or the actor's own name.
 * @throws Refused when nobody who looks after failures is called so.
 */
export async function whoIs(sql: TransactionSql, named: string, by: Pick<Actor, "actor">): Promise<string> {
  if (named === by.actor) return named;
  const email = (/<([^<>]+)>$/.exec(named)?.[1] ?? named).trim().toLowerCase();
  const [person] = await sql<{ name: string; email: string }[]>`
    select name, email from redrive.users where email = ${email} and disabled_at is null and role <> 'end_user'`;
  if (person) return `${person.name} <${person.email}>`;
  const message = `"${named}" is nobody here; give the e-mail address of a person who can sign in to this dashboard`;
  throw new Refused("invalid_input", `assignee: ${message}.`, { errors: [{ field: "assignee", message }] });
}
