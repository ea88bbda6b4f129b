// The front door as `npm run web` serves it, in the test's own process, on a free port: webhooks in; anything else is 404.
import type { AddressInfo } from "node:net";
import { type InboundLimits, openInbound } from "#lib/inbound/inbound.ts";
import { frontServer, type Patience } from "#lib/inbound/server.ts";
import { readEnv } from "#lib/node/env.ts";
import { createLog, type Log } from "#lib/node/log.ts";

export type WebServer = {
  url: string;
  port: number;
  /** The address of a source. */
  inbound: (source: string) => string;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** What sources of tests are sealed under. */
export const inboundSecret = "redrive-secret-of-the-tests-0123456789ab";

type Given = {
  databaseUrl: string;
  limits?: Partial<InboundLimits>;
  patience?: Partial<Patience>;
  nowMs?: () => number;
  /** REDRIVE_SECRET. */
  secret?: string;
  log?: Log;
};

export async function aWebServer({
  databaseUrl,
  limits = {},
  patience,
  nowMs,
  secret = inboundSecret,
  log = createLog("web", process.env.LOG_LEVEL ?? "fatal"),
}: Given): Promise<WebServer> {
  const env = readEnv({ NODE_ENV: "test", DATABASE_URL: databaseUrl, REDRIVE_SECRET: secret });
  const inbound = openInbound({ databaseUrl, env, log, limits, ...(nowMs && { nowMs }) });
  const server = frontServer(inbound, (_, response) => response.writeHead(404).end(), patience);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    inbound: (source) => `${url}/api/v1/inbound/${source}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      await inbound.close();
    },
  };
}
