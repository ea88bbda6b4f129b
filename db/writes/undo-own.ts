// An end user takes an own press back while it has not left. What a colleague started is not theirs to stop.
import { cancelRetry } from "#db/writes/cancel-retry.ts";
import { type Own, onOwnRecord, ownActor } from "#db/writes/own-record.ts";
import { lastAct } from "#db/writes/record-acts.ts";
import { Refused } from "#db/writes/refused.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";
import { ownActorName } from "#lib/core/portal.ts";

/** @throws Refused `not_found`, `conflict` when there is nothing to take back, or it has left. */
export async function undoOwn(sql: AnySql, own: Own): Promise<RecordAct> {
  return onOwnRecord(sql, own, "Too late to take it back: it has left already.", async (sql) => {
    const act = await lastAct(sql, own.id);
    if (act?.kind !== "retried" || act.actor !== ownActorName(own.owner))
      throw new Refused("conflict", "there is nothing of theirs to take back");
    return cancelRetry(sql, own.id, ownActor(own.owner, ["retry_technical", "retry_client_data"]));
  });
}
