// The measure of it all: a Node server that only answers, with as many bytes as we do.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent, ownCpuMicros } from "#bench/child.ts";

const body = `{"id":"${"0".repeat(36)}","duplicate":false}`;
const server = createServer((_, response) => {
  response.writeHead(202, [
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    "cache-control",
    "no-store",
  ]);
  response.end(body);
});

answerParent(async (message: object | "cpu") => {
  if (message === "cpu") return ownCpuMicros();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port };
});
