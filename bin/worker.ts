// `npm run worker`: one worker process. Refuses to start where it could not work, and says why. Stops cleanly when it is
// asked to, or when its parent is gone.
import { endingSignal, sayReady, whenAborted } from "#bin/ending.ts";
import { CannotStart, orExit } from "#bin/exit.ts";
import { connectSql } from "#db/client.ts";
import { reachesDatabase } from "#db/reads/reaches-database.ts";
import { type Check, sentenceOf } from "#lib/core/checks.ts";
import { type Env, readEnv, required } from "#lib/node/env.ts";
import { createLog, type Log } from "#lib/node/log.ts";
import { healthCheck } from "#worker/checks/provider-checks.ts";
import { runStartChecks } from "#worker/checks/start-checks.ts";
import { startWorker, type Worker } from "#worker/main.ts";
import { startProbeServer } from "#worker/upkeep/probe-server.ts";
import { startWatchdog, type Watchdog } from "#worker/upkeep/watchdog.ts";

await orExit(async () => {
  const ending = endingSignal();
  const env = readEnv();
  const log = createLog("worker", env.LOG_LEVEL);
  const checks = await runStartChecks({ env });
  const failed = checks.find(({ level }) => level === "fail");
  if (failed) throw new CannotStart(sentenceOf(failed));
  for (const check of checks) tell(log, check);
  ending.throwIfAborted();
  let watchdog: Watchdog | null = null;
  const { REDRIVE_WORKER_PORT: port } = env;
  const probes = port ? await startProbeServer(port, () => watchdog?.look() ?? null) : null;
  const worker = await startWorker(env, {
    log,
    loopback: true,
    onHeartbeat: () => watchdog?.heartbeatWritten(),
  });
  watchdog = watch(worker, env, log);
  sayReady();
  // Nobody waits for it: a provider that is ill is no reason to be late for the others.
  tellHealth(env, log).catch((error) => log.warn({ err: error }, "the providers' health was not asked"));
  await whenAborted(ending);
  // Longer than what is on its way is waited for. Without its database a worker can't sign off, and would try for ever.
  setTimeout(() => process.exit(1), 35_000).unref();
  // An end in order has its own patience.
  watchdog.stop();
  await probes?.stop();
  await worker.stop();
  process.exit(0);
});

function watch({ drains }: Worker, env: Env, log: Log): Watchdog {
  return startWatchdog({
    log,
    monotonicMs: () => performance.now(),
    reaches: () => reachesDatabase(required(env, "DATABASE_URL")),
    drainVitals: drains.vitals,
    settle: drains.stop,
  });
}

function tell(log: Log, check: Check): void {
  if (check.level !== "ok") log.warn({ check: check.name }, sentenceOf(check));
}

async function tellHealth(env: Env, log: Log): Promise<void> {
  const sql = connectSql(required(env, "DATABASE_URL"), { name: "redrive checks", max: 1 });
  try {
    tell(log, await healthCheck(sql, env));
  } finally {
    await sql.end({ timeout: 5 });
  }
}
