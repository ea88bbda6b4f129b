// The worker: environment → what it needs → its clocks and jobs → a clean end.
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { hostname } from "node:os";
import {
  Logger as JobLogger,
  parseCronItems,
  type Runner,
  run as runJobs,
  type WorkerEvents,
} from "graphile-worker";
import { connectSql } from "#db/client.ts";
import { readIdleProviders } from "#db/reads/idle-providers.ts";
import { endPauses } from "#db/writes/end-pauses.ts";
import { ensureLoopback } from "#db/writes/ensure-loopback.ts";
import { freeJobsOfDeadWorkers } from "#db/writes/free-jobs.ts";
import { heartbeat, signOff } from "#db/writes/heartbeat.ts";
import { noteVersion } from "#db/writes/note-version.ts";
import { resolveGroups } from "#db/writes/resolve-groups.ts";
import { sampleBacklog } from "#db/writes/sample-backlog.ts";
import { unparkHeads } from "#db/writes/unpark-heads.ts";
import { type Env, required } from "#lib/node/env.ts";
import { createLog, type Log } from "#lib/node/log.ts";
import { keyring } from "#lib/node/secrets.ts";
import { createTransactions } from "#worker/adapters/transactions.ts";
import { type Application, loadApplication } from "#worker/application.ts";
import { runCanaries } from "#worker/canary/canaries.ts";
import { startEcho } from "#worker/canary/echo.ts";
import type { Deps } from "#worker/deps.ts";
import { createDrains, type Drains } from "#worker/drain/drains.ts";
import { createFlags } from "#worker/flags.ts";
import { createHints } from "#worker/hints.ts";
import { createPools } from "#worker/http/pools.ts";
import { createMessenger } from "#worker/notify/messenger.ts";
import { runOperations } from "#worker/operations/operations.ts";
import { createTasks } from "#worker/tasks.ts";
import { startAlertClock } from "#worker/upkeep/alerts.ts";
import { startClock } from "#worker/upkeep/clocks.ts";
import { startDueSchedules } from "#worker/upkeep/schedules.ts";
import packageJson from "../package.json" with { type: "json" };

/** What is still on its way at a stop is waited for this long, ms. */
const graceMs = 25_000;

export type Worker = { id: string; drains: Drains; stop: () => Promise<void> };

type Options = {
  log?: Log;
  /** The application's own code; left out, what REDRIVE_APPLICATION names. */
  application?: Application;
  /** Whether Redrive's own provider and its canary are made where they are missing. */
  loopback?: boolean;
  /** Told of each heartbeat that was written. */
  onHeartbeat?: () => void;
};

/** Starts a worker in this process. `stop` settles everything and lets go of every provider. */
export async function startWorker(env: Env, options: Options = {}): Promise<Worker> {
  const {
    log = createLog("worker", env.LOG_LEVEL),
    application = await loadApplication(env),
    loopback = false,
    onHeartbeat = () => {},
  } = options;
  const url = required(env, "DATABASE_URL");
  const id = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const sql = connectSql(url, { name: "redrive worker", max: 10 });
  const hints = createHints(sql, log);
  const echo = await startEcho(id);
  const http = createPools({ allowPrivate: env.REDRIVE_ALLOW_PRIVATE_NETWORKS, echo: echo.origin });
  const deps: Deps = {
    sql,
    http,
    hints,
    log,
    flags: await createFlags(`redrive ${id}`),
    application,
    transactions: createTransactions(url, sql, env.REDRIVE_HANDLER_CONNECTIONS),
    echo,
    allowPrivate: env.REDRIVE_ALLOW_PRIVATE_NETWORKS,
    monotonicMs: () => performance.now(),
    random: Math.random,
    workerId: id,
    keyring: keyring(env),
  };
  const drains = createDrains(deps);

  const jobWorkers: string[] = [];
  const self = { id, host: hostname(), pid: process.pid, offers: offersOf(application), jobWorkers };
  await heartbeat(sql, self);
  await noteVersion(sql, packageJson.version);
  if (loopback) await ensureLoopback(sql);
  const jobs = await startJobs(url, deps, drains, jobWorkers);
  const messenger = createMessenger({ sql, log, address: addressOf(env) }, deps.monotonicMs);
  const ending = new AbortController();
  const clocks = [
    startClock("heartbeat", 5_000, () => heartbeat(sql, self).then(onHeartbeat), log),
    startClock("sweep", 1_000, () => sweep(deps, drains), log),
    startClock("backlog sample", 10_000, () => sampleBacklog(sql), log),
    startClock("jobs of the dead", 10_000, () => freeJobsOfDeadWorkers(sql), log),
    startClock("ordering", 10_000, () => unparkHeads(sql), log),
    startClock("failure groups", 10_000, () => resolveGroups(sql), log),
    startClock("schedules", 1_000, () => startDueSchedules(sql), log),
    startClock("operations", 500, () => runOperations(deps, ending.signal), log),
    startClock("messages", 1_000, () => messenger.turn(), log),
    startClock("canaries", 1_000, () => runCanaries(sql), log),
    startAlertClock(sql, env, log),
  ];
  log.info({ worker: id }, "worker started");

  return {
    id,
    drains,
    async stop() {
      ending.abort();
      // The drains first: the grace begins now, whatever a clock or a job is busy with.
      const ends = [drains.stop(graceMs), jobs.stop(), ...clocks.map((clock) => clock.stop())];
      for (const end of await Promise.allSettled(ends)) {
        if (end.status === "rejected") log.warn({ err: end.reason }, "a part did not stop in order");
      }
      hints.stop();
      await signOff(sql, id);
      await http.close();
      await echo.stop();
      await deps.transactions.close();
      await sql.end({ timeout: 5 });
      log.info({ worker: id }, "worker stopped");
    },
  };
}

/** What the application registered, by kind, for whoever asks which worker can do what. */
const offersOf = (application: Application): Record<string, string[]> =>
  Object.fromEntries(Object.entries(application).map(([kind, named]) => [kind, Object.keys(named)]));

/** Where the dashboard is, for links in messages. */
const addressOf = ({ NEXTAUTH_URL, PORT }: Env): string =>
  (NEXTAUTH_URL ?? `http://localhost:${PORT}`).replace(/\/+$/, "");

async function sweep(deps: Deps, drains: Drains): Promise<void> {
  await endPauses(deps.sql);
  for (const { provider, inserted } of await readIdleProviders(deps.sql)) {
    // One provider's trouble is no other's.
    await drains
      .start(provider, { inserted })
      .catch((error) => deps.log.warn({ err: error, provider }, "not started"));
  }
}

/** @param names is filled with those under which jobs are locked here. */
function startJobs(url: string, deps: Deps, drains: Drains, names: string[]): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter();
  events.on("worker:create", ({ worker }) => names.push(worker.workerId));
  return runJobs({
    events,
    connectionString: url,
    maxPoolSize: 5,
    concurrency: 4,
    // Jobs come by notification; polling is only for those with a later time.
    pollInterval: 2_000,
    noHandleSignals: true,
    taskList: createTasks(deps, drains),
    parsedCronItems: parseCronItems([{ task: "upkeep", match: "7 * * * *", options: { backfillPeriod: 0 } }]),
    logger: new JobLogger(({ label }) => (level, message) => {
      if (level === "error") deps.log.error({ label }, message);
      else if (level === "warning") deps.log.warn({ label }, message);
    }),
  });
}
