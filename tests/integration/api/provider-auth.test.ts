// The secrets of signing and OAuth 2: sealed, never read back, kept where they are not given, and tried at once when new.
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getProvider, PATCH as patchProvider } from "#app/api/v1/providers/[slug]/route.ts";
import { POST as createProvider } from "#app/api/v1/providers/route.ts";
import { keyringOf, seal, unseal } from "#lib/node/secrets.ts";
import { type Api, anApi, call } from "#tests/integration/api/app.ts";
import { run } from "#tests/support/processes.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const url = "https://ats.example/results";
const secret = "s3cr3t-value-of-the-client";
const [oldSecret, newSecret] = [7, 9].map((byte) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`);
const create = (body: Record<string, unknown>) =>
  call(createProvider, { as: api.admin, body: { url, ...body } });
const read = (slug: string) => call(getProvider, { as: api.admin, params: { slug } });
const patch = (slug: string, body: unknown) =>
  call(patchProvider, { as: api.admin, method: "PATCH", params: { slug }, body });

const present = () => process.env.REDRIVE_SECRET ?? "";
const sealedAuth = async (slug: string) => {
  const [row] = await api.sql<{ sealedAuth: string }[]>`
    select sealed_auth from redrive.providers where slug = ${slug}`;
  return JSON.parse(unseal(keyringOf(present()), `provider:${slug}`, row?.sealedAuth ?? ""));
};

const oauth2 = {
  kind: "oauth2_client_credentials",
  tokenUrl: "https://auth.example/token",
  clientId: "redrive",
  clientSecret: secret,
};
const kept = { ...oauth2, clientSecret: null };

test("a client secret is sealed, never comes back, and stays while scope, audience and client change", async () => {
  const made = await create({ slug: "oauth", auth: oauth2 });
  expect(made.status).toBe(201);
  const shown = { ...kept, scope: null, audience: null, send: "basic" };
  expect(made.body.auth).toEqual(shown);
  const change = {
    ...kept,
    clientId: "other",
    scope: "write",
    audience: "https://api.example",
    send: "post",
  };
  const changed = await patch("oauth", { auth: change });
  expect(changed).toMatchObject({ status: 200, body: { auth: change, version: 2 } });
  expect((await read("oauth")).body.auth).toEqual(change);
  for (const { text } of [made, changed, await read("oauth")]) expect(text).not.toContain(secret);
  expect(await sealedAuth("oauth")).toEqual({ ...change, clientSecret: secret });
  const everything = await api.sql`
    select policy::text from redrive.providers where slug = 'oauth'
    union all select detail::text from redrive.audit where subject_id = 'oauth'`;
  expect(everything.length).toBe(3);
  expect(JSON.stringify(everything)).not.toContain(secret);
});

test("signing secrets are sealed, never come back, and stay when they are left out", async () => {
  const secrets = [newSecret, { secret: oldSecret, until: "2030-01-01T00:00:00Z" }];
  const made = await create({ slug: "signed", auth: { kind: "standard_webhooks", secrets } });
  expect(made.body.auth).toEqual({ kind: "standard_webhooks", secrets: null });
  const same = await patch("signed", { auth: { kind: "standard_webhooks", secrets: null } });
  expect(same.body.version).toBe(1);
  expect((await sealedAuth("signed")).secrets).toEqual(secrets);
  const rotated = await patch("signed", { auth: { kind: "standard_webhooks", secrets: [newSecret] } });
  expect(rotated.body.version).toBe(2);
  for (const { text } of [made, same, rotated, await read("signed")]) expect(text).not.toContain("whsec_");
  const [row] = await api.sql`
    select detail from redrive.audit where subject_id = 'signed' and action = 'provider.changed'`;
  expect(row?.detail.changed).toEqual(["auth.secrets"]);
});

test.each([
  ["a client secret", kept, "auth.clientSecret"],
  ["signing secrets", { kind: "standard_webhooks", secrets: null }, "auth.secrets"],
])("%s must be given where none of its kind is stored", async (_name, auth, field) => {
  const refused = { status: 422, body: { code: "invalid_input", errors: [{ field }] } };
  expect(await create({ slug: "empty", auth })).toMatchObject(refused);
  const slug = `empty-${field.split(".")[1]?.toLowerCase()}`;
  await create({ slug, auth: { kind: "header", name: "x-key", value: "k" } });
  expect(await patch(slug, { auth })).toMatchObject(refused);
  expect(await sealedAuth(slug)).toMatchObject({ kind: "header", value: "k" });
});

test("a signing secret that is none is refused with a sentence, and is not repeated", async () => {
  const wrong = await create({ slug: "weak", auth: { kind: "standard_webhooks", secrets: ["hunter2"] } });
  expect(wrong.status).toBe(422);
  expect(wrong.body.errors[0]?.field).toBe("auth.secrets.0");
  expect(wrong.body.errors[0]?.message).toContain("24 to 64 bytes in base64");
  expect(wrong.text).not.toContain("hunter2");
});

test("a stored client secret follows neither the token URL nor the URL to another host", async () => {
  await create({ slug: "moving", auth: oauth2 });
  const elsewhere = "https://evil.example/token";
  const moved = await patch("moving", { auth: { ...kept, tokenUrl: elsewhere } });
  expect(moved).toMatchObject({ status: 422, body: { errors: [{ field: "auth.clientSecret" }] } });
  expect(moved.body.errors[0]?.message).toContain("the token URL leads to another host");
  for (const tokenUrl of ["https://auth.example:8443/token", "http://auth.example/token"]) {
    expect((await patch("moving", { auth: { ...kept, tokenUrl } })).status).toBe(422);
  }
  expect((await patch("moving", { url: "https://evil.example/" })).status).toBe(422);
  expect((await patch("moving", { url: "https://evil.example/", auth: kept })).status).toBe(422);
  expect(await sealedAuth("moving")).toMatchObject({ tokenUrl: oauth2.tokenUrl });

  expect((await patch("moving", { auth: { ...kept, tokenUrl: "https://auth.example/v2" } })).status).toBe(
    200,
  );
  const given = { ...oauth2, tokenUrl: elsewhere, clientSecret: `${secret}-2` };
  expect((await patch("moving", { auth: given })).status).toBe(200);
  expect(await sealedAuth("moving")).toMatchObject({ tokenUrl: elsewhere, clientSecret: `${secret}-2` });
});

test("a stored password does not follow its mail server either, though its scheme has no origin", async () => {
  const mail = { adapter: "email", options: { from: "redrive@ats.example" } };
  const auth = { kind: "basic", user: "u", password: secret };
  await create({ slug: "mail", url: "smtp://mail.example", ...mail, auth });
  const moved = await patch("mail", { url: "smtp://evil.example" });
  expect(moved).toMatchObject({ status: 422, body: { errors: [{ field: "auth" }] } });
});

/** The breaker as it stands after refusals, or after another trouble. */
const opened = (slug: string, reason: string, cause = reason) => api.sql`
  update redrive.provider_state
  set breaker = 'open', breaker_reason = ${reason}, breaker_since = now(), next_probe_at = now() + interval '10 min',
    control = ${api.sql.json({ breaker: { state: "open", reason, cause } })}, probe_requested_by = null
  where provider = ${slug}`;
const askedBy = async (slug: string) => {
  const [row] = await api.sql`select probe_requested_by from redrive.provider_state where provider = ${slug}`;
  return row?.probeRequestedBy;
};

test("new credentials are tried at once where the old ones were refused, and only there", async () => {
  const by = `Ada <${api.admin.email}>`;
  await create({ slug: "retried", auth: oauth2 });
  await opened("retried", "unauthorized");
  await patch("retried", { slowMs: 1_000 });
  expect(await askedBy("retried")).toBeNull();
  await patch("retried", { auth: kept });
  expect(await askedBy("retried")).toBeNull();
  await patch("retried", { auth: { ...oauth2, clientSecret: "the-new-one" } });
  expect(await askedBy("retried")).toBe(by);
  const [row] = await api.sql`
    select actor, reason from redrive.audit
    where subject_id = 'retried' and action = 'provider.probe_requested'`;
  expect(row).toEqual({ actor: by, reason: "Its auth was changed" });

  // A test that failed keeps why it opened first.
  await opened("retried", "probe_failed", "unauthorized");
  await patch("retried", { auth: { ...kept, scope: "write" } });
  expect(await askedBy("retried")).toBe(by);

  await opened("retried", "failing");
  await patch("retried", { auth: oauth2 });
  expect(await askedBy("retried")).toBeNull();

  await opened("retried", "unauthorized");
  await api.sql`update redrive.provider_state set probe_requested_by = 'Bob' where provider = 'retried'`;
  await patch("retried", { auth: oauth2 });
  expect(await askedBy("retried")).toBe("Bob");
});

test("after a change of REDRIVE_SECRET everything is sealed anew, once, and then the old one can go", async () => {
  const next = "the-next-redrive-secret-0123456789abcdef";
  await using first = reseal(next);
  expect(await first.ended).toBe(0);
  expect(first.output()).toMatch(
    /^Providers' secrets sealed anew: ([1-9]\d*); sealed under REDRIVE_SECRET already: 0\.$/m,
  );
  const rows = await api.sql<{ slug: string; sealedAuth: string }[]>`
    select slug, sealed_auth from redrive.providers where sealed_auth is not null`;
  for (const { slug, sealedAuth } of rows) {
    expect(() => unseal(keyringOf(next), `provider:${slug}`, sealedAuth)).not.toThrow();
  }
  await using second = reseal(next);
  expect(await second.ended).toBe(0);
  expect(second.output()).toContain(`sealed anew: 0; sealed under REDRIVE_SECRET already: ${rows.length}.`);
  expect(second.output()).not.toContain(next);
});

const reseal = (secretNow: string) =>
  run("reseal.ts", { DATABASE_URL: api.url, REDRIVE_SECRET: secretNow, REDRIVE_SECRET_PREVIOUS: present() });

test("where one secret can't be opened, resealing says which and changes nothing", async () => {
  const foreign = seal(keyringOf("a secret that nobody here knows, 0123456789"), "provider:zz-lost", "{}");
  await api.sql`
    insert into redrive.providers (slug, policy, sealed_auth, updated_by)
    select 'zz-lost', policy, ${foreign}, 'test' from redrive.providers where slug = 'oauth'`;
  const sealed = () => api.sql`select slug, sealed_auth from redrive.providers order by slug`;
  const before = await sealed();
  const [third, next] = [
    "a-third-redrive-secret-0123456789abcdef",
    "the-next-redrive-secret-0123456789abcdef",
  ];
  await using refused = run("reseal.ts", {
    DATABASE_URL: api.url,
    REDRIVE_SECRET: third,
    REDRIVE_SECRET_PREVIOUS: next,
  });
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toMatch(/^The secret of the provider "zz-lost" can't be opened/);
  expect(refused.output().trim().split("\n")).toHaveLength(1);
  expect(await sealed()).toEqual(before);
});
