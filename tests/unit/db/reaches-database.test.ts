import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { reachesDatabase } from "#db/reads/reaches-database.ts";

/** As PostgreSQL refuses a connection: an ErrorResponse of severity, SQLSTATE and message. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
  const head = Buffer.from("E\0\0\0\0");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

async function reachesOneThatRefusesWith(code: string): Promise<boolean> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(refusal(code)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await reachesDatabase(`postgres://me:hush@127.0.0.1:${port}/app`);
  } finally {
    server.close();
  }
}

test.each(["28P01", "3D000", "42501"])("a refusal is an answer: the database is there (%s)", async (code) => {
  expect(await reachesOneThatRefusesWith(code)).toBe(true);
});

test.each(["08006", "57P01", "57P03", "53300"])(
  "a database that is coming, going or has no connection left is away (%s)",
  async (code) => {
    expect(await reachesOneThatRefusesWith(code)).toBe(false);
  },
);
