import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { withReadableAddress } from "#lib/server/readable-address.ts";

test.each([
  ["/api/v1/providers/a%20b?q=%E0%A4%A", 200],
  ["/", 200],
  ["/api/v1/providers/%E0%A4%A", 404],
  ["/%", 404],
])("%s is answered %i", async (path, status) => {
  const server = createServer(withReadableAddress((_request, response) => response.end("through")));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  expect(response.status).toBe(status);
  if (status === 404) expect(await response.json()).toMatchObject({ code: "not_found", status: 404 });
  await new Promise((done) => server.close(done));
});
