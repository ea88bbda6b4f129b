// The embedded database as a process: holds the server while its parent lives, and stops it when the parent goes,
// however it went.
import { CannotStart, orExit } from "#bin/exit.ts";
import { startServer } from "#bin/postgres-server.ts";

await orExit(async () => {
  const [dir, port, ...settings] = process.argv.slice(2);
  const password = process.env.REDRIVE_POSTGRES_PASSWORD;
  if (!dir || !port || !password)
    throw new CannotStart(
      "usage: REDRIVE_POSTGRES_PASSWORD=… node bin/postgres.ts FOLDER PORT [SETTING=VALUE …]",
    );
  const server = await startServer({
    dir,
    port: Number(port),
    password,
    settings,
    binaries: process.env.REDRIVE_POSTGRES_BINARIES,
  });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.stop();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "disconnect"]) process.once(signal, stop);
  server.process.once("exit", () => {
    if (stopping) return;
    process.stderr.write("The embedded database ended by itself.\n");
    process.exit(1);
  });
  // A parent that went while we started has no channel any more.
  if (process.send && !process.connected) await stop();
  process.send?.({ kind: "ready" });
});
