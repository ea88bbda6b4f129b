// `npm run migrate`: brings the database at DATABASE_URL to this code's state.

import { orExit } from "#bin/exit.ts";
import { migrate } from "#db/migrate.ts";
import { readEnv, required } from "#lib/node/env.ts";

await orExit(async () => {
  await migrate(required(readEnv(), "DATABASE_URL"));
  process.stdout.write("The database is up to date.\n");
});
