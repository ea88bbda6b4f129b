// The transactions in which handlers have their effects: for each provider a few connections of its own, one for each record
// that may be on its way, so that a handler that waits for a lock keeps nobody else from the database.
import { connectSql, type Sql, type TransactionSql } from "#db/client.ts";
import { handleOnce, type Once } from "#db/writes/handle-once.ts";

/** A connection that no handler used for so long is closed, seconds. */
const idleSeconds = 60;

export type Transactions = {
  /**
   * Runs `act` in a transaction whose commit says that the record is handled; see handleOnce.
   *
   * @param atOnce how many of the provider's records may be on their way.
   */
  once: (once: Once & { atOnce: number }, act: (sql: TransactionSql) => Promise<string>) => Promise<string>;
  close: () => Promise<void>;
};

/** @param control a client for ending transactions whose time is over. */
export function createTransactions(url: string, control: Sql): Transactions {
  const clients = new Map<string, { sql: Sql; atOnce: number }>();
  const clientOf = (provider: string, atOnce: number): Sql => {
    const known = clients.get(provider);
    if (known?.atOnce === atOnce) return known.sql;
    // The old one ends with its last transaction; a failure to end it has nobody to tell.
    known?.sql.end().catch(() => {});
    const sql = connectSql(url, { name: `redrive handlers ${provider}`, max: atOnce, idleSeconds });
    clients.set(provider, { sql, atOnce });
    return sql;
  };
  return {
    once: ({ atOnce, ...once }, act) => handleOnce(clientOf(once.provider, atOnce), control, once, act),
    async close() {
      await Promise.all([...clients.values()].map(({ sql }) => sql.end({ timeout: 5 })));
      clients.clear();
    },
  };
}
