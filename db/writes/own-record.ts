// What an end user's acts share: whose record it is, the name they act under, and refusals that tell nothing of our people.
import type { TransactionSql } from "#db/client.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { Permission } from "#lib/core/access.ts";
import { canaryType } from "#lib/core/desk.ts";
import { ownActorName, triesMost, triesPeriodMs } from "#lib/core/portal.ts";

/** An end user who may do just this. */
export const ownActor = (owner: string, permissions: readonly Permission[]): Actor => ({
  actor: ownActorName(owner),
  may: (permission) => permissions.includes(permission),
});

export type Own = { id: string; owner: string };

/**
 * Runs an act on an own record in one transaction.
 *
 * @param tooLate what the end user reads when someone or something was first.
 * @throws Refused `not_found` when the record is another's or nobody's.
 */
export async function onOwnRecord<T>(
  sql: AnySql,
  { id, owner }: Own,
  tooLate: string,
  act: (sql: TransactionSql) => Promise<T>,
): Promise<T> {
  return inTransaction(sql, async (sql) => {
    // A record's owner never changes, so there is nothing to lock.
    const [own] = await sql`
      select from redrive.outbox
      where id = ${id} and owner = ${owner} and type is distinct from ${canaryType}`;
    if (!own) throw new Refused("not_found", "There is nothing at this address.");
    try {
      return await act(sql);
    } catch (error) {
      // The operators' refusals name colleagues and states that mean nothing outside.
      if (error instanceof Refused && error.code === "conflict") throw new Refused("conflict", tooLate);
      throw error;
    }
  });
}

/**
 * Counts the try that this transaction has just made. Looked at after it: of two presses only one gets so far, and it sees
 * all that came before.
 *
 * @throws Refused `rate_limited` when it is one too many, saying when the next is possible.
 */
export async function countTry(sql: TransactionSql, { id, owner }: Own): Promise<void> {
  const [made] = await sql<{ tries: number; againAt: string }[]>`
    select
      count(*)::int as tries,
      -- This one is the newest; the one that fills the period with it must be over first.
      (array_agg(tried.at order by tried.at desc))[${triesMost + 1}::int]
        + ${triesPeriodMs}::bigint * interval '1 millisecond' as again_at
    from (
      select at, kind, actor, lead(kind) over (order by at) as next
      from redrive.events
      where record_id = ${id} and kind in ('retried', 'retry_cancelled')
        and at > clock_timestamp() - ${triesPeriodMs}::bigint * interval '1 millisecond'
    ) as tried
    where tried.kind = 'retried' and tried.actor = ${ownActorName(owner)}
      and tried.next is distinct from 'retry_cancelled'`;
  if (!made || made.tries <= triesMost) return;
  throw new Refused(
    "rate_limited",
    `You have tried ${triesMost} times within a day. The next try is possible later.`,
    { at: made.againAt },
  );
}
