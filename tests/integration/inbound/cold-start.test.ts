// A process that has never read its sources, for the database has been away since before it began: it does not know whose
// calls come, so it can refuse nobody for good.
import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { sendsSigned } from "#tests/support/inbound-source.ts";
import { aWebServer } from "#tests/support/web-server.ts";

const at = (port: number) => `postgres://postgres:test@127.0.0.1:${port}/postgres`;

/** Several at once, and one after them: each is told to come again, and when. */
async function tellsAllToComeAgain(databaseUrl: string, afterwards = () => {}): Promise<void> {
  await using server = await aWebServer({ databaseUrl, limits: { patienceMs: 300 } });
  const from = performance.now();
  const send = () => sendsSigned(server.inbound("mail"), "{}");
  const answers = [...(await Promise.all([send(), send(), send()])), await send()];
  for (const { status, headers, body } of answers) {
    expect(status).toBe(503);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(body).toMatchObject({ code: "unavailable" });
  }
  // Twice its patience; the driver's own, for a connection, is 10 s.
  expect(performance.now() - from).toBeLessThan(5_000);
  afterwards();
}

test("a first call, while nothing listens where the database should be, is told to come again", async () => {
  await tellsAllToComeAgain(at(await freePort()));
});

test("a first call, while the database lets connect and says nothing, is told so as soon as any other would be", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  await tellsAllToComeAgain(at(address.port), () => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
});
