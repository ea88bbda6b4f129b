import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getOverview } from "#app/api/v1/overview/route.ts";
import { POST as pause } from "#app/api/v1/providers/[slug]/pause/route.ts";
import { POST as createProvider, GET as getProviders } from "#app/api/v1/providers/route.ts";
import { POST as reject } from "#app/api/v1/records/[id]/reject/route.ts";
import { POST as retry } from "#app/api/v1/records/[id]/retry/route.ts";
import {
  type Api,
  aKey,
  anApi,
  aRecord,
  bootstrapKey,
  call,
  origin,
  sessionCookie,
} from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

test("without a key and without a session the answer is 401, and says how to ask", async () => {
  const { status, body, headers } = await call(getOverview);
  expect(status).toBe(401);
  expect(body).toMatchObject({
    code: "unauthenticated",
    status: 401,
    detail: expect.stringContaining("Bearer"),
  });
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(headers.get("www-authenticate")).toContain("Bearer");
});

test("a wrong, an expired, a revoked and a malformed key are refused", async () => {
  const expired = await aKey(api, { scopes: ["see"], expiresAt: "2020-01-01T00:00:00Z" });
  const revoked = await aKey(api, { scopes: ["see"], revokedAt: "2020-01-01T00:00:00Z" });
  for (const as of [{ key: "no-such-key-at-all" }, expired, revoked]) {
    expect(await call(getOverview, { as })).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  }
  const basic = await call(getOverview, { headers: { authorization: "Basic YTpi" } });
  expect(basic).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
});

test("a wrong key is refused even beside a valid session", async () => {
  const { cookie } = api.admin.headers;
  const both = await call(getOverview, {
    headers: { authorization: "Bearer wrong-wrong", cookie: cookie ?? "" },
  });
  expect(both.status).toBe(401);
});

test("the bootstrap key may everything, a stored key what its scopes say", async () => {
  expect((await call(getProviders, { as: { key: bootstrapKey } })).status).toBe(200);
  const robot = await aKey(api, { name: "importer", scopes: ["enqueue"] });
  expect(await call(getProviders, { as: robot })).toMatchObject({
    status: 403,
    body: {
      code: "forbidden",
      detail:
        'The key "importer" may not see this: it lacks the permission see; the scopes read, operate and admin give it.',
    },
  });
});

test("a role that may not is told which permission it lacks and who has it", async () => {
  const developer = await api.person("developer");
  const refused = await call(pause, { as: developer, params: { slug: "ats" }, body: { reason: "why" } });
  expect(refused).toMatchObject({ status: 403, body: { code: "forbidden" } });
  expect(refused.body.detail).toBe(
    "The role developer may not pause, resume or probe a provider, or answer alerts (operate); these roles may: support_tech, admin.",
  );
  const provider = await call(createProvider, {
    as: developer,
    body: { slug: "x", url: "http://x.example/" },
  });
  expect(provider.body).toMatchObject({ status: 403, detail: expect.stringContaining("manage_providers") });
});

test("an end user sees nothing of the operators' API", async () => {
  const customer = await api.person("end_user");
  expect((await call(getOverview, { as: customer })).status).toBe(403);
});

test("each team retries and rejects its own failures only", async () => {
  const [data, tech] = [await api.person("support_data"), await api.person("support_tech")];
  const [technical, client, poison] = [
    await aRecord.failed(api),
    await aRecord.failed(api, { category: "client_data" }),
    await aRecord.failed(api, { category: "poison" }),
  ];
  const act = (handler: typeof retry, as: typeof data, id: string) =>
    call(handler, { as, params: { id }, body: { reason: "checked" } }).then(({ status }) => status);

  expect(await act(retry, data, technical)).toBe(403);
  expect(await act(reject, data, technical)).toBe(403);
  expect(await act(reject, data, poison)).toBe(403);
  expect(await act(reject, tech, client)).toBe(403);
  expect(await act(reject, tech, poison)).toBe(200);
  expect(await act(retry, tech, technical)).toBe(200);
  expect(await act(retry, data, client)).toBe(200);
});

test("a developer may not retry, and learns who may", async () => {
  const developer = await api.person("developer", "Dev Two");
  const { body } = await call(retry, { as: developer, params: { id: await aRecord.failed(api) }, body: {} });
  expect(body).toMatchObject({ status: 403, detail: expect.stringContaining("support_tech, admin") });
});

test("a session ends when its person is disabled, or gets a new password or role", async () => {
  const [leaving, changed] = [await api.person("admin", "Leaving"), await api.person("admin", "Changed")];
  expect((await call(getOverview, { as: leaving })).status).toBe(200);
  expect((await call(getOverview, { as: changed })).status).toBe(200);
  await api.sql`update redrive.users set disabled_at = now() where id = ${leaving.id}`;
  await api.sql`update redrive.users set password_hash = 'another' where id = ${changed.id}`;
  expect((await call(getOverview, { as: leaving })).status).toBe(401);
  expect((await call(getOverview, { as: changed })).status).toBe(401);
  const anew = { ...changed, headers: { cookie: await sessionCookie(changed.id, 2), origin } };
  expect((await call(getOverview, { as: anew })).status).toBe(200);
});

test("a cookie that is none of ours is no session", async () => {
  const { status } = await call(getOverview, { headers: { cookie: "next-auth.session-token=forged" } });
  expect(status).toBe(401);
});

test("a change by session from a foreign origin is refused, by key it needs no origin", async () => {
  const { cookie = "" } = api.admin.headers;
  const params = { slug: "ats" };
  const body = { reason: "csrf" };
  const from = (headers: Record<string, string>) =>
    call(pause, { params, body, headers: { cookie, ...headers } }).then(({ status }) => status);

  expect(await from({ origin: "https://evil.example" })).toBe(403);
  expect(await from({ origin: "http://localhost:4000" })).toBe(403);
  expect(await from({ origin: "null" })).toBe(403);
  expect(await from({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await from({ "sec-fetch-site": "same-site", origin })).toBe(403);
  expect(await from({ "sec-fetch-site": "same-origin", origin: "https://evil.example" })).toBe(403);
  expect(await from({})).toBe(403);
  // Of several hosts the nearest proxy wrote the last; what stands before may be a stranger's.
  const proxied = { origin: "https://evil.example", "x-forwarded-host": "evil.example, redrive.example" };
  expect(await from(proxied)).toBe(403);
  expect(await api.sql`select from redrive.provider_state where paused_at is not null`).toHaveLength(0);
  expect(await from({ origin, "sec-fetch-site": "same-origin" })).toBe(200);
  const read = await call(getOverview, { headers: { cookie, origin: "https://evil.example" } });
  expect(read.status).toBe(200);
});
