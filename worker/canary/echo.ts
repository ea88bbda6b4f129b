// The other end of the loopback: a tiny HTTP server inside the worker, which answers what it was sent. It is the one private
// address that a worker may always call, for it is its own.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Echo = {
  /** Where it listens, like http://127.0.0.1:40123. */
  origin: string;
  stop: () => Promise<void>;
};

/** A payload's limit, and room for what is around it. */
const mostBytes = 1_100_000;

export async function startEcho(worker: string): Promise<Echo> {
  const server = createServer((request, response) => {
    if (request.method !== "POST") return response.writeHead(404).end();
    answer(request, response, worker);
  });
  // Whoever else is on this machine may come, and gets no more than this.
  server.maxConnections = 50;
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  await new Promise<void>((listening, refused) => {
    server.once("error", refused);
    server.listen(0, "127.0.0.1", () => listening());
  });
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the echo has no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, worker: string): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  });
  // Who goes away in the midst of it needs no answer.
  request.on("error", () => response.destroy());
  request.on("end", () => {
    if (bytes > mostBytes) return response.writeHead(413).end();
    const echo = Buffer.concat(chunks).toString("utf8");
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(`{"worker":${JSON.stringify(worker)},"echo":${isJson(echo) ? echo : JSON.stringify(echo)}}`);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
