// The HTTP server that all of the outside meets. Webhooks are taken here, on a path of their own; the rest goes on to Next.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Inbound } from "#lib/inbound/inbound.ts";

/** What callers may take of this process. */
export type Patience = {
  /** For all headers of a request to arrive, ms. */
  headersMs: number;
  /** For all of a request to arrive, ms. */
  requestMs: number;
  /** How often that is looked at, ms. */
  lookEveryMs: number;
  /** At once; one more is closed as soon as it is opened. Without a bound they end when the process has no handle left. */
  connectionsMax: number;
};

/** Whoever sends a byte a second holds a connection for so long, and no longer. */
const usualPatience: Patience = {
  headersMs: 10_000,
  requestMs: 30_000,
  lookEveryMs: 1_000,
  connectionsMax: 10_000,
};

/** 16 KiB: a flood of headers is answered 431 and never read whole. */
const headerBytesMax = 16_384;

export function frontServer(
  inbound: Inbound,
  others: (request: IncomingMessage, response: ServerResponse) => unknown,
  patience: Partial<Patience> = {},
): Server {
  const { headersMs, requestMs, lookEveryMs, connectionsMax } = { ...usualPatience, ...patience };
  const listener: RequestListener = (request, response) => {
    if (!inbound.handle(request, response)) others(request, response);
  };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookEveryMs,
      maxHeaderSize: headerBytesMax,
    },
    listener,
  );
  server.maxConnections = connectionsMax;
  return server;
}
