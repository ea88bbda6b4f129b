// A third party under a test's full control: each request goes to a function of the test.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Received = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
type Answer = (received: Received, response: ServerResponse) => void;

export type ProviderServer = {
  url: string;
  received: Received[];
  /** From now on requests are answered so. */
  answer: (answer: Answer) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export const ok: Answer = (_, response) =>
  response.writeHead(200, { "content-type": "application/json" }).end("{}");

/** Answers with a status and a JSON body. */
export const says =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

export async function aProviderServer(first: Answer = ok): Promise<ProviderServer> {
  let answer = first;
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const whole = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(whole);
      answer(whole, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    answer: (next) => {
      answer = next;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
