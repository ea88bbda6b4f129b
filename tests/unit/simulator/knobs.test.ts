// Each knob, shown by real requests.
import { expect, test } from "vitest";
import { aProvider, deliver, fetchToken, hangingRequests, statusOf } from "./support.ts";

test("a provider that nobody set up takes deliveries", async () => {
  const response = await deliver(aProvider());
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ accepted: true });
});

test("an answer takes as long as the latency says", async () => {
  const provider = aProvider({ latency: { medianMs: 150 } });
  const started = performance.now();
  await deliver(provider);
  // Node counts a timer from the beginning of its loop's round, so it fires early by what that round has lasted.
  expect(performance.now() - started).toBeGreaterThan(75);
});

test("beyond its capacity a provider gets slower in proportion", async () => {
  const provider = aProvider({ latency: { medianMs: 150 }, capacity: 1 });
  await using _one = await hangingRequests(provider, 1);
  const started = performance.now();
  await deliver(provider);
  expect(performance.now() - started).toBeGreaterThan(225);
});

for (const overload of ["503", "429"] as const) {
  test(`beyond twice its capacity a provider answers ${overload} with Retry-After`, async () => {
    const provider = aProvider({ capacity: 1, overload, retryAfter: "soon" });
    await using _two = await hangingRequests(provider, 2);
    const third = await deliver(provider);
    expect(third.status).toBe(Number(overload));
    expect(third.headers.get("retry-after")).toBe("soon");
  });
}

test("an error share of 1 answers 500 to all and takes none", async () => {
  const provider = aProvider({ errorShare: 1 });
  expect(await statusOf(deliver(provider, { key: "a" }))).toBe(500);
  expect(provider.counts()).toMatchObject({ received: 1, accepted: 0, keys: 0 });
});

test("a share of errors is a share of the answers, and the seed repeats it", async () => {
  const provider = aProvider({ errorShare: 0.3 });
  const statuses = [];
  for (let sent = 0; sent < 200; sent++) statuses.push(await statusOf(deliver(provider)));
  const errors = statuses.filter((status) => status === 500).length;
  expect(errors).toBeGreaterThan(40);
  expect(errors).toBeLessThan(80);
  expect(provider.counts().accepted).toBe(200 - errors);
});

test("a timeout is taken and never answered, and is over when the client goes", async () => {
  const provider = aProvider({ timeoutShare: 1 });
  const leave = new AbortController();
  const arrived = provider.nextRequest();
  const status = statusOf(deliver(provider, { key: "a", signal: leave.signal }));
  await arrived;
  expect(provider.inFlight()).toBe(1);
  expect(provider.keys()).toEqual(new Map([["a", 1]]));
  leave.abort();
  expect(await status).toBe("lost");
  await expect.poll(() => provider.inFlight(), { interval: 1 }).toBe(0);
});

test("a reset connection is lost and was not taken", async () => {
  const provider = aProvider({ resetShare: 1 });
  expect(await statusOf(deliver(provider, { key: "a" }))).toBe("lost");
  expect(provider.counts()).toMatchObject({ received: 1, accepted: 0, inFlight: 0 });
});

test("a lost reply was taken, so sending it again makes a double", async () => {
  const provider = aProvider({ lostReplyShare: 1 });
  expect(await statusOf(deliver(provider, { key: "a" }))).toBe("lost");
  provider.set({ lostReplyShare: 0 });
  expect(await statusOf(deliver(provider, { key: "a" }))).toBe(200);
  expect(provider.counts()).toMatchObject({ received: 2, accepted: 2, keys: 1, doubled: 1 });
});

test("an outage by refusal closes every connection", async () => {
  expect(await statusOf(deliver(aProvider({ outage: "refuse" })))).toBe("lost");
});

test("an outage by 503 answers it, with Retry-After when the knob says so", async () => {
  const response = await deliver(aProvider({ outage: "503", retryAfter: "120" }));
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "120"]);
});

test("a black hole takes nothing and never answers; the health check hangs too", async () => {
  const provider = aProvider({ outage: "black_hole" });
  const leave = new AbortController();
  const arrived = provider.nextRequest();
  const lost = [
    statusOf(deliver(provider, { key: "a", signal: leave.signal })),
    statusOf(fetch(`${provider.url}/health`, { signal: leave.signal })),
  ];
  await arrived;
  expect(provider.counts()).toMatchObject({ inFlight: 1, accepted: 0 });
  leave.abort();
  expect(await Promise.all(lost)).toEqual(["lost", "lost"]);
});

test("an outage that is lifted lets the next request through, on the same connections", async () => {
  const provider = aProvider({ outage: "503" });
  expect(await statusOf(deliver(provider))).toBe(503);
  provider.set({ outage: "none" });
  expect(await statusOf(deliver(provider))).toBe(200);
});

test("health tells the truth, or lies", async () => {
  const provider = aProvider();
  const health = () => statusOf(fetch(`${provider.url}/health`));
  expect(await health()).toBe(200);
  provider.set({ errorShare: 0.5 });
  expect(await health()).toBe(503);
  provider.set({ health: "always_ok", outage: "refuse" });
  expect(await health()).toBe(200);
  provider.set({ health: "always_ill", outage: "none", errorShare: 0 });
  expect(await health()).toBe(503);
  expect(provider.counts().received).toBe(0);
});

test("a payload that breaks the rule gets a 422 that names the field", async () => {
  const provider = aProvider({
    reject: { path: "address.postal_code", pattern: "^[0-9]{5}$", message: "five digits" },
  });
  const refused = await deliver(provider, { key: "a", payload: { address: { postal_code: "A-12" } } });
  expect(refused.status).toBe(422);
  expect(await refused.json()).toEqual({ error: "invalid", field: "postal_code", message: "five digits" });
  expect(await statusOf(deliver(provider, { payload: {} }))).toBe(422);
  expect(await statusOf(deliver(provider, { payload: { address: { postal_code: 10115 } } }))).toBe(200);
  expect(provider.counts()).toMatchObject({ received: 3, accepted: 1 });
});

test("a key that was accepted before gets a 409", async () => {
  const provider = aProvider({ conflictOnDuplicate: true });
  expect(await statusOf(deliver(provider, { key: "a" }))).toBe(200);
  expect(await statusOf(deliver(provider, { key: "a" }))).toBe(409);
  expect(await statusOf(deliver(provider, { key: "b" }))).toBe(200);
  expect(provider.counts()).toMatchObject({ received: 3, accepted: 2, keys: 2, doubled: 0 });
});

test("what it refuses can have another status, and then only its body tells the kinds apart", async () => {
  const provider = aProvider({
    refuseAs: 500,
    conflictOnDuplicate: true,
    reject: { path: "score", pattern: "^\\d+$", message: "score must be a number" },
  });
  const refused = await deliver(provider, { key: "a", payload: { score: "good" } });
  expect([refused.status, await refused.json()]).toEqual([
    500,
    { error: "invalid", field: "score", message: "score must be a number" },
  ]);
  expect((await deliver(provider, { key: "a", payload: { score: 7 } })).status).toBe(200);
  const known = await deliver(provider, { key: "a", payload: { score: 7 } });
  expect([known.status, await known.json()]).toEqual([500, { error: "duplicate" }]);
  expect(provider.counts().accepted).toBe(1);
});

test("a GET is answered with the record that it names, the same each time", async () => {
  const provider = aProvider({ reject: { path: "id", pattern: "^fund", message: "unknown" } });
  const get = async (path: string) => {
    const response = await fetch(`${provider.url}${path}`);
    return [response.status, await response.json()];
  };
  const [status, record] = await get("/records/fund%209?day=monday");
  expect([status, record]).toEqual([200, { id: "fund 9", day: "monday", value: expect.any(Number) }]);
  expect(await get("/records/fund%209?day=monday")).toEqual([200, record]);
  expect(await get("/records/share-9")).toMatchObject([422, { field: "id" }]);
  expect(await get("/records/%ff")).toMatchObject([422, { field: "id" }]);
});

test("a provider that requires tokens takes only its own, while they live", async () => {
  const provider = aProvider({ requireToken: true, tokenSeconds: 120 });
  expect(await statusOf(deliver(provider))).toBe(401);
  const granted = await (await fetchToken(provider)).json();
  expect(granted).toMatchObject({ token_type: "Bearer", expires_in: 120 });
  const headers = { authorization: `Bearer ${granted.access_token}` };
  expect(await statusOf(deliver(provider, { headers }))).toBe(200);
  provider.revokeTokens();
  expect(await statusOf(deliver(provider, { headers }))).toBe(401);
  expect(provider.counts().tokensIssued).toBe(1);
});

test("the token endpoint refuses another grant and a wrong secret, and can be down alone", async () => {
  const provider = aProvider({ clientSecret: "new" });
  expect(await statusOf(fetchToken(provider, { grant_type: "password" }))).toBe(400);
  expect(await statusOf(fetchToken(provider, { client_secret: "old" }))).toBe(401);
  expect(await statusOf(fetchToken(provider, { client_secret: "new" }))).toBe(200);
  const basic = await fetch(`${provider.url}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("redrive:new")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  expect(basic.status).toBe(200);
  provider.set({ tokenEndpointDown: true });
  expect(await statusOf(fetchToken(provider, { client_secret: "new" }))).toBe(503);
  expect(await statusOf(deliver(provider))).toBe(200);
});
