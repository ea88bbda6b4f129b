// Starts a bulk operation on what matches a filter: if that is still what the person saw, no faster than the provider takes,
// and within what they may. A worker carries it out.
import { audit } from "#db/writes/audit.ts";
import { needForSoMany } from "#db/writes/group-acts.ts";
import { hint } from "#db/writes/hint.ts";
import { type Maker, makerOf } from "#db/writes/maker.ts";
import { operationNow } from "#db/writes/operation-row.ts";
import { type Covered, cover, cutoffUntilNow, kindsOf, permissionOf } from "#db/writes/preview-operation.ts";
import { Denied, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { CreateOperation, Operation } from "#lib/contract/bulk.ts";
import { hasGrown, usualPace } from "#lib/core/bulk.ts";

/** @throws Refused when more match than were seen, nothing matches, the rate is too high, or the actor may not. */
export function createOperation(sql: AnySql, given: CreateOperation, by: Maker): Promise<Operation> {
  return inTransaction(sql, async (sql) => {
    const { action, filter, expected, first, reason } = given;
    const kinds = kindsOf(by, action);
    const cutoff = await cutoffUntilNow(sql, given.cutoff);
    const covered = await cover(sql, { action, filter, cutoff }, kinds);
    refuseOtherThanSeen(expected, covered);
    if (covered.eligible === 0) {
      throw new Denied(permissionOf[action](kinds.includes("technical") ? "client_data" : "technical"));
    }
    const records = Math.min(first ?? covered.eligible, covered.eligible);
    needForSoMany(by, records);
    const rate = rateOf(given, records, covered.rateMax);
    const code = action === "reject" ? (given.code ?? "other") : null;

    const [made] = await sql<{ id: string }[]>`
      insert into redrive.operations
        (action, filter, cutoff, reason, code, rate, first, kinds, expected, matched, eligible, created_by)
      values (
        ${action}, ${JSON.stringify(filter)}::text::jsonb, ${cutoff}, ${reason}, ${code}, ${rate}, ${first ?? null},
        ${kinds}, ${expected}, ${covered.matched}, ${covered.eligible}, ${by.actor}
      )
      returning id`;
    if (!made) throw new Error("the operation was not stored");
    await audit(sql, {
      actor: by.actor,
      action: "operation.created",
      subjectKind: "operation",
      subjectId: made.id,
      reason,
      detail: {
        ...{ action, filter, cutoff, rate, first: first ?? null, expected },
        ...{ matched: covered.matched, eligible: covered.eligible },
        ...makerOf(by),
      },
    });
    await hint(sql, { topic: "operations", id: made.id });
    return operationNow(sql, made.id);
  });
}

function refuseOtherThanSeen(expected: number, { matched }: Covered): void {
  if (matched === 0) {
    throw new Refused(
      "conflict",
      "Nothing that matches is open now: others were first, or it came back by itself.",
    );
  }
  if (!hasGrown(expected, matched)) return;
  const message = `is ${expected}, and ${matched} match now; look at them again`;
  throw new Refused("conflict", `expected: ${message}.`, { errors: [{ field: "expected", message }] });
}

/** Records a second; null: as fast as it can. */
function rateOf({ action, rate }: CreateOperation, records: number, most: number | null): number | null {
  if (action === "reject") return rate ?? null;
  if (rate === undefined) return usualPace(records, most);
  if (most === null || rate <= most) return rate;
  const message = `is more than the ${most} a second that the provider's limits allow; lower it`;
  throw new Refused("invalid_input", `rate: ${message}.`, { errors: [{ field: "rate", message }] });
}
