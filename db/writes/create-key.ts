// A new API key. What is stored of it can't be used: its hash and its first characters.
import { checkKey, type FreshKey, noteKeyAct, refuseMoreThanOwn, savedKey } from "#db/writes/key-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ApiKey, CreateKey } from "#lib/contract/key.ts";
import { permissionsOf } from "#lib/core/access.ts";

/** @throws Refused when it could do more than its maker, or a field does not fit. */
export async function createKey(
  sql: AnySql,
  given: CreateKey,
  { keyHash, hint }: FreshKey,
  by: Actor,
): Promise<ApiKey> {
  refuseMoreThanOwn(by, permissionsOf(given.scopes));
  return inTransaction(sql, async (sql) => {
    await checkKey(sql, given);
    const { name, scopes, providers, owner, expiresAt } = given;
    const [made] = await sql<{ id: string }[]>`
      insert into redrive.api_keys (name, key_hash, hint, grants, providers, owner, created_at, created_by, expires_at)
      values (
        ${name}, ${keyHash}, ${hint}, ${scopes}, ${providers}, ${owner}, clock_timestamp(), ${by.actor}, ${expiresAt}
      )
      returning id`;
    if (!made) throw new Error("the insert of a key returned no id");
    await noteKeyAct(sql, {
      id: made.id,
      action: "key.created",
      actor: by.actor,
      detail: { name, scopes, providers, owner, expiresAt },
    });
    return savedKey(sql, made.id);
  });
}
