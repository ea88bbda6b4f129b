// Pauses, resumes or cancels a bulk operation. What has left stays gone; the rest waits, goes on, or stays as it is. Of two
// people who press at once one wins, and the other learns who.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { needForSoMany } from "#db/writes/group-acts.ts";
import { hint } from "#db/writes/hint.ts";
import { type Maker, makerOf } from "#db/writes/maker.ts";
import { noOperation, operationNow } from "#db/writes/operation-row.ts";
import { permissionOf } from "#db/writes/preview-operation.ts";
import { Denied, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { FailureFilter, Operation } from "#lib/contract/bulk.ts";
import type { BulkAction, BulkState } from "#lib/core/bulk.ts";
import type { TeamKind } from "#lib/core/desk.ts";

type Change = "pause" | "resume" | "cancel";

const changes: Record<Change, { from: readonly BulkState[]; to: BulkState; did: string }> = {
  pause: { from: ["running"], to: "paused", did: "operation.paused" },
  resume: { from: ["paused"], to: "running", did: "operation.resumed" },
  cancel: { from: ["running", "paused"], to: "cancelled", did: "operation.cancelled" },
};

type Row = {
  action: BulkAction;
  state: BulkState;
  filter: FailureFilter;
  kinds: TeamKind[];
  eligible: number;
  first: number | null;
  acted: number;
  changedBy: string | null;
  changedAt: string | null;
};

/** @throws Refused when there is no such operation, it is in another state (who was first), or the actor may not. */
export function changeOperation(
  sql: AnySql,
  { id, change, reason }: { id: string; change: Change; reason?: string },
  by: Maker,
): Promise<Operation> {
  return inTransaction(sql, async (sql) => {
    // Waits for a worker that is at it: a moment.
    const [row] = await sql<Row[]>`
      select action, state, filter, kinds, eligible, first, acted, changed_by, changed_at
      from redrive.operations
      where id = ${id}
      for update`;
    if (!row) throw noOperation(id);
    if (change === "resume") needToAct(row, by);
    const { from, to, did } = changes[change];
    if (!from.includes(row.state)) throw isAlready(row, change);
    await write(sql, { id, to, reason: reason || null, by });
    await audit(sql, {
      actor: by.actor,
      action: did,
      subjectKind: "operation",
      subjectId: id,
      reason,
      detail: { acted: row.acted, filter: row.filter, ...makerOf(by) },
    });
    await hint(sql, { topic: "operations", id });
    return operationNow(sql, id);
  });
}

/** Who sends it on its way again must be one who could have started it. Stopping is open to all who may bulk at all. */
function needToAct({ action, kinds, eligible, first, acted }: Row, by: Maker): void {
  const missing = kinds.map(permissionOf[action]).find((permission) => !by.may(permission));
  if (missing) throw new Denied(missing);
  needForSoMany(by, Math.min(first ?? eligible, eligible) - acted);
}

function isAlready({ state, changedBy, changedAt }: Row, change: Change): Refused {
  const since = changedBy !== null && changedAt !== null && state !== "done";
  const who = since ? `, by ${changedBy} at ${changedAt}` : "";
  return new Refused(
    "conflict",
    `It is ${state}${who}; only one that is ${changes[change].from.join(" or ")} can be ${pastOf[change]}.`,
    since ? { by: changedBy, at: changedAt } : {},
  );
}

const pastOf: Record<Change, string> = { pause: "paused", resume: "resumed", cancel: "cancelled" };

const write = (
  sql: TransactionSql,
  { id, to, reason, by }: { id: string; to: BulkState; reason: string | null; by: Maker },
) => sql`
  update redrive.operations
  set
    state = ${to}, changed_at = clock_timestamp(), changed_by = ${by.actor}, change_reason = ${reason},
    ended_at = case when ${to} = 'cancelled' then clock_timestamp() end
  where id = ${id}`;
