// What writes of API keys share: the lock, who may give what, whether its bounds exist, and its audit row.
import type { TransactionSql } from "#db/client.ts";
import { type KeyRow, shownKey } from "#db/reads/keys.ts";
import { audit } from "#db/writes/audit.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import type { ApiKey } from "#lib/contract/key.ts";
import type { Permission } from "#lib/core/access.ts";

/** A fresh key: its hash, and its first characters, are all that is stored of it. */
export type FreshKey = { keyHash: string; hint: string };

/** @throws Refused when there is no such key, its version is another, or it is revoked. */
export async function lockKey(
  sql: TransactionSql,
  { id, ifVersion }: { id: string; ifVersion: number | null },
): Promise<KeyRow> {
  const [key] = await sql<KeyRow[]>`select * from redrive.api_keys where id = ${id} for update`;
  if (!key) throw new Refused("not_found", `There is no key ${id}.`);
  if (key.revokedAt !== null) throw alreadyRevoked(key);
  if (ifVersion !== null && ifVersion !== key.version) {
    throw new Refused(
      "version_mismatch",
      `This key was changed meanwhile; it is at version ${key.version} now. Load it anew.`,
    );
  }
  return key;
}

function alreadyRevoked({ revokedAt, revokedBy }: KeyRow): Refused {
  const at = revokedAt ?? "";
  return new Refused("conflict", `${revokedBy ?? "Somebody"} revoked this key at ${at}; make another.`, {
    ...(revokedBy === null ? {} : { by: revokedBy }),
    at,
  });
}

/** @throws Refused when a key could do what the one who gives, changes or ends it may not: it would be a way around that. */
export function refuseMoreThanOwn({ may }: Pick<Actor, "may">, given: readonly Permission[]): void {
  const beyond = given.filter((permission) => !may(permission));
  if (beyond.length === 0) return;
  throw new Refused(
    "forbidden",
    `This key could do more than you may: ${beyond.join(", ")}. Give it less, or ask somebody who may.`,
  );
}

/** @throws Refused naming what does not fit. */
export async function checkKey(
  sql: TransactionSql,
  { providers, expiresAt }: { providers?: string[] | null; expiresAt?: string | null },
): Promise<void> {
  if (expiresAt && Date.parse(expiresAt) <= Date.now()) {
    throw badField("expiresAt", "must be in the future; to end a key now, revoke it");
  }
  if (!providers) return;
  const known = await sql<{ slug: string }[]>`
    select slug from redrive.providers where slug = any(${providers})`;
  const missing = providers.filter((slug) => !known.some((one) => one.slug === slug));
  if (missing.length > 0) throw badField("providers", `there is no provider "${missing.join('", "')}"`);
}

function badField(field: string, message: string): Refused {
  return new Refused("invalid_input", `${field}: ${message}.`, { errors: [{ field, message }] });
}

/** The key as it stands now, to be answered. */
export async function savedKey(sql: TransactionSql, id: string): Promise<ApiKey> {
  const [key] = await sql<(KeyRow & { formerUntil: string | null })[]>`
    select
      api_keys.*,
      (select max(until)::text from redrive.former_keys where api_key = api_keys.id and until > now()) as former_until
    from redrive.api_keys
    where id = ${id}`;
  if (!key) throw new Error(`key ${id} is locked and gone`);
  return shownKey(key, key.formerUntil);
}

type Act = {
  id: string;
  action: "key.created" | "key.changed" | "key.rotated" | "key.revoked";
  actor: string;
  detail: Record<string, unknown>;
};

export const noteKeyAct = (sql: TransactionSql, { id, ...act }: Act): Promise<void> =>
  audit(sql, { ...act, subjectKind: "key", subjectId: id });
