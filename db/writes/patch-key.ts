// Changes an API key; it counts from the next request on.
import { permissionsOfKey } from "#db/reads/keys.ts";
import { checkKey, lockKey, noteKeyAct, refuseMoreThanOwn, savedKey } from "#db/writes/key-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ApiKey, PatchKey } from "#lib/contract/key.ts";

type Change = { id: string; patch: PatchKey; ifVersion: number | null };

/** @throws Refused when there is no such key, it is revoked or changed, could do more than the actor, or a field does not fit. */
export async function patchKey(sql: AnySql, { patch, ...which }: Change, by: Actor): Promise<ApiKey> {
  return inTransaction(sql, async (sql) => {
    const before = await lockKey(sql, which);
    const { scopes, ...others } = patch;
    // New scopes take the place of single permissions as well: what is shown is then all that there is.
    const changes = { ...others, ...(scopes && { grants: scopes, scopes: [] }) };
    const after = { ...before, ...defined(changes) };
    refuseMoreThanOwn(by, permissionsOfKey(before));
    refuseMoreThanOwn(by, permissionsOfKey(after));
    await checkKey(sql, patch);
    await sql`
      update redrive.api_keys
      set name = ${after.name}, grants = ${after.grants}, scopes = ${after.scopes}, providers = ${after.providers},
        owner = ${after.owner}, expires_at = ${after.expiresAt}, version = version + 1
      where id = ${which.id}`;
    await noteKeyAct(sql, {
      id: which.id,
      action: "key.changed",
      actor: by.actor,
      detail: { name: before.name, changed: defined(patch), before: asGiven(before) },
    });
    return savedKey(sql, which.id);
  });
}

const defined = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;

const asGiven = ({
  name,
  grants,
  scopes,
  providers,
  owner,
  expiresAt,
}: Awaited<ReturnType<typeof lockKey>>) => ({
  name,
  scopes: grants,
  permissions: scopes,
  providers,
  owner,
  expiresAt,
});
