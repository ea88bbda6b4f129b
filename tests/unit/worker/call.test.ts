import { afterAll, beforeAll, expect, test } from "vitest";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { aProviderServer, type ProviderServer } from "#tests/support/provider-server.ts";
import { call, type Request } from "#worker/http/call.ts";
import { createPools, type Pools } from "#worker/http/pools.ts";

let server: ProviderServer;
let pools: Pools;
beforeAll(async () => {
  server = await aProviderServer();
  pools = createPools({ allowPrivate: true });
});
afterAll(async () => {
  await pools.close();
  await server[Symbol.asyncDispose]();
});

const request = (path: string): Request => ({ method: "GET", path, headers: [], body: null });
const pool = () => pools.of("ats", server.url, ProviderPolicy.parse({ name: "ATS", url: server.url }));

test.each<[string, number, AbortSignal]>([
  ["the worker's grace is over", 1_000, AbortSignal.abort()],
  ["no time is left", 0, new AbortController().signal],
  ["less than none is left", -1, new AbortController().signal],
])("a call does not begin when %s", async (_, totalMs, signal) => {
  expect(await call(pool(), request("/late"), totalMs, signal)).toEqual({
    kind: "timeout",
    phase: "connect",
    sent: false,
  });
  // What had been sent before this one would have arrived by now: they share a connection.
  expect(await call(pool(), request("/next"), 1_000)).toMatchObject({ kind: "response" });
  expect(server.received.map(({ url }) => url)).not.toContain("/late");
});
