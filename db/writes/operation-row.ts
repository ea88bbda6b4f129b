// A bulk operation as it stands within a transaction that has just changed it.
import type { TransactionSql } from "#db/client.ts";
import { type OperationRow, operationOf } from "#db/reads/operations.ts";
import { Refused } from "#db/writes/refused.ts";
import type { Operation } from "#lib/contract/bulk.ts";

/** @throws Refused when there is no such operation. */
export async function operationNow(sql: TransactionSql, id: string): Promise<Operation> {
  const [row] = await sql<OperationRow[]>`select * from redrive.operations where id = ${id}`;
  if (!row) throw noOperation(id);
  return operationOf(row);
}

export const noOperation = (id: string): Refused => new Refused("not_found", `There is no operation ${id}.`);
