// Ties a person to their member ID in Slack. They may do it themselves; of others, only who manages the desk.
import { audit } from "#db/writes/audit.ts";
import { type Actor, Denied, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { PatchPerson, Person } from "#lib/contract/person.ts";

type Patch = PatchPerson & { id: string };

/** @throws Refused when there is no such person, the ID is another's, or the actor may not. */
export async function patchPerson(
  sql: AnySql,
  { id, slackUserId }: Patch,
  by: Actor & { id: string },
): Promise<Person> {
  if (by.id !== id && !by.may("manage_desk")) throw new Denied("manage_desk");
  return inTransaction(sql, async (sql) => {
    // All rows of the ID in question in one order, so that two who want it at once don't wait for each other.
    const people = await sql<Person[]>`
      select id, name, email, role, slack_user_id, disabled_at is not null as is_disabled
      from redrive.users
      where id = ${id} or slack_user_id = ${slackUserId}
      order by id
      for update`;
    const person = people.find((one) => one.id === id);
    if (!person) throw new Refused("not_found", `There is no person ${id}.`);
    const other = people.find((one) => one.id !== id);
    if (other) {
      throw new Refused(
        "conflict",
        `${slackUserId} is the Slack member ID of ${other.name} <${other.email}>.`,
      );
    }
    if (person.slackUserId === slackUserId) return person;
    await sql`update redrive.users set slack_user_id = ${slackUserId} where id = ${id}`;
    await audit(sql, {
      actor: by.actor,
      action: "person.changed",
      subjectKind: "person",
      subjectId: id,
      detail: { slackUserId: { from: person.slackUserId, to: slackUserId } },
    });
    return { ...person, slackUserId };
  });
}
