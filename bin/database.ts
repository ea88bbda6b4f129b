// `redrive database`: prints where the database is that `npm start` made, for an application on this machine:
// DATABASE_URL=$(npx redrive database).
import { CannotStart, orExit } from "#bin/exit.ts";
import { startedEnv } from "#bin/started-env.ts";

await orExit(async () => {
  const { DATABASE_URL: url, REDRIVE_DATA_DIR: folder } = startedEnv();
  if (url === undefined)
    throw new CannotStart(
      `There is no database of npm start in ${folder}: run npm start in this folder first, or set DATABASE_URL.`,
    );
  process.stdout.write(`${url}\n`);
});
