// What a provider counts, and what it shows of it.
import { Agent, get } from "node:http";
import { expect, test } from "vitest";
import { countKey, noKeys } from "#simulator/accepted-keys.ts";
import { aProvider, deliver, simulator, statusOf } from "./support.ts";

const api = (path: string, init?: RequestInit) => fetch(`${simulator.url}/api/providers${path}`, init);

test("keys tell what was taken once, and what was doubled", async () => {
  const provider = aProvider();
  for (const key of ["a", "b", "b", "b", "c"]) await statusOf(deliver(provider, { key }));
  expect(provider.counts()).toMatchObject({ received: 5, accepted: 5, keys: 3, doubled: 1 });
  const { slug } = provider.counts();
  expect(await (await api(`/${slug}/keys`)).json()).toEqual({ keys: { a: 1, b: 3, c: 1 } });
});

test("forgotten keys stay counted", () => {
  const keys = noKeys(2);
  for (const key of ["a", "b", "b", "c", "d"]) countKey(keys, key);
  expect([...keys.times]).toEqual([
    ["c", 1],
    ["d", 1],
  ]);
  expect(keys).toMatchObject({ distinct: 4, doubled: 1 });
});

test("the peak in flight is exact, for a client that refills one by one too", async () => {
  const provider = aProvider({ latency: { medianMs: 1 } });
  const oneAfterTheOther = async () => {
    for (let sent = 0; sent < 50; sent++) await statusOf(deliver(provider));
  };
  await Promise.all([1, 2, 3, 4].map(oneAfterTheOther));
  expect(provider.counts()).toMatchObject({ received: 200, inFlight: 0 });
  expect(provider.counts().peakInFlight).toBeLessThanOrEqual(4);
  expect(provider.counts().peakInFlight).toBeGreaterThan(1);
});

test("connections are counted once each, open or gone", async () => {
  const provider = aProvider();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = () =>
    new Promise((done) => {
      const request = get(`${provider.url}/records/7`, { agent }, (response) => {
        response.resume().on("end", () => done(response.statusCode));
      });
      request.on("error", () => done("lost"));
    });
  for (let sent = 0; sent < 5; sent++) expect(await send()).toBe(200);
  expect(provider.counts()).toMatchObject({ connections: 1, peakConnections: 1, connectionsOpened: 1 });
  provider.set({ outage: "refuse" });
  expect(await send()).toBe("lost");
  provider.set({ outage: "none" });
  expect(await send()).toBe(200);
  expect(provider.counts()).toMatchObject({ connections: 1, peakConnections: 1, connectionsOpened: 2 });
  agent.destroy();
});

test("the last requests are shown newest first, without their secrets", async () => {
  const provider = aProvider({ errorShare: 1 });
  await deliver(provider, { payload: { n: 1 } });
  provider.set({ errorShare: 0 });
  await deliver(provider, {
    payload: { n: 2 },
    headers: { authorization: "Bearer abc", "x-correlation-id": "c" },
  });
  const { items } = await (await api(`/${provider.counts().slug}/last?limit=2`)).json();
  expect(items).toMatchObject([
    {
      method: "POST",
      status: 200,
      body: '{"n":2}',
      headers: { authorization: "Bearer [hidden]", "x-correlation-id": "c" },
    },
    { status: 500, body: '{"n":1}' },
  ]);
  expect(provider.last(1)).toEqual(items.slice(0, 1));
});

test("the last requests are at most a hundred", async () => {
  const provider = aProvider();
  for (let n = 0; n < 103; n++) await deliver(provider, { payload: n });
  expect(provider.last(1_000).map(({ body }) => Number(body))).toEqual(
    Array.from({ length: 100 }, (_, back) => 102 - back),
  );
});

test("reset counts begin at zero", async () => {
  const provider = aProvider();
  await deliver(provider, { key: "a" });
  const response = await api(`/${provider.counts().slug}/reset-counts`, { method: "POST" });
  expect(await response.json()).toMatchObject({
    received: 0,
    accepted: 0,
    keys: 0,
    doubled: 0,
    peakInFlight: 0,
  });
  expect(provider.keys().size).toBe(0);
});

test("the state lists every provider and says what the story does", async () => {
  const provider = aProvider();
  simulator.tell("Pigeon SMS gets slow.");
  const state = await (await api("")).json();
  expect(state).toMatchObject({ demo: false, story: "Pigeon SMS gets slow." });
  expect(state.items).toContainEqual(provider.counts());
});
