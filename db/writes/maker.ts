// Who answers for a bulk operation: whoever started it, or sent it on its way again last. Workers carry it out long after that
// was allowed, so each step asks anew. The audit's rows of these acts name them by id, for a name may pass to another.
import type { TransactionSql } from "#db/client.ts";
import { type KeyRow, permissionsOfKey } from "#db/reads/keys.ts";
import type { Actor } from "#db/writes/refused.ts";
import { may, type Permission, type Role } from "#lib/core/access.ts";
import { boundsInWords, isBounded } from "#lib/core/key.ts";

type Who = { kind: "user" | "key"; id: string };
/** Somebody who acts now, and has to be found again later. */
export type Maker = Actor & Who;

export const makerOf = ({ kind, id }: Who): { maker: Who } => ({ maker: { kind, id } });

/** @returns why they may no longer do what takes all of these, to begin "…, so it stopped"; null when they may. */
export async function whyNoLonger(
  sql: TransactionSql,
  operation: string,
  needed: readonly Permission[],
): Promise<string | null> {
  const [found] = await sql<{ actor: string; maker: Who | null }[]>`
    select actor, detail -> 'maker' as maker
    from redrive.audit
    where subject_kind = 'operation' and subject_id = ${operation}
      and action in ('operation.created', 'operation.resumed')
    order by at desc, id desc
    limit 1`;
  if (!found?.maker) return "It is not known who started it";
  const { kind, id } = found.maker;
  return kind === "user"
    ? personNoLonger(sql, { id, name: found.actor }, needed)
    : keyNoLonger(sql, id, needed);
}

async function personNoLonger(
  sql: TransactionSql,
  { id, name }: { id: string; name: string },
  needed: readonly Permission[],
): Promise<string | null> {
  const [user] = await sql<{ role: Role; disabledAt: string | null }[]>`
    select role, disabled_at from redrive.users where id = ${id}`;
  if (!user || user.disabledAt !== null) return `${name} can't sign in any more`;
  const missing = needed.find((permission) => !may(user.role, permission));
  return missing === undefined ? null : `${name} lacks the permission ${missing} now`;
}

async function keyNoLonger(
  sql: TransactionSql,
  id: string,
  needed: readonly Permission[],
): Promise<string | null> {
  // Of the web process's environment, and with every permission: only there can it end.
  if (id === "bootstrap") return null;
  const [key] = await sql<(KeyRow & { hasExpired: boolean })[]>`
    select api_keys.*, coalesce(expires_at <= clock_timestamp(), false) as has_expired
    from redrive.api_keys
    where id = ${id}`;
  if (!key) return "The key that started it is gone";
  const name = `The key "${key.name}"`;
  if (key.revokedAt !== null) return `${name} was revoked`;
  if (key.hasExpired) return `${name} has expired`;
  if (isBounded(key)) return `${name} is kept to ${boundsInWords(key)} now`;
  const missing = needed.find((permission) => !permissionsOfKey(key).includes(permission));
  return missing === undefined ? null : `${name} lacks the permission ${missing} now`;
}
