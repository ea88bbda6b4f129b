// What the worker's functions are given: built once in main.ts, or by a test.
import type { Sql } from "#db/client.ts";
import type { Log } from "#lib/node/log.ts";
import type { Keyring } from "#lib/node/secrets.ts";
import type { Transactions } from "#worker/adapters/transactions.ts";
import type { Application } from "#worker/application.ts";
import type { Echo } from "#worker/canary/echo.ts";
import type { Flags } from "#worker/flags.ts";
import type { Hints } from "#worker/hints.ts";
import type { Pools } from "#worker/http/pools.ts";

export type Deps = {
  sql: Sql;
  http: Pools;
  hints: Hints;
  log: Log;
  flags: Flags;
  /** The application's own code: adapters, handlers, schedules, tasks. */
  application: Application;
  /** In which the application's handlers have their effects. */
  transactions: Transactions;
  /** The other end of the loopback, in this worker. */
  echo: Pick<Echo, "origin">;
  /** Whether providers may be on loopback or private addresses. */
  allowPrivate: boolean;
  /** Milliseconds of a clock that only goes forward. */
  monotonicMs: () => number;
  /** 0 ≤ x < 1. */
  random: () => number;
  /** This worker process. */
  workerId: string;
  /** Opens the secrets of a provider, seals its tokens; null when REDRIVE_SECRET is not set. */
  keyring: Keyring | null;
};
