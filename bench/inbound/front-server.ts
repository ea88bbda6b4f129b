// The front door as `npm run web` serves it, without the pages behind it.
import type { AddressInfo } from "node:net";
import { answerParent, ownCpuMicros } from "#bench/child.ts";
import { openInbound } from "#lib/inbound/inbound.ts";
import { frontServer } from "#lib/inbound/server.ts";
import { readEnv } from "#lib/node/env.ts";
import { createLog } from "#lib/node/log.ts";

export type FrontSettings = { databaseUrl: string; secret: string };

answerParent(async (message: FrontSettings | "cpu") => {
  if (message === "cpu") return ownCpuMicros();
  const { databaseUrl, secret } = message;
  const env = readEnv({ NODE_ENV: "production", DATABASE_URL: databaseUrl, REDRIVE_SECRET: secret });
  const inbound = openInbound({ databaseUrl, env, log: createLog("bench", "silent") });
  const server = frontServer(inbound, (_, response) => response.writeHead(404).end());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port };
});
