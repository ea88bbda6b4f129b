// Ends an API key at once, with all that it was before. Its row stays, so that whoever still uses it is told why.
import { permissionsOfKey } from "#db/reads/keys.ts";
import { lockKey, noteKeyAct, refuseMoreThanOwn, savedKey } from "#db/writes/key-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ApiKey } from "#lib/contract/key.ts";

/** @throws Refused when there is no such key, somebody revoked it before, or it could do more than the actor. */
export async function revokeKey(sql: AnySql, id: string, by: Actor): Promise<ApiKey> {
  return inTransaction(sql, async (sql) => {
    const before = await lockKey(sql, { id, ifVersion: null });
    refuseMoreThanOwn(by, permissionsOfKey(before));
    const { name } = before;
    const { actor } = by;
    await sql`
      update redrive.api_keys
      set revoked_at = clock_timestamp(), revoked_by = ${actor}, version = version + 1
      where id = ${id}`;
    await noteKeyAct(sql, { id, action: "key.revoked", actor, detail: { name } });
    return savedKey(sql, id);
  });
}
