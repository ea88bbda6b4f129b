// What a worker must find to be of any use, asked before it starts: the database and its state, the clocks, the secrets.
// Some ten quick questions over one connection.
import { connectSql, type Sql } from "#db/client.ts";
import { readClock, readDatabaseState } from "#db/reads/database-state.ts";
import { readSealed } from "#db/reads/provider-checks.ts";
import {
  type Check,
  checkClock,
  checkJobs,
  checkMigrations,
  checkPartitions,
  checkSecrets,
  checkVersion,
  fails,
  isWell,
} from "#lib/core/checks.ts";
import { databaseFault } from "#lib/core/database-fault.ts";
import { type Env, required } from "#lib/node/env.ts";
import { CannotOpen, type Keyring, keyring, unseal } from "#lib/node/secrets.ts";

/** For so long answers are waited for, ms. Connecting has as much for itself: connectSql's limit. */
const answersMostMs = 10_000;

/** Waits for what is asked of the database, but not for ever. */
export type Patiently = <T>(asking: Promise<T>) => Promise<T>;

export type CheckGiven = {
  env: Env;
  /** This host's clock. */
  wallMs?: () => number;
  /** How long answers are waited for; a test has less time. */
  patienceMs?: number;
};

/**
 * The checks, in the order in which they are worth reading. What can't be asked because something before it failed is
 * left out.
 *
 * @param then more of them, over the same connection, once the database is at this code's state; it may ask others than the
 *   database, so it says itself what is waited for patiently.
 */
export async function runStartChecks(
  { env, wallMs = Date.now, patienceMs = answersMostMs }: CheckGiven,
  then: (sql: Sql, patiently: Patiently) => Promise<Check[]> = async () => [],
): Promise<Check[]> {
  const keys = keyring(env);
  const sql = connectSql(required(env, "DATABASE_URL"), { name: "redrive checks", max: 1 });
  const patiently: Patiently = (asking) => within(patienceMs, asking);
  try {
    // Connected, and only then is the time of the answers counted.
    (await sql.reserve()).release();
    const checks = await patiently(askAll(sql, { keys, wallMs }));
    return isHopeless(checks) ? checks : [...checks, ...(await then(sql, patiently))];
  } catch (error) {
    return [faultCheck(error)];
  } finally {
    // Whatever still waits for an answer is not waited for.
    await sql.end({ timeout: 1 });
  }
}

class Silence extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super("the database says nothing");
    this.afterMs = afterMs;
  }
}

async function within<T>(mostMs: number, asking: Promise<T>): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new Silence(mostMs)), mostMs);
  try {
    return await Promise.race([asking, silence.promise]);
  } finally {
    clearTimeout(timer);
    // Its connection ends under it.
    asking.catch(() => {});
  }
}

/** @throws what is no fault of the database: a mistake of ours. */
function faultCheck(error: unknown): Check {
  if (error instanceof Silence) {
    return fails(
      "database",
      `The database was reached, and then said nothing for ${error.afterMs / 1_000} s.`,
      "See what its sessions wait for in pg_stat_activity.",
    );
  }
  const fault = databaseFault(error);
  if (fault === null) throw error;
  return fails("database", fault.says, fault.mend);
}

/** Nothing that is stored can be asked for. */
const isHopeless = (checks: readonly Check[]): boolean =>
  checks.some(
    ({ name, level }) => level === "fail" && ["version", "migrations", "job runner"].includes(name),
  );

type Asked = { keys: Keyring | null; wallMs: () => number };

async function askAll(sql: Sql, { keys, wallMs }: Asked): Promise<Check[]> {
  const startedMs = performance.now();
  const state = await readDatabaseState(sql);
  const tookMs = Math.round(performance.now() - startedMs);
  const checks = [
    isWell("database", `It answers, in ${tookMs} ms.`),
    checkVersion(state.version),
    checkMigrations(state.migration),
    checkJobs(state.jobs),
  ];
  if (isHopeless(checks)) return checks;
  const samples = [];
  for (let n = 0; n < 3; n += 1) samples.push(await readClock(sql, wallMs));
  return [...checks, checkPartitions(state.missing), checkClock(samples), await secretsCheck(sql, keys)];
}

async function secretsCheck(sql: Sql, keys: Keyring | null): Promise<Check> {
  const sealed = await readSealed(sql);
  return checkSecrets({
    isGiven: keys !== null,
    sealed: sealed.map(({ slug }) => slug),
    unopened: sealed.filter((row) => !opens(keys, row)).map(({ slug }) => slug),
  });
}

function opens(keys: Keyring | null, { slug, sealedAuth }: { slug: string; sealedAuth: string }): boolean {
  if (keys === null) return false;
  try {
    unseal(keys, `provider:${slug}`, sealedAuth);
    return true;
  } catch (error) {
    if (error instanceof CannotOpen) return false;
    throw error;
  }
}
