// Sources by the API: made, changed, rotated, deleted; never a secret read back; each change in force at the address.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DELETE, GET, PATCH } from "#app/api/v1/inbound-sources/[slug]/route.ts";
import { GET as LIST, POST } from "#app/api/v1/inbound-sources/route.ts";
import { type Api, anApi, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { sends, sendsSigned } from "#tests/support/inbound-source.ts";
import { run } from "#tests/support/processes.ts";
import { webhookSecret } from "#tests/support/standard-webhooks.ts";
import { aWebServer, inboundSecret, type WebServer } from "#tests/support/web-server.ts";

const secondSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
let api: Api;
let server: WebServer;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "crm");
  await aProvider(api.sql, "billing");
  server = await aWebServer({ databaseUrl: api.url });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const create = (body: Record<string, unknown>) =>
  call(POST, {
    as: api.admin,
    body: { kind: "standard_webhooks", provider: "crm", secrets: [webhookSecret], ...body },
  });
const read = (slug: string) => call(GET, { as: api.admin, params: { slug } });
const patch = (slug: string, body: unknown, headers: Record<string, string> = {}) =>
  call(PATCH, { as: api.admin, method: "PATCH", params: { slug }, body, headers });

test("a source that is made takes calls at its address at once, and shows what came, but no secret", async () => {
  const made = await create({ slug: "mail", name: "Mail events", mapping: { owner: "$.customer" } });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({ slug: "mail", path: "/api/v1/inbound/mail", version: 1 });
  expect(made.headers.get("etag")).toBe('"1"');
  expect(made.headers.get("location")).toBe("/api/v1/inbound-sources/mail");

  const sent = await sendsSigned(`${server.url}${made.body.path}`, '{"customer":"c-7"}', { id: "m1" });
  expect(sent.status).toBe(202);
  await eventually(async () => {
    const { body, text } = await read("mail");
    expect(body.lastHour).toMatchObject({ accepted: 1, duplicates: 0, refused: 0, notStored: 0 });
    expect(body).toMatchObject({
      name: "Mail events",
      secrets: [{ addedAt: expect.any(String), until: null }],
      mapping: { owner: "$.customer" },
      enabled: true,
      bytesMax: 1_048_576,
    });
    expect(text).not.toContain(webhookSecret.slice(6, 20));
  });
  const list = await call(LIST, { as: api.admin });
  expect(list.body.items.map(({ slug }) => slug)).toContain("mail");
  expect(list.text).not.toContain(webhookSecret.slice(6, 20));
});

test("a rotation lets both secrets count, and the old one no longer after the overlap", async () => {
  await create({ slug: "rotated" });
  const url = server.inbound("rotated");
  const statuses = async () => [
    (await sendsSigned(url, "{}", { secret: webhookSecret })).status,
    (await sendsSigned(url, "{}", { secret: secondSecret })).status,
  ];
  expect(await statuses()).toEqual([202, 401]);
  expect((await patch("rotated", { rotate: { secret: secondSecret, overlapSeconds: 60 } })).status).toBe(200);
  await eventually(async () => expect(await statuses()).toEqual([202, 202]), 3_000);
  const { secrets } = (await read("rotated")).body as unknown as { secrets: { until: string | null }[] };
  expect(secrets[0]?.until).toBeNull();
  expect(Date.parse(secrets[1]?.until ?? "")).toBeGreaterThan(Date.now() + 50_000);

  await patch("rotated", { secrets: [secondSecret] });
  await eventually(async () => expect(await statuses()).toEqual([401, 202]), 3_000);
  await patch("rotated", { rotate: { secret: webhookSecret, overlapSeconds: 0 } });
  await eventually(async () => expect(await statuses()).toEqual([202, 401]), 3_000);
});

test("a sixth secret beside five that count is refused, for one of them would end at once", async () => {
  const five = [1, 2, 3, 4, 5].map((nth) => `a-shared-secret-${nth}`);
  const options = { hmac: { header: "X-Sign" } };
  await create({ slug: "five", kind: "hmac", options, secrets: five });
  const rotate = (overlapSeconds: number) =>
    patch("five", { rotate: { secret: "a-shared-secret-6", overlapSeconds } });
  expect(await rotate(60)).toMatchObject({
    status: 422,
    body: { errors: [{ field: "rotate.secret", message: expect.stringMatching(/beside 5 that count/) }] },
  });
  // Without an overlap all of them end, as is said.
  expect((await rotate(0)).status).toBe(200);
});

test("a secret that has ended is not shown any more", async () => {
  const ended = { secret: webhookSecret, until: new Date(Date.now() - 1_000).toISOString() };
  await create({ slug: "ended", secrets: [secondSecret, ended] });
  expect((await read("ended")).body).toMatchObject({ secrets: [{ until: null }] });
});

test("each kind that needs to know more is told so, and works with it", async () => {
  await create({
    slug: "ours",
    kind: "hmac",
    secrets: ["a-shared-secret"],
    options: { hmac: { header: "X-Sign", prefix: "sha256=" } },
    mapping: { id: "$.id" },
  });
  const { createHmac } = await import("node:crypto");
  const body = '{"id":7}';
  const headers = {
    "content-type": "application/json",
    "x-sign": `sha256=${createHmac("sha256", "a-shared-secret").update(body).digest("hex")}`,
  };
  const answers = [
    await sends(server.inbound("ours"), body, headers),
    await sends(server.inbound("ours"), body, headers),
  ];
  expect(answers.map(({ status, body }) => [status, body.duplicate])).toEqual([
    [202, false],
    [202, true],
  ]);

  await create({
    slug: "plain",
    kind: "basic",
    secrets: ["password-1"],
    options: { basic: { user: "crm" } },
  });
  const authorization = `Basic ${Buffer.from("crm:password-1").toString("base64")}`;
  const json = { "content-type": "application/json" };
  expect((await sends(server.inbound("plain"), "{}", { ...json, authorization })).status).toBe(202);
  const refused = await sends(server.inbound("plain"), "{}", json);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe('Basic realm="redrive"');

  await create({
    slug: "token",
    kind: "token",
    secrets: ["token-12"],
    options: { token: { header: "X-Token" } },
  });
  expect((await sends(server.inbound("token"), "{}", { ...json, "x-token": "token-12" })).status).toBe(202);
});

describe("what is refused", () => {
  test.each([
    [{ provider: "nobody" }, "provider", /no provider "nobody"/],
    [{ secrets: [] }, "secrets", /one secret at least/],
    [{ secrets: ["short"] }, "secrets.0", /./],
    [{ secrets: ["not base64 of 24 bytes"] }, "secrets.0", /base64/],
    [{ kind: "hmac", secrets: ["12345678"] }, "options.hmac", /must be given/],
    [{ options: { basic: { user: "a" } } }, "options.basic", /not for the kind/],
    [{ mapping: { id: "id" } }, "mapping.id", /path like/],
    [{ mapping: { id: "$..a..b" } }, "mapping.id", /deep/],
    [{ mapping: { id: "header:" } }, "mapping.id", /header:/],
    [{ bytesMax: 2_000_000 }, "bytesMax", /1 MiB/],
    [{ unknown: 1 }, "unknown", /not known/],
    [
      { kind: "hmac", secrets: ["12345678"], options: { hmac: { header: "X", content: "{timestamp}" } } },
      "options.hmac.content",
      /\{body\}/,
    ],
    [
      {
        kind: "hmac",
        secrets: ["12345678"],
        options: { hmac: { header: "X", content: "{timestamp}{body}", timestampHeader: "T" } },
      },
      "options.hmac.content",
      /no digit between/,
    ],
    [
      { kind: "hmac", secrets: ["12345678"], options: { hmac: { header: "X", timestampHeader: "T" } } },
      "options.hmac.timestampHeader",
      /\{timestamp\}/,
    ],
  ])("%j names its field and the mend", async (given, field, message) => {
    const { status, body } = await create({ slug: "refused", ...given });
    expect(status).toBe(422);
    expect(body.errors.find((error) => error.field === field)?.message ?? body.errors).toMatch(message);
  });

  test("a content that was stored without a separator is read and kept, and only a better one takes its place", async () => {
    const hmac = { header: "X", content: "{timestamp}.{body}", timestampHeader: "T" };
    await create({ slug: "old", kind: "hmac", secrets: ["12345678"], options: { hmac } });
    await api.sql`
      update redrive.inbound_sources
      set options = jsonb_set(options, '{hmac,content}', '"{timestamp}{body}"') where slug = 'old'`;
    const { body } = await read("old");
    expect(body.options).toMatchObject({ hmac: { content: "{timestamp}{body}" } });
    expect((await patch("old", { enabled: false, options: body.options })).status).toBe(200);
    const digit = { hmac: { ...hmac, content: "{body}1{timestamp}" } };
    expect(await patch("old", { options: digit })).toMatchObject({
      status: 422,
      body: { errors: [{ field: "options.hmac.content" }] },
    });
    expect((await patch("old", { options: { hmac } })).status).toBe(200);
    expect(
      (await patch("old", { options: { hmac: { ...hmac, content: "{timestamp}{body}" } } })).status,
    ).toBe(422);
  });

  test("a slug that is taken, an older version, and what is not there", async () => {
    await create({ slug: "versions" });
    expect((await create({ slug: "versions" })).status).toBe(409);
    expect((await patch("versions", { enabled: false }, { "if-match": '"1"' })).body.version).toBe(2);
    const late = await patch("versions", { enabled: true }, { "if-match": '"1"' });
    expect(late.status).toBe(412);
    expect(late.body.by).toBe(`${api.admin.name} <${api.admin.email}>`);
    for (const answer of [await read("nobody"), await patch("nobody", {})]) expect(answer.status).toBe(404);
    const both = await patch("versions", { secrets: [webhookSecret], rotate: { secret: webhookSecret } });
    expect(both.status).toBe(422);
  });

  test("whoever may not manage providers, changes nothing; who may see, sees", async () => {
    await create({ slug: "guarded" });
    const developer = await api.person("developer");
    const params = { slug: "guarded" };
    expect((await call(GET, { as: developer, params })).status).toBe(200);
    expect(
      (await call(PATCH, { as: developer, method: "PATCH", params, body: { enabled: false } })).status,
    ).toBe(403);
    expect((await call(DELETE, { as: developer, method: "DELETE", params })).status).toBe(403);
    expect((await call(POST, { as: developer, body: {} })).status).toBe(403);
    const endUser = await api.person("end_user");
    expect((await call(LIST, { as: endUser })).status).toBe(403);
  });
});

test("a source that is deleted takes nothing more; its records stay, and the audit knows", async () => {
  await create({ slug: "gone" });
  const sent = await sendsSigned(server.inbound("gone"), "{}");
  expect(sent.status).toBe(202);
  const params = { slug: "gone" };
  expect((await call(DELETE, { as: api.admin, method: "DELETE", params })).status).toBe(200);
  await eventually(
    async () => expect((await sendsSigned(server.inbound("gone"), "{}")).status).toBe(404),
    3_000,
  );
  const records = await api.sql`select from redrive.outbox where id = ${String(sent.body.id)}`;
  expect(records.count).toBe(1);
  const acts = await api.sql`
    select action, detail::text as detail from redrive.audit
    where subject_kind = 'inbound_source' and subject_id = 'gone' order by id`;
  expect(acts.map(({ action }) => action)).toEqual(["inbound_source.created", "inbound_source.deleted"]);
  for (const { detail } of acts) expect(detail).not.toContain(webhookSecret.slice(6, 20));
});

test("after a change of REDRIVE_SECRET a source's secrets are sealed anew, and calls are taken on", async () => {
  const next = "the-next-redrive-secret-0123456789abcdef";
  await create({ slug: "resealed" });
  await using reseal = run("reseal.ts", {
    DATABASE_URL: api.url,
    REDRIVE_SECRET: next,
    REDRIVE_SECRET_PREVIOUS: inboundSecret,
  });
  expect(await reseal.ended).toBe(0);
  expect(reseal.output()).toMatch(/^Secrets of sources of webhooks sealed anew: [1-9]\d*; already: 0\.$/m);
  await using after = await aWebServer({ databaseUrl: api.url, secret: next });
  expect((await sendsSigned(after.inbound("resealed"), "{}")).status).toBe(202);
  // One that can't open them refuses nobody for it.
  await using without = await aWebServer({ databaseUrl: api.url });
  const answer = await sendsSigned(without.inbound("resealed"), "{}");
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("5");
});
