// `npm run web`: the dashboard and the API on PORT. Stops cleanly when it is asked to, or when its parent is gone.
import next from "next";
import { buildDashboard, isBuilt } from "#bin/build.ts";
import { endingSignal, sayReady, whenAborted } from "#bin/ending.ts";
import { orExit } from "#bin/exit.ts";
import { explainPort } from "#bin/free-port.ts";
import { connectSql } from "#db/client.ts";
import { refuseUnmigrated } from "#db/migrate.ts";
import { openInbound } from "#lib/inbound/inbound.ts";
import { frontServer } from "#lib/inbound/server.ts";
import { distrustStrangers } from "#lib/node/caller-address.ts";
import { readEnv, required } from "#lib/node/env.ts";
import { createLog } from "#lib/node/log.ts";
import { withKnownOperation } from "#lib/server/api-address.ts";
import { withReadableAddress } from "#lib/server/readable-address.ts";
import { startAlertClock } from "#worker/upkeep/alerts.ts";

await orExit(async () => {
  const ending = endingSignal();
  const env = readEnv();
  required(env, "NEXTAUTH_SECRET");
  Object.assign(process.env, {
    NODE_ENV: "production",
    NEXTAUTH_URL: env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`,
  });
  await refuseUnmigrated(required(env, "DATABASE_URL"));
  if (!isBuilt()) await buildDashboard({ ending });
  ending.throwIfAborted();

  const app = next({ dev: false, dir: new URL("..", import.meta.url).pathname, port: env.PORT });
  await app.prepare();
  const handle = withReadableAddress(withKnownOperation(app.getRequestHandler()));
  const log = createLog("web", env.LOG_LEVEL);
  const inbound = openInbound({ databaseUrl: required(env, "DATABASE_URL"), env, log });
  const server = frontServer(inbound, (request, response) => {
    distrustStrangers(request);
    return handle(request, response);
  });
  await new Promise<void>((listening, refused) => {
    server.once("error", (error) => refused(explainPort(env.PORT, error)));
    server.listen(env.PORT, () => listening());
  });
  // Alerts are looked at here as well: that no worker lives, none of them can say.
  const alertsSql = connectSql(required(env, "DATABASE_URL"), { name: "redrive alerts", max: 1 });
  const alerts = startAlertClock(alertsSql, env, log);
  sayReady();

  await whenAborted(ending);
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  // Live streams never end by themselves; a request under way gets a moment.
  setTimeout(() => server.closeAllConnections(), 1_000).unref();
  await Promise.all([closed, alerts.stop(), alertsSql.end({ timeout: 2 })]);
  await inbound.close();
  process.exit(0);
});
