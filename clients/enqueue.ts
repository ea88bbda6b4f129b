// `redrive/enqueue`: a record in the caller's own transaction. What commits is owed, what rolls back never was.
import type { EnqueueRecord } from "./operations.ts";
import { enqueueStatement } from "./statement.ts";

export type { EnqueueRecord } from "./operations.ts";

type Row = { id: string };

/** What `sql.begin` of postgres.js gives. */
export type PostgresTransaction = {
  unsafe: (text: string, values: (string | null)[]) => PromiseLike<readonly object[]>;
  savepoint: (...given: never[]) => unknown;
};

/** A client of pg, amid its transaction. */
export type PgClient = {
  query: (text: string, values: (string | null)[]) => Promise<{ rows: readonly object[] }>;
};

/**
 * Enqueues a record in the transaction of postgres.js (`sql.begin`) or of a pg client; for drizzle there is
 * `redrive/enqueue/drizzle`.
 *
 * @returns its id; where its `idempotencyKey` is known, the first record's.
 * @throws TypeError when it is given what is no transaction, or a record that can't be stored; the driver's own error when the
 * database refuses it: the provider is unknown, the payload over 1 MiB.
 */
export async function enqueue(
  transaction: PostgresTransaction | PgClient,
  record: EnqueueRecord,
): Promise<string> {
  const { text, values } = enqueueStatement(record);
  const rows = isPostgres(transaction)
    ? await transaction.unsafe(text, values)
    : (await pgClient(transaction).query(text, values)).rows;
  return idIn(rows);
}

/** The id that the statement answered with. */
export function idIn(rows: readonly object[]): string {
  const [row] = rows;
  if (row && "id" in row && typeof row.id === "string") return (row as Row).id;
  throw new TypeError(
    "the driver answered without the record's id: is the transaction one of postgres.js, pg or drizzle?",
  );
}

/** `sql` itself may take another connection for each statement, so that what is enqueued would stay when all else is undone. */
function isPostgres(transaction: PostgresTransaction | PgClient): transaction is PostgresTransaction {
  if ("begin" in transaction && "unsafe" in transaction)
    throw new TypeError(
      "give the transaction, not sql: sql.begin(async (tx) => { … await enqueue(tx, record); })",
    );
  return "unsafe" in transaction;
}

/** A pool takes any of its clients for each statement. */
function pgClient(transaction: PgClient): PgClient {
  if ("totalCount" in transaction)
    throw new TypeError(
      "give the client that has the transaction, not the pool: const client = await pool.connect()",
    );
  if (typeof transaction?.query !== "function")
    throw new TypeError(
      "give a transaction of postgres.js, or a client of pg; for drizzle there is redrive/enqueue/drizzle",
    );
  return transaction;
}
