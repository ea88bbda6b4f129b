// Writes run in a transaction of their own, or inside the caller's, so that a request's idempotency key and its act commit
// together.
import type { Sql, TransactionSql } from "#db/client.ts";

export type AnySql = Sql | TransactionSql;

export async function inTransaction<T>(sql: AnySql, act: (sql: TransactionSql) => Promise<T>): Promise<T> {
  // The driver's type unwraps arrays of promises, which no act of ours returns.
  const done = "savepoint" in sql ? sql.savepoint(act) : sql.begin(act);
  return done as Promise<T>;
}
