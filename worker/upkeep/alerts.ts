// A process's turn at the alert rules; the first of any number of workers and dashboards has it.
import type { Sql } from "#db/client.ts";
import { evaluateAlerts } from "#db/writes/evaluate-alerts.ts";
import { evaluateEveryMs } from "#lib/core/alerts.ts";
import { databaseDisk } from "#lib/node/database-disk.ts";
import { type Env, required } from "#lib/node/env.ts";
import type { Log } from "#lib/node/log.ts";
import { type Clock, startClock } from "#worker/upkeep/clocks.ts";

export function startAlertClock(sql: Sql, env: Env, log: Log): Clock {
  const turn = async () => {
    const disk = await databaseDisk(required(env, "DATABASE_URL"), env.REDRIVE_DATA_DIR);
    const done = await evaluateAlerts(sql, { disk });
    if (done === null) return;
    if (done.unreadable.length > 0)
      log.error({ rules: done.unreadable }, "alert rules that can't be read find nothing: save them anew");
    if (done.opened + done.resolved > 0)
      log.info({ opened: done.opened, resolved: done.resolved }, "alerts changed");
  };
  return startClock("alerts", evaluateEveryMs, turn, log);
}
