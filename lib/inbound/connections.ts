// The connections of the webhooks' path. One that says nothing for longer than the server lets a statement take is dead,
// though nobody has closed it: what lies between us drops what we send, and the system would go on for a quarter of an hour.
import { connectSql, type Sql } from "#db/client.ts";
import { type StoreInbound, storeInboundIn } from "#db/writes/store-inbound.ts";
import type { Log } from "#lib/node/log.ts";

export type Connections = {
  store: StoreInbound;
  /** To read sources, and to count. */
  sql: () => Sql;
  /** After a silence: closes all of them, and opens others. */
  renew: () => void;
  end: () => Promise<void>;
};

/** A server that hangs is not to be given one connection after another. */
const renewEveryMs = 60_000;

type Given = {
  databaseUrl: string;
  /** How long a statement may take. */
  patienceMs: number;
  /** Statements that are sent to be stored at once. */
  statementsMax: number;
  log: Log;
};

export function openConnections({ databaseUrl, patienceMs, statementsMax, log }: Given): Connections {
  // The server gives a statement up before we do.
  const statementMs = Math.max(1, patienceMs - 1_000);
  const open = () => {
    // One to store: the statements of two would take turns at what the other needs. A second statement is sent behind the
    // first, so that the server goes on with it at once; it has waited for as long as the first may take, and both are to
    // end before anybody's patience does.
    const storing = connectSql(databaseUrl, {
      name: "redrive inbound",
      max: 1,
      statementMs: Math.max(1, Math.floor(statementMs / statementsMax)),
    });
    const asking = connectSql(databaseUrl, { name: "redrive inbound", max: 2, statementMs });
    const end = async (seconds: number) => {
      await Promise.all([storing, asking].map((sql) => sql.end({ timeout: seconds })));
    };
    return { store: storeInboundIn(storing), asking, end };
  };
  let opened = open();
  let renewedMs = Number.NEGATIVE_INFINITY;
  return {
    store: (records) => opened.store(records),
    sql: () => opened.asking,
    renew() {
      if (performance.now() - renewedMs < renewEveryMs) return;
      renewedMs = performance.now();
      log.warn("the database says nothing on the connections of webhooks; others are opened");
      opened.end(0).catch((error) => log.debug({ err: error }, "a silent connection could not be closed"));
      opened = open();
    },
    end: () => opened.end(2),
  };
}
