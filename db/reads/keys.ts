// API keys: as each request looks one up, and as their settings page shows them.
import { desc, eq, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { apiKeys } from "#db/schema.ts";
import type { ApiKey, KeyState } from "#lib/contract/key.ts";
import { type Permission, permissions, permissionsOf } from "#lib/core/access.ts";
import type { Bounds } from "#lib/core/key.ts";

export type KeyRow = typeof apiKeys.$inferSelect;

/** A key that somebody shows us. */
export type PresentedKey = Bounds & {
  id: string;
  name: string;
  permissions: Permission[];
  state: KeyState;
  lastUsedAt: string | null;
};

/** By its SHA-256. Timing tells nothing: nobody can choose a hash's leading digits and know the key. */
export async function readPresentedKey(db: Db, keyHash: string): Promise<PresentedKey | null> {
  const [row] = await db
    .select()
    .from(apiKeys)
    .where(
      sql`key_hash = ${keyHash}
        or id = (select api_key from redrive.former_keys where key_hash = ${keyHash} and until > now())`,
    );
  if (!row) return null;
  const { id, name, providers, owner, lastUsedAt } = row;
  return {
    id,
    name,
    providers,
    owner,
    permissions: permissionsOfKey(row),
    state: stateOf(row),
    lastUsedAt: isoOrNull(lastUsedAt),
  };
}

/** What its scopes and single permissions come to; a word that is neither gives nothing. */
export function permissionsOfKey({ grants, scopes }: Pick<KeyRow, "grants" | "scopes">): Permission[] {
  const granted = permissionsOf(grants);
  return permissions.filter((permission) => granted.includes(permission) || scopes.includes(permission));
}

function stateOf({ revokedAt, expiresAt }: Pick<KeyRow, "revokedAt" | "expiresAt">): KeyState {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && Date.parse(iso(expiresAt)) <= Date.now() ? "expired" : "active";
}

/** The newest first. */
export const readKeys = (db: Db): Promise<ApiKey[]> => readShown(db, sql`true`);

export const readKey = async (db: Db, id: string): Promise<ApiKey | null> =>
  (await readShown(db, eq(apiKeys.id, id)))[0] ?? null;

async function readShown(db: Db, where: SQL): Promise<ApiKey[]> {
  const rows = await db
    .select({
      key: apiKeys,
      formerUntil: sql<string | null>`(
        select max(until)::text from redrive.former_keys where api_key = ${apiKeys.id} and until > now()
      )`,
    })
    .from(apiKeys)
    .where(where)
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id));
  return rows.map(({ key, formerUntil }) => shownKey(key, formerUntil));
}

/** A key as it is shown: nothing by which it could be used. */
export const shownKey = (row: KeyRow, formerUntil: string | null): ApiKey => ({
  id: row.id,
  name: row.name,
  state: stateOf(row),
  hint: row.hint,
  scopes: row.grants,
  permissions: permissionsOfKey(row),
  providers: row.providers,
  owner: row.owner,
  version: row.version,
  createdAt: iso(row.createdAt),
  createdBy: row.createdBy,
  expiresAt: isoOrNull(row.expiresAt),
  lastUsedAt: isoOrNull(row.lastUsedAt),
  formerUntil: isoOrNull(formerUntil),
  revokedAt: isoOrNull(row.revokedAt),
  revokedBy: row.revokedBy,
});
