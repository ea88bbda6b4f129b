// An end user tries an own record again; it leaves in five seconds, and can be taken back until then.
import { countTry, type Own, onOwnRecord, ownActor } from "#db/writes/own-record.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";

/** @throws Refused `not_found`, `conflict` when it does not wait for anyone any more, `rate_limited` after three a day. */
export async function retryOwn(sql: AnySql, own: Own): Promise<RecordAct> {
  const tooLate = "It doesn't wait for you any more: it is being sent already, or has been closed.";
  return onOwnRecord(sql, own, tooLate, async (sql) => {
    const done = await retryRecord(
      sql,
      { id: own.id },
      ownActor(own.owner, ["retry_technical", "retry_client_data"]),
    );
    await countTry(sql, own);
    return done;
  });
}
