// Puts a group's open failures back into the queue: all of them, or the oldest few first.
import {
  chooseOfGroup,
  kindsFor,
  lockOpenGroup,
  needForSoMany,
  noteGroupAct,
  nothingOpen,
  type Place,
  recordsAtOnce,
} from "#db/writes/group-acts.ts";
import { putBack } from "#db/writes/put-back.ts";
import { retryPermission } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";
import { usualPace } from "#lib/core/bulk.ts";

type RetryGroup = { id: string; first?: number; reason?: string };

/** @throws Refused when there is no such group, nothing of it is open (who was first), or the actor may not. */
export async function retryGroup(
  sql: AnySql,
  { id, first, reason }: RetryGroup,
  by: Actor,
): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockOpenGroup(sql, id);
    const kinds = kindsFor(by, group, retryPermission);
    const most = Math.min(first ?? group.openRecords, group.openRecords);
    needForSoMany(by, most);
    const stepMs = 1_000 / usualPace(most, null);
    let retried = 0;
    let after: Place | null = null;
    do {
      const chosen: Place[] = await chooseOfGroup(sql, group, {
        kinds,
        after,
        most: Math.min(recordsAtOnce, most - retried),
      });
      after = chosen.at(-1) ?? null;
      const gone = await putBack(sql, chosen, {
        startAt: null,
        firstInMs: retried * stepMs,
        stepMs,
        actor: by.actor,
        reason: reason || null,
        detail: { group: group.id },
      });
      retried += gone.length;
    } while (after !== null && retried < most);
    if (retried === 0) throw await nothingOpen(sql, group);
    return noteGroupAct(sql, group, { kind: "retried", records: retried, by, reason, detail: { first } });
  });
}
