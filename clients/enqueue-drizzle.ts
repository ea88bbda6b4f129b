// `redrive/enqueue/drizzle`: a record in a transaction of drizzle, over whichever Postgres driver it has.
import { type SQL, sql } from "drizzle-orm";
import { idIn } from "./enqueue.ts";
import type { EnqueueRecord } from "./operations.ts";
import { enqueueStatement } from "./statement.ts";

export type { EnqueueRecord } from "./operations.ts";

/** What `db.transaction` gives. */
export type DrizzleTransaction = {
  execute: (query: SQL) => PromiseLike<unknown>;
  rollback: () => never;
};

/**
 * Enqueues a record in drizzle's transaction.
 *
 * @returns its id; where its `idempotencyKey` is known, the first record's.
 * @throws TypeError when it is given what is no transaction, or a record that can't be stored; drizzle's own error when the
 * database refuses it.
 */
export async function enqueue(transaction: DrizzleTransaction, record: EnqueueRecord): Promise<string> {
  if (typeof transaction?.rollback !== "function")
    throw new TypeError(
      "give the transaction, not db: db.transaction(async (tx) => { … await enqueue(tx, record); })",
    );
  const answer = await transaction.execute(queryOf(record));
  return idIn(rowsOf(answer));
}

/** The statement with its values bound where they stand. */
function queryOf(record: EnqueueRecord): SQL {
  const { text, values } = enqueueStatement(record);
  const parts = text.split(/(\$\d+)/).map((part) => {
    const [, nth] = /^\$(\d+)$/.exec(part) ?? [];
    return nth === undefined ? sql.raw(part) : sql`${values[Number(nth) - 1]}`;
  });
  return sql.join(parts);
}

/** postgres.js answers with the rows; pg and others hold them. */
function rowsOf(answer: unknown): readonly object[] {
  if (Array.isArray(answer)) return answer;
  const isHolding = typeof answer === "object" && answer !== null && "rows" in answer;
  return isHolding && Array.isArray(answer.rows) ? answer.rows : [];
}
