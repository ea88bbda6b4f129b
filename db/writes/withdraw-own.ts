// An end user withdraws an own record that was not delivered: it is closed, and won't be sent.
import { type Own, onOwnRecord, ownActor } from "#db/writes/own-record.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";

/** @throws Refused `not_found`, `conflict` when it does not wait for anyone any more. */
export async function withdrawOwn(sql: AnySql, own: Own): Promise<RecordAct> {
  const tooLate = "It can't be withdrawn any more: it is being sent already, or has been closed.";
  return onOwnRecord(sql, own, tooLate, (sql) =>
    rejectRecord(
      sql,
      { id: own.id, reason: "Withdrawn by its owner", code: "customer_wish" },
      ownActor(own.owner, ["reject_technical", "reject_client_data"]),
    ),
  );
}
