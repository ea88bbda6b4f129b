// `npm run worker`: one worker process. Stops cleanly on SIGTERM, SIGINT, or when its parent is gone.
import { orExit } from "#bin/exit.ts";
import { readEnv } from "#lib/node/env.ts";
import { startWorker } from "#worker/main.ts";

await orExit(async () => {
  const worker = await startWorker(readEnv());
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await orExit(worker.stop);
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "disconnect"]) process.once(signal, stop);
  if (process.send && !process.connected) await stop();
  process.send?.({ kind: "ready" });
});
