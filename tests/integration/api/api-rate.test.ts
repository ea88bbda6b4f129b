import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { POST as openSession } from "#app/api/v1/my/session/route.ts";
import { GET as getOpenApi } from "#app/api/v1/openapi.json/route.ts";
import { GET as getOverview } from "#app/api/v1/overview/route.ts";
import { GET as listTeams } from "#app/api/v1/teams/route.ts";
import { readEnv } from "#lib/node/env.ts";
import { closeDeps } from "#lib/server/deps.ts";
import { type Api, aKey, anApi, call } from "#tests/integration/api/app.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi({ REDRIVE_API_RATE: "4" });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(async () => {
  process.env.REDRIVE_API_RATE = "4";
  // What is counted is counted in the process's own set.
  await closeDeps();
});

const times = <T>(count: number, act: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, act));

test("each answer says what is left, and one too many is refused until the window is over", async () => {
  const as = await aKey(api, { scopes: ["see"] });
  const left: (string | null)[] = [];
  for (let nth = 0; nth < 4; nth++) {
    // One budget over all paths.
    const { status, headers } = await call(nth % 2 === 0 ? getOverview : listTeams, { as });
    expect(status).toBe(200);
    expect(headers.get("ratelimit-policy")).toBe('"requests";q=4;w=60');
    left.push(headers.get("ratelimit"));
  }
  expect(left).toEqual([3, 2, 1, 0].map((more) => `"requests";r=${more};t=60`));
  const refused = await call(getOverview, { as });
  expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited", title: "Too many requests" } });
  expect(refused.headers.get("ratelimit")).toMatch(/^"requests";r=0;t=(60|59)$/);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(55);

  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  try {
    expect((await call(getOverview, { as })).headers.get("ratelimit")).toContain("r=3");
  } finally {
    vi.useRealTimers();
  }
});

test("one caller's requests are not another's: by key, by person, and by address for strangers", async () => {
  const [one, other] = [await aKey(api, { scopes: ["see"] }), await aKey(api, { scopes: ["see"] })];
  await times(6, () => call(getOverview, { as: one }));
  expect((await call(getOverview, { as: one })).status).toBe(429);
  expect((await call(getOverview, { as: other })).status).toBe(200);
  expect((await call(getOverview, { as: api.admin })).status).toBe(200);
  expect((await call(getOverview)).status).toBe(401);
});

test("a right refused counts, and so does a key that nobody knows, by where it comes from", async () => {
  const as = await aKey(api, { scopes: ["enqueue"] });
  const refused = await times(5, () => call(getOverview, { as }));
  expect(refused.map(({ status }) => status).toSorted()).toEqual([403, 403, 403, 403, 429]);

  const from = (address: string) => ({ "x-forwarded-for": `10.9.9.9, ${address}` });
  const guesses = await times(5, () =>
    call(getOverview, { as: { key: crypto.randomUUID() }, headers: from("10.0.0.1") }),
  );
  expect(guesses.map(({ status }) => status).toSorted()).toEqual([401, 401, 401, 401, 429]);
  const elsewhere = await call(getOverview, { as: { key: "wrong-wrong" }, headers: from("10.0.0.2") });
  expect(elsewhere.status).toBe(401);
  expect(elsewhere.headers.get("ratelimit")).toContain("r=3");
});

test("an address that has guessed too often is looked up no more; keys that were good from there go on", async () => {
  const [known, unused] = [await aKey(api, { scopes: ["see"] }), await aKey(api, { scopes: ["see"] })];
  const headers = { "x-forwarded-for": "10.0.0.7" };
  expect((await call(getOverview, { as: known, headers })).status).toBe(200);
  for (const status of [401, 401, 401, 401, 429])
    expect((await call(getOverview, { as: { key: crypto.randomUUID() }, headers })).status).toBe(status);
  // Not even a good one: nobody can tell that it is without asking the database.
  const refused = await call(getOverview, { as: unused, headers });
  expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited" } });
  expect(refused.headers.get("ratelimit")).toContain("r=0");
  expect((await call(getOverview, { as: unused, headers: { "x-forwarded-for": "10.0.0.8" } })).status).toBe(
    200,
  );
  expect((await call(getOverview, { as: unused, headers })).status).toBe(200);
  expect((await call(getOverview, { as: known, headers })).status).toBe(200);
});

test("what comes from one network of IPv6 is one caller's, and what a proxy wrote that is no address is nobody's", async () => {
  const from = (address: string) =>
    call(getOpenApi, { headers: { "x-forwarded-for": address } }).then(({ headers }) =>
      headers.get("ratelimit"),
    );
  expect(await from("2606:4700::1111")).toContain("r=3");
  expect(await from("[2606:4700:0:0:ffff::2]:4711")).toContain("r=2");
  expect(await from("2606:4700:0:1::1111")).toContain("r=3");
  expect(await from("anything")).toContain("r=3");
  expect(await from("something else")).toContain("r=2");
});

test("what needs no key counts by address as well", async () => {
  const open = await times(5, () => call(getOpenApi, { headers: { "x-forwarded-for": "10.0.0.3" } }));
  expect(open.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 429]);
  const tokens = await times(5, () =>
    call(openSession, { method: "POST", headers: { "x-forwarded-for": "10.0.0.4" } }),
  );
  expect(tokens.map(({ status }) => status).toSorted()).toEqual([401, 401, 401, 401, 429]);
});

test("0 counts nothing and says nothing", async () => {
  process.env.REDRIVE_API_RATE = "0";
  await closeDeps();
  const as = await aKey(api, { scopes: ["see"] });
  const all = await times(9, () => call(getOverview, { as }));
  expect(all.every(({ status, headers }) => status === 200 && !headers.has("ratelimit"))).toBe(true);
});

test.each(["-1", "many", "1.5", "1e12"])("REDRIVE_API_RATE=%s stops the start, and is named", (given) => {
  expect(() => readEnv({ NODE_ENV: "test", REDRIVE_API_RATE: given })).toThrow("REDRIVE_API_RATE: must be");
});
