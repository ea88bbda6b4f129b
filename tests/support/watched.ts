// A process with a watchdog of little patience and a heartbeat, for tests of how it dies. SIGUSR2 blocks its event loop for
// ever, SIGHUP for 0.4 s of its processor's time, which is less than the watchdog bears, also on a machine that is busy.
import { connectSql } from "#db/client.ts";
import { reachesDatabase } from "#db/reads/reaches-database.ts";
import { heartbeat } from "#db/writes/heartbeat.ts";
import { readEnv, required } from "#lib/node/env.ts";
import { createLog } from "#lib/node/log.ts";
import { startClock } from "#worker/upkeep/clocks.ts";
import { startWatchdog } from "#worker/upkeep/watchdog.ts";

const url = required(readEnv(), "DATABASE_URL");
const log = createLog("worker");
const sql = connectSql(url, { name: "watched", max: 2 });
const watchdog = startWatchdog({
  log,
  monotonicMs: () => performance.now(),
  reaches: () => reachesDatabase(url, 1_000),
  drainVitals: () => [],
  settle: async () => {},
  limits: {
    heartbeatMs: 1_000,
    databaseAwayMs: 20_000,
    drainMs: 120_000,
    loopSilentMs: 1_000,
    everyMs: 50,
    settleMs: 100,
  },
});
startClock(
  "heartbeat",
  100,
  async () => {
    await heartbeat(sql, { id: "watched", host: "here", pid: process.pid, offers: {} });
    watchdog.heartbeatWritten();
    log.info("heartbeat written");
  },
  log,
);
process.on("SIGUSR2", () => {
  for (;;) performance.now();
});
process.on("SIGHUP", () => {
  // Long enough for the guard to have missed a beat before anyone hears of it.
  work(150);
  log.info("busy");
  work(250);
});

function work(ms: number): void {
  const begin = process.cpuUsage();
  const usedMs = () => Object.values(process.cpuUsage(begin)).reduce((sum, each) => sum + each) / 1_000;
  while (usedMs() < ms);
}
