// `npm run worker`: one worker process. Stops cleanly when it is asked to, or when its parent is gone.
import { endingSignal, sayReady, whenAborted } from "#bin/ending.ts";
import { orExit } from "#bin/exit.ts";
import { refuseUnmigrated } from "#db/migrate.ts";
import { readEnv, required } from "#lib/node/env.ts";
import { startWorker } from "#worker/main.ts";

await orExit(async () => {
  const ending = endingSignal();
  const env = readEnv();
  await refuseUnmigrated(required(env, "DATABASE_URL"));
  ending.throwIfAborted();
  const worker = await startWorker(env);
  sayReady();
  await whenAborted(ending);
  // Longer than what is on its way is waited for. Without its database a worker can't sign off, and would try for ever.
  setTimeout(() => process.exit(1), 35_000).unref();
  await worker.stop();
  process.exit(0);
});
