// Acts on a failure group by a link that was sent to somebody, once: the act and the link's end commit together, and of any
// number who come with it at once the first acts and the others learn who that was.
import type { TransactionSql } from "#db/client.ts";
import { recoveryTokenHash } from "#db/writes/create-recovery-link.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { Recover, Recovered } from "#lib/contract/recovery.ts";
import { may, type Permission, type Role } from "#lib/core/access.ts";
import { type RecoveryLink, whyUnusable } from "#lib/core/recovery-link.ts";

/** `signedInAs`: the e-mail address of a person whose session comes along; null without one. */
type ByLink = Recover & { token: string; signedInAs: string | null };

/** @throws Refused when there is no such link, it was used or has expired, is another's, or the act itself is refused. */
export async function actByLink(sql: AnySql, given: ByLink): Promise<Recovered> {
  const tokenHash = recoveryTokenHash(given.token);
  return inTransaction(sql, async (sql) => {
    const link = await lockLink(sql, tokenHash);
    if (!link) throw new Refused("not_found", "There is no such link.");
    const unusable = whyUnusable(link, { nowMs: link.nowMs, signedInAs: given.signedInAs });
    if (unusable) throw new Refused(unusable.code, unusable.detail, extrasOf(unusable));
    const actor = await actorOf(sql, link.recipient);
    const act = await actOn(sql, link.groupId, given, actor);
    await sql`
      update redrive.recovery_links
      set used_at = ${act.at}, used_by = ${act.by}, used_for = ${act.did}
      where token_hash = ${tokenHash}`;
    return act;
  });
}

const extrasOf = ({ by, at }: { by?: string; at?: string }) => (by && at ? { by, at } : {});

async function lockLink(
  sql: TransactionSql,
  tokenHash: string,
): Promise<(RecoveryLink & { groupId: string; nowMs: number }) | undefined> {
  const [link] = await sql<(RecoveryLink & { groupId: string; nowMs: number })[]>`
    select
      group_id, recipient, expires_at, used_at, used_by, used_for,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from redrive.recovery_links
    where token_hash = ${tokenHash}
    for update`;
  return link;
}

async function actOn(
  sql: TransactionSql,
  groupId: string,
  { runAgain, reason, code }: Recover,
  by: Actor,
): Promise<Recovered> {
  if (runAgain) return { did: "retried", ...(await retryGroup(sql, { id: groupId, reason }, by)) };
  const why = { reason: reason || "Rejected by the link, without a reason.", code: code ?? "other" };
  return { did: "rejected", ...(await rejectGroup(sql, { id: groupId, ...why }, by)) };
}

/** What a link lets somebody do who is no person here: who set the channel up trusts it with that. */
const byLink: readonly Permission[] = [
  "retry_technical",
  "retry_client_data",
  "reject_technical",
  "reject_client_data",
];

/** Whom the link was sent to. A person here may by a link what they may anyway, and no more. */
async function actorOf(sql: TransactionSql, recipient: string): Promise<Actor> {
  const [user] = await sql<{ name: string; email: string; role: Role; isDisabled: boolean }[]>`
    select name, email, role, disabled_at is not null as is_disabled
    from redrive.users
    where email = lower(${recipient})`;
  if (!user) return { actor: recipient, may: (permission) => byLink.includes(permission) };
  if (user.isDisabled) throw new Refused("forbidden", `${recipient} may not act here any more.`);
  return { actor: `${user.name} <${user.email}>`, may: (permission) => may(user.role, permission) };
}
