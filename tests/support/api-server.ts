// The API's own handlers behind a plain HTTP server, found by their paths as Next finds them: for what speaks HTTP to us.
import { existsSync, readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Operation } from "#lib/contract/operation.ts";
import { withKnownOperation } from "#lib/server/api-address.ts";
import { holdToContract } from "#tests/support/contract.ts";

const api = join(import.meta.dirname, "../../app/api/v1");

type Params = Record<string, string>;
type Handler = ((request: Request, context: { params: Promise<Params> }) => Promise<Response>) & {
  operation?: Operation;
};

export type ApiServer = {
  url: string;
  /** Each request so far, like `POST /records`. */
  asked: string[];
  /** The headers of each request so far. */
  headers: IncomingMessage["headers"][];
  /** The next request is answered so, before it reaches the API; or after, when the answer is lost. */
  meddle: (
    meddler: (request: IncomingMessage, response: ServerResponse) => "done" | "lose answer" | "pass",
  ) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** Wants the environment of `anApi`. When it is disposed of, it throws if an answer was not as the API's description has it. */
export async function anApiServer(port = 0): Promise<ApiServer> {
  let meddler: Parameters<ApiServer["meddle"]>[0] = () => "pass";
  const asked: string[] = [];
  const faults: unknown[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url?.replace("/api/v1", "")}`);
    headers.push(request.headers);
    const meddled = meddler(request, response);
    if (meddled === "done") return;
    const answer = await answerOf(request, response, faults);
    if (meddled === "lose answer") {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (!answer.body) response.end();
    // A reader that leaves ends the stream, which is no failure.
    else await pipeline(Readable.fromWeb(answer.body as ReadableStream), response).catch(() => {});
  };
  const server = createServer(withKnownOperation(handle));
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    headers,
    meddle: (next) => {
      meddler = next;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      if (faults.length > 0) throw new AggregateError(faults, faults.map(String).join("\n"));
    },
  };
}

async function answerOf(
  incoming: IncomingMessage,
  response: ServerResponse,
  faults: unknown[],
): Promise<Response> {
  const url = new URL(incoming.url ?? "/", "http://localhost:3000");
  const found = find(url.pathname.replace("/api/v1/", "").split("/").map(decodeURIComponent));
  if (!found) throw new Error(`${url.pathname} has an operation and no route`);
  const module: Record<string, Handler | undefined> = await import(found.file);
  const handler = module[incoming.method ?? ""];
  if (!handler) throw new Error(`${incoming.method} ${url.pathname} has an operation and no handler`);
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const request = new Request(url, {
    method: incoming.method,
    headers: incoming.headers as Record<string, string>,
    body: chunks.length === 0 ? null : Buffer.concat(chunks),
    signal: gone.signal,
  });
  const answer = await handler(request, { params: Promise.resolve(found.params) });
  // Of a stream, its beginning.
  const isJson = answer.headers.get("content-type")?.includes("json");
  const text = isJson ? await answer.clone().text() : null;
  try {
    holdToContract(handler, answer, text);
  } catch (error) {
    faults.push(error);
  }
  return answer;
}

/** The handler's file, and what the path says in place of its `[parts]`. */
function find(parts: string[], folder = api, params: Params = {}): { file: string; params: Params } | null {
  const [part, ...rest] = parts;
  if (part === undefined) {
    const file = join(folder, "route.ts");
    return existsSync(file) ? { file, params } : null;
  }
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.includes(part)) return find(rest, join(folder, part), params);
  const named = names.find((name) => /^\[\w+\]$/.test(name));
  return named ? find(rest, join(folder, named), { ...params, [named.slice(1, -1)]: part }) : null;
}
