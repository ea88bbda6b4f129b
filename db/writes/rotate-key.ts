// Gives an API key a new secret. What it was before works beside it until its end; an earlier one keeps the end that it was
// promised, unless nothing is to work beside the new one.
import { permissionsOfKey } from "#db/reads/keys.ts";
import { type FreshKey, lockKey, noteKeyAct, refuseMoreThanOwn, savedKey } from "#db/writes/key-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ApiKey } from "#lib/contract/key.ts";

type Rotation = { id: string; overlapSeconds: number; ifVersion: number | null };

/** @throws Refused when there is no such key, it is revoked, expired or changed, or could do more than the actor. */
export async function rotateKey(
  sql: AnySql,
  { overlapSeconds, ...which }: Rotation,
  { keyHash, hint }: FreshKey,
  by: Actor,
): Promise<ApiKey> {
  return inTransaction(sql, async (sql) => {
    const before = await lockKey(sql, which);
    refuseMoreThanOwn(by, permissionsOfKey(before));
    if (before.expiresAt !== null && Date.parse(before.expiresAt) <= Date.now()) {
      throw new Refused("conflict", "This key has expired; give it a later end first, or make another.", {
        at: before.expiresAt,
      });
    }
    // Whoever wants no overlap wants an end, of all that the key ever was.
    if (overlapSeconds === 0) await sql`delete from redrive.former_keys where api_key = ${which.id}`;
    else {
      await sql`
        insert into redrive.former_keys (key_hash, api_key, until)
        values (
          ${before.keyHash}, ${which.id}, clock_timestamp() + ${overlapSeconds}::int * interval '1 second'
        )`;
    }
    await sql`
      update redrive.api_keys set key_hash = ${keyHash}, hint = ${hint}, version = version + 1 where id = ${which.id}`;
    await noteKeyAct(sql, {
      id: which.id,
      action: "key.rotated",
      actor: by.actor,
      detail: { name: before.name, overlapSeconds },
    });
    return savedKey(sql, which.id);
  });
}
