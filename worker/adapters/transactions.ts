// The transactions in which handlers have their effects: on connections of their own, so that a handler that waits for a lock
// keeps nothing else of the worker from the database. However many providers there are, these are so many and no more.
import { connectSql, type Sql, type TransactionSql } from "#db/client.ts";
import { handleOnce, type Once } from "#db/writes/handle-once.ts";
import { Places } from "#worker/adapters/places.ts";

/** A connection that no handler used for so long is closed, seconds. */
const idleSeconds = 60;

export type Transactions = {
  /** A record takes one before it starts. */
  places: Places;
  /** Runs `act` in a transaction whose commit says that the record is handled; see handleOnce. */
  once: (once: Once, act: (sql: TransactionSql) => Promise<string>) => Promise<string>;
  close: () => Promise<void>;
};

/**
 * @param control a client for ending transactions whose time is over.
 * @param atOnce connections at most.
 */
export function createTransactions(url: string, control: Sql, atOnce: number): Transactions {
  const sql = connectSql(url, { name: "redrive handlers", max: atOnce, idleSeconds });
  return {
    places: new Places(atOnce),
    once: (once, act) => handleOnce(sql, control, once, act),
    close: () => sql.end({ timeout: 5 }),
  };
}
