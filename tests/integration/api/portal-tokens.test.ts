// End users' tokens: who may make them, what they open, and everything that only looks like one.
import { hkdfSync } from "node:crypto";
import { generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as embedPage } from "#app/(portal)/embed/my/route.ts";
import { GET as ownPage } from "#app/(portal)/my/route.ts";
import { GET as myRecords } from "#app/api/v1/my/records/route.ts";
import { POST as openSession } from "#app/api/v1/my/session/route.ts";
import { POST as mint } from "#app/api/v1/portal-tokens/route.ts";
import { closeDeps } from "#lib/server/deps.ts";
import { type Api, aKey, anApi, aRecord, bootstrapKey, call, origin } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats", { name: "Acme Books" });
  await aRecord.failed(api, { owner: "customer-42", subject: "Invoice INV-2041" });
});
afterAll(() => api[Symbol.asyncDispose]());

const asRobot = { key: bootstrapKey };
const minted = async (body: object = {}) =>
  (await call(mint, { as: asRobot, body: { owner: "customer-42", ...body } })).body as unknown as {
    token: string;
    expiresAt: string;
    url: string;
    embedUrl: string;
  };
const open = (token: string) => call(myRecords, { as: { key: token } });

describe("making one", () => {
  test("a program with the scope gets one for an owner, with both addresses; it lasts an hour unless said", async () => {
    const robot = await aKey(api, { scopes: ["mint_tokens"] });
    const { status, body } = await call(mint, { as: robot, body: { owner: "customer-42" } });
    expect(status).toBe(201);
    expect(Date.parse(String(body.expiresAt)) - Date.now()).toBeGreaterThan(3_590_000);
    expect(Date.parse(String(body.expiresAt)) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(body.url).toBe(`${origin}/my?token=${body.token}`);
    expect(body.embedUrl).toBe(`${origin}/embed/my?token=${body.token}`);
    expect(await open(String(body.token))).toMatchObject({
      status: 200,
      body: { items: [{ title: "Invoice INV-2041" }] },
    });
  });

  test("a token is kept nowhere, and a repetition gets another", async () => {
    const again = () =>
      call(mint, {
        as: asRobot,
        body: { owner: "customer-42" },
        headers: { "idempotency-key": "visit-1" },
      });
    const [first, second] = [await again(), await again()];
    expect(second.status).toBe(201);
    expect(second.body.token).not.toBe(first.body.token);
    const kept =
      await api.sql`select from redrive.idempotency_keys where body::text like ${`%${first.body.token}%`}`;
    expect(kept).toHaveLength(0);
  });

  test("without the scope nobody makes one, and a person who may leaves a trace", async () => {
    const robot = await aKey(api, { scopes: ["see", "enqueue"] });
    const tech = await api.person("support_tech");
    for (const as of [robot, tech])
      expect(await call(mint, { as, body: { owner: "customer-42" } })).toMatchObject({ status: 403 });
    expect(await call(mint, { body: { owner: "customer-42" } })).toMatchObject({ status: 401 });
    expect(await call(mint, { as: api.admin, body: { owner: "customer-77" } })).toMatchObject({
      status: 201,
    });
    expect(
      await api.sql`select actor, action from redrive.audit where subject_kind = 'owner' and subject_id = 'customer-77'`,
    ).toMatchObject([{ actor: `Ada <${api.admin.email}>`, action: "portal.token" }]);
  });

  test.each([
    [{}, "owner"],
    [{ owner: "" }, "owner"],
    [{ owner: "x", actions: [] }, "actions"],
    [{ owner: "x", actions: ["see", "delete"] }, "actions.1"],
    [{ owner: "x", expiresInSeconds: 86_401 }, "expiresInSeconds"],
    [{ owner: "x", expiresInSeconds: 0 }, "expiresInSeconds"],
    [{ owner: "x", timeZone: "Mars/Olympus" }, "timeZone"],
    [{ owner: "x", role: "admin" }, "role"],
  ])("%j is refused, naming %s", async (body, field) => {
    const refused = await call(mint, { as: asRobot, body });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });
});

describe("what only looks like one", () => {
  const secret = "redrive-secret-of-the-tests-0123456789ab";
  const bytesOf = (label: string, of = secret) => Buffer.from(hkdfSync("sha256", of, "", label, 32));
  const key = bytesOf("portal");
  const kid = Buffer.from(hkdfSync("sha256", secret, "", "redrive portal key id", 6)).toString("base64url");
  const now = () => Math.floor(Date.now() / 1_000);
  const claims = (changed: object = {}) => ({
    iss: "redrive",
    aud: "portal",
    owner: "customer-42",
    actions: ["see"],
    once: false,
    iat: now(),
    exp: now() + 600,
    jti: crypto.randomUUID(),
    ...changed,
  });
  const header: JWTHeaderParameters = { alg: "HS256", typ: "portal+jwt", kid };
  const sign = (changed: object = {}, head: Partial<JWTHeaderParameters> = {}, by: Uint8Array = key) =>
    new SignJWT(claims(changed)).setProtectedHeader({ ...header, ...head }).sign(by);

  const refused = async (token: string) => {
    for (const page of [ownPage, embedPage]) {
      const shown = await call(page, { path: `/my?token=${encodeURIComponent(token)}` });
      expect(shown.status).toBe(401);
      expect(shown.text).toContain("This page can&#39;t be opened");
      expect(shown.text).not.toContain("INV-2041");
      expect(shown.headers.get("set-cookie")).toBeNull();
    }
    expect(await open(token)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    expect(await call(openSession, { as: { key: token }, method: "POST" })).toMatchObject({ status: 401 });
  };

  test("the test's own signature is as ours, so that what follows is refused for what it says", async () => {
    expect(await open(await sign())).toMatchObject({ status: 200 });
  });

  test("no signature at all (alg none)", async () => {
    await refused(new UnsecuredJWT(claims()).encode());
    const none = Buffer.from(JSON.stringify({ ...header, alg: "none" })).toString("base64url");
    const [, body] = (await sign()).split(".");
    await refused(`${none}.${body}.`);
  });

  test("another algorithm: RS256 with a key of its maker, HS512 with ours", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const rs = new SignJWT(claims()).setProtectedHeader({ ...header, alg: "RS256" });
    await refused(await rs.sign(privateKey));
    await refused(await sign({}, { alg: "HS512" }, key));
    await refused(await sign({}, { alg: "HS512" }, new Uint8Array(Buffer.concat([key, key]))));
  });

  test("another's key: of another secret, of another purpose of ours, of no id we know", async () => {
    await refused(await sign({}, {}, bytesOf("portal", "another secret altogether, 0123456789ab")));
    await refused(await sign({}, {}, bytesOf("redrive sealed v1")));
    await refused(await sign({}, {}, Buffer.from(secret)));
    await refused(await sign({}, { kid: "someone" }));
    const { kid: _, ...anonymous } = header;
    await refused(await new SignJWT(claims()).setProtectedHeader(anonymous).sign(key));
  });

  test("one for another purpose", async () => {
    await refused(await sign({ aud: "recovery" }));
    await refused(await sign({ aud: ["portal", "recovery"] }));
    await refused(await sign({ iss: "someone" }));
    await refused(await sign({}, { typ: "JWT" }));
  });

  test("one that says more, less or other than ours do", async () => {
    for (const changed of [
      { owner: undefined },
      { owner: "" },
      { owner: ["customer-42", "customer-43"] },
      { actions: [] },
      { actions: ["see", "admin"] },
      { actions: undefined },
      { once: undefined },
      { jti: undefined },
      { exp: undefined },
      { iat: undefined },
      { admin: true },
    ])
      await refused(await sign(changed));
  });

  test("one that lasts for longer than a day, or begins later", async () => {
    await refused(await sign({ exp: now() + 86_500 }));
    await refused(await sign({ iat: now() + 3_600, exp: now() + 7_200 }));
  });

  test("one that was changed: another owner under the same signature", async () => {
    const [head, , signature] = (await sign()).split(".");
    const other = Buffer.from(JSON.stringify(claims({ owner: "customer-43" }))).toString("base64url");
    await refused(`${head}.${other}.${signature}`);
  });

  test("no token, an empty one, an endless one, an API key", async () => {
    expect(await call(myRecords)).toMatchObject({ status: 401 });
    await refused("x");
    await refused("a.b.c");
    await refused("a".repeat(100_000));
    expect(await open(bootstrapKey)).toMatchObject({ status: 401 });
    const page = await call(ownPage, { path: "/my" });
    expect(page).toMatchObject({ status: 401 });
    expect(page.text).toContain("This page needs to be opened");
  });

  test("a token opens nothing of the operators' API", async () => {
    const { token } = await minted();
    const { GET: overview } = await import("#app/api/v1/overview/route.ts");
    expect(await call(overview, { as: { key: token } })).toMatchObject({ status: 401 });
  });

  test("one that has expired says so, and leads back to where it came from", async () => {
    const past = await sign({ iat: now() - 700, exp: now() - 1 });
    for (const page of [ownPage, embedPage]) {
      const shown = await call(page, { path: `/my?token=${past}` });
      expect(shown.status).toBe(410);
      expect(shown.text).toContain("This page has expired");
      expect(shown.text).toContain("Open it again from where you came from.");
      expect(shown.text).not.toContain("INV-2041");
    }
    expect(await open(past)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining("expired") },
    });
  });

  test("a cookie that has expired, is forged, or is a minted token of its own", async () => {
    const shown = (cookie: string) =>
      call(ownPage, { path: "/my", headers: { cookie: `redrive.portal=${cookie}` } });
    const past = await sign({ aud: "portal-session", iat: now() - 700, exp: now() - 1 });
    expect(await shown(past)).toMatchObject({ status: 410 });
    expect(await shown("forged")).toMatchObject({ status: 401 });
    expect(await shown("")).toMatchObject({ status: 401 });
  });

  test("a session's token opens no other session", async () => {
    const session = await sign({ aud: "portal-session" });
    expect(await open(session)).toMatchObject({ status: 200 });
    expect(await call(openSession, { as: { key: session }, method: "POST" })).toMatchObject({ status: 401 });
    expect(await call(ownPage, { path: `/my?token=${session}` })).toMatchObject({ status: 401 });
  });
});

describe("one that is good once", () => {
  test("opens the page once, and is refused for everyone who comes after", async () => {
    const { token } = await minted({ once: true });
    const first = await call(ownPage, { path: `/my?token=${token}` });
    expect(first.status).toBe(303);
    expect(first.headers.get("location")).toBe("/my");
    const second = await call(ownPage, { path: `/my?token=${token}` });
    expect(second.status).toBe(410);
    expect(second.text).toContain("This page was opened before");
    expect(second.headers.get("set-cookie")).toBeNull();
    const embedded = await call(embedPage, { path: `/embed/my?token=${token}` });
    expect(embedded.status).toBe(410);
    // Who came first goes on with the session.
    const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await call(ownPage, { path: "/my", headers: { cookie } })).text).toContain("INV-2041");
  });

  test("of twenty at the same moment exactly one is let in", async () => {
    const { token } = await minted({ once: true });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(openSession, { as: { key: token }, method: "POST" })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(401)]);
  });

  test("is not taken by the API itself, only exchanged; the session ends when it would have", async () => {
    const { token, expiresAt } = await minted({ once: true, expiresInSeconds: 120, actions: ["see"] });
    expect(await open(token)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining("/api/v1/my/session") },
    });
    const { status, body } = await call(openSession, { as: { key: token }, method: "POST" });
    expect({ status, expiresAt: body.expiresAt }).toEqual({ status: 201, expiresAt });
    expect(await open(String(body.token))).toMatchObject({ status: 200 });
  });

  test("in a frame is exchanged for a session that its links carry", async () => {
    const { token } = await minted({ once: true });
    const first = await call(embedPage, { path: `/embed/my?token=${token}` });
    expect(first.status).toBe(303);
    expect(first.headers.get("referrer-policy")).toBe("no-referrer");
    const location = first.headers.get("location") ?? "";
    expect(location).toMatch(/^\/embed\/my\?token=/);
    expect(location).not.toContain(token);
    expect(await call(embedPage, { path: location })).toMatchObject({ status: 200 });
  });
});

test("the token leaves the address for a cookie that no script reads and no other site sends", async () => {
  const { token } = await minted();
  const { status, headers } = await call(ownPage, { path: `/my?token=${token}&live=off` });
  expect(status).toBe(303);
  expect(headers.get("location")).toBe("/my?live=off");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  const cookie = headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^redrive\.portal=[\w-]+\.[\w-]+\.[\w-]+; Path=\/my; HttpOnly; SameSite=Lax$/);
  // What is in the cookie is not what was in the address.
  expect(cookie).not.toContain(token);
});

test("tokens of the secret before still open while it is being changed, and new ones are signed with the new one", async () => {
  const { token } = await minted();
  const before = process.env.REDRIVE_SECRET ?? "";
  Object.assign(process.env, { REDRIVE_SECRET: "a newer secret than before, 0123456789abcdef" });
  await closeDeps();
  expect(await open(token)).toMatchObject({ status: 401 });
  Object.assign(process.env, { REDRIVE_SECRET_PREVIOUS: before });
  await closeDeps();
  expect(await open(token)).toMatchObject({ status: 200 });
  const { token: newer } = await minted();
  Object.assign(process.env, { REDRIVE_SECRET: before, REDRIVE_SECRET_PREVIOUS: "" });
  await closeDeps();
  expect(await open(newer)).toMatchObject({ status: 401 });
});

test("on https the cookie is for secure connections only", async () => {
  Object.assign(process.env, { NEXTAUTH_URL: "https://redrive.example.org" });
  await closeDeps();
  const { token, url } = await minted();
  expect(url).toMatch(/^https:\/\/redrive\.example\.org\/my\?token=/);
  const { headers } = await call(ownPage, { path: `/my?token=${token}` });
  expect(headers.get("set-cookie")).toMatch(/^__Secure-redrive\.portal=.*; Secure$/);
  Object.assign(process.env, { NEXTAUTH_URL: origin });
  await closeDeps();
});
