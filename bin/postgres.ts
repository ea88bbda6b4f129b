// The embedded database as a process: holds the server while its parent lives, and stops it when the parent goes,
// however it went.
import { endingSignal, sayReady, whenAborted } from "#bin/ending.ts";
import { CannotStart, orExit } from "#bin/exit.ts";
import { startServer } from "#bin/postgres-server.ts";

await orExit(async () => {
  // Before the server is begun: it is in a group of its own, so nobody else would end it.
  const ending = endingSignal();
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
    ending,
  });
  server.process.once("exit", () => {
    if (ending.aborted) return;
    process.stderr.write("The embedded database ended by itself.\n");
    process.exit(1);
  });
  sayReady();
  await whenAborted(ending);
  await server.stop();
  process.exit(0);
});
