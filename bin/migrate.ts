// `npm run migrate`: brings the database at DATABASE_URL to this code's state, and makes the first administrator where a
// password for one is given.
import { orExit, warn } from "#bin/exit.ts";
import { ensureFirstPerson } from "#bin/first-person.ts";
import { migrate } from "#db/migrate.ts";
import { readEnv, required } from "#lib/node/env.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

await orExit(async () => {
  const env = readEnv();
  const url = required(env, "DATABASE_URL");
  await migrate(url, { warn });
  say("The database is up to date.");
  const { REDRIVE_ADMIN_EMAIL: email, REDRIVE_ADMIN_PASSWORD: password } = env;
  if (!password) return;
  say(
    (await ensureFirstPerson(url, { email, password }))
      ? `The first administrator is ${email}, with the password of REDRIVE_ADMIN_PASSWORD.`
      : "There are people already, so REDRIVE_ADMIN_EMAIL and REDRIVE_ADMIN_PASSWORD change nothing.",
  );
});
