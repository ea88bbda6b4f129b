// The environment as `npm start` completes it: beside one, its database and its secrets are those of its data folder.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { embeddedUrl, openInstallation } from "#bin/installation.ts";
import { type Env, readEnv } from "#lib/node/env.ts";

export function startedEnv(): Env {
  const env = readEnv();
  const dataDir = resolve(env.REDRIVE_DATA_DIR);
  if (env.DATABASE_URL !== undefined || !existsSync(join(dataDir, "installation.json"))) return env;
  const installation = openInstallation(dataDir);
  return {
    ...env,
    DATABASE_URL: embeddedUrl(installation),
    REDRIVE_SECRET: env.REDRIVE_SECRET ?? installation.secret,
    REDRIVE_ALLOW_PRIVATE_NETWORKS: env.REDRIVE_ALLOW_PRIVATE_NETWORKS || env.REDRIVE_DEMO,
  };
}
