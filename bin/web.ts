// `npm run web`: the dashboard and the API on PORT. Stops cleanly on SIGTERM, SIGINT, or when its parent is gone.
import { createServer } from "node:http";
import next from "next";
import { buildDashboard, isBuilt } from "#bin/build.ts";
import { CannotStart, orExit } from "#bin/exit.ts";
import { readEnv, required } from "#lib/node/env.ts";

await orExit(async () => {
  const env = readEnv();
  required(env, "DATABASE_URL");
  required(env, "NEXTAUTH_SECRET");
  Object.assign(process.env, {
    NODE_ENV: "production",
    NEXTAUTH_URL: env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`,
  });
  if (!isBuilt()) await buildDashboard();

  const app = next({ dev: false, dir: new URL("..", import.meta.url).pathname, port: env.PORT });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((listening, refused) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      refused(
        error.code === "EADDRINUSE"
          ? new CannotStart(
              `Port ${env.PORT} is in use: stop what listens there, or choose another with PORT.`,
            )
          : error,
      );
    });
    server.listen(env.PORT, () => listening());
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    const closed = new Promise<void>((done) => server.close(() => done()));
    server.closeIdleConnections();
    // Live streams never end by themselves; a request under way gets a moment.
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
    await closed;
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "disconnect"]) process.once(signal, stop);
  if (process.send && !process.connected) await stop();
  process.send?.({ kind: "ready" });
});
