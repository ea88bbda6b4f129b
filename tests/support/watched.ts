// A process with a watchdog of little patience and a heartbeat, for tests of how it dies: `busy` blocks its own event loop
// when it is told to by SIGUSR2.
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
