// What the worker's functions are given: built once in main.ts, or by a test.
import type { Sql } from "#db/client.ts";
import type { Log } from "#lib/node/log.ts";
import type { Hints } from "#worker/hints.ts";
import type { Pools } from "#worker/http/pools.ts";

export type Deps = {
  sql: Sql;
  http: Pools;
  hints: Hints;
  log: Log;
  /** Milliseconds of a clock that only goes forward. */
  monotonicMs: () => number;
  /** 0 ≤ x < 1. */
  random: () => number;
  /** This worker process. */
  workerId: string;
  /** Opens the secrets of a provider; null when REDRIVE_SECRET is not set. */
  secret: string | null;
};
