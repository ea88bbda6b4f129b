// What every handler and page works with: made once per process, at the first request, never at import, so that a build
// needs no database.
import { connectSql, type Db, type Sql } from "#db/client.ts";
import { connectDb } from "#db/drizzle.ts";
import { type Env, readEnv, required } from "#lib/node/env.ts";
import { createLog, type Log } from "#lib/node/log.ts";

export type Deps = {
  env: Env;
  /** Raw SQL, for writes. */
  sql: Sql;
  /** Drizzle, for reads. */
  db: Db;
  log: Log;
};

type Made = Deps & { close: () => Promise<void> };

// On globalThis: Next bundles each route apart, and a development server loads modules anew; the pools must not multiply.
const home = globalThis as typeof globalThis & { redriveDeps?: Made };

/** The process's own set. */
export function deps(): Deps {
  home.redriveDeps ??= make(readEnv());
  return home.redriveDeps;
}

/** Ends the process's connections; the next `deps()` makes new ones. */
export async function closeDeps(): Promise<void> {
  const made = home.redriveDeps;
  home.redriveDeps = undefined;
  await made?.close();
}

function make(env: Env): Made {
  const url = required(env, "DATABASE_URL");
  const sql = connectSql(url, { name: "redrive web" });
  const { db, close } = connectDb(url, { name: "redrive web reads" });
  return {
    env,
    sql,
    db,
    log: createLog("web", env.LOG_LEVEL),
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), close()]);
    },
  };
}

/** Whether this dashboard is a demo's: only `npm start` says where its simulator is. */
export const isDemo = (env: Env): boolean => env.REDRIVE_DEMO && env.REDRIVE_SIMULATOR_URL !== undefined;
