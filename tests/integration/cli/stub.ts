// A server that answers as a test wants it to, and a process of the command line's own that speaks to it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { bootstrapKey } from "#tests/integration/api/app.ts";

type Answering = (request: IncomingMessage, response: ServerResponse) => unknown;

export type Stub = {
  url: string;
  /** Each request so far, like `POST /records`. */
  asked: string[];
  answer: (answering: Answering) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export async function aStub(): Promise<Stub> {
  let answering: Answering = () => {};
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.replace("/api/v1", "")}`);
    request.resume();
    request.once("end", () => answering(request, response));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    answer: (next) => {
      answering = next;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

export const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

/** It can't serve now, and says for how long. */
export const busy = (response: ServerResponse): void => {
  response.writeHead(503, { "retry-after": "60" }).end();
};

export const launcher = new URL("../../../bin/redrive.mjs", import.meta.url).pathname;

export type Ended = { code: number | null; stdout: string; stderr: string };

/** `file` in a process of its own; what it prints is there when it has ended. */
export function aProcess({ url }: Pick<Stub, "url">, file: string, args: readonly string[]) {
  const child: ChildProcess = spawn(file, args, {
    env: { ...process.env, REDRIVE_URL: url, REDRIVE_API_KEY: bootstrapKey, LAUNCHER: launcher },
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  const ended = once(child, "close").then(([code]): Ended => ({ code, ...printed }));
  return { child, printed, ended };
}
