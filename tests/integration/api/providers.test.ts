import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as pause } from "#app/api/v1/providers/[slug]/pause/route.ts";
import { POST as probe } from "#app/api/v1/providers/[slug]/probe/route.ts";
import { POST as resume } from "#app/api/v1/providers/[slug]/resume/route.ts";
import {
  DELETE as deleteProvider,
  GET as getProvider,
  PATCH as patchProvider,
} from "#app/api/v1/providers/[slug]/route.ts";
import { POST as createProvider, GET as getProviders } from "#app/api/v1/providers/route.ts";
import { ProviderWithState } from "#lib/contract/provider.ts";
import { keyringOf, unseal } from "#lib/node/secrets.ts";
import { type Api, anApi, aRecord, call, type Person } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let bob: Person;
beforeAll(async () => {
  api = await anApi();
  bob = await api.person("support_tech", "Bob");
});
afterAll(() => api[Symbol.asyncDispose]());

const url = "https://ats.example/results";
const secret = "s3cr3t-value";
const create = (body: Record<string, unknown>) => call(createProvider, { as: api.admin, body });
const read = (slug: string) => call(getProvider, { as: api.admin, params: { slug } });
const patch = (slug: string, body: unknown, headers: Record<string, string> = {}) =>
  call(patchProvider, { as: api.admin, method: "PATCH", params: { slug }, body, headers });
const sealedAuth = async (slug: string) => {
  const [row] = await api.sql<{ sealedAuth: string | null; policy: object }[]>`
    select sealed_auth, policy from redrive.providers where slug = ${slug}`;
  expect(JSON.stringify(row?.policy)).not.toContain(secret);
  if (!row?.sealedAuth) return null;
  return JSON.parse(unseal(keyringOf(process.env.REDRIVE_SECRET ?? ""), `provider:${slug}`, row.sealedAuth));
};

test("a provider is made of a slug and a URL, and every default is shown", async () => {
  const made = await create({ slug: "plain", url });
  expect(made.status).toBe(201);
  expect(made.headers.get("location")).toBe("/api/v1/providers/plain");
  expect(made.body).toMatchObject({
    slug: "plain",
    name: "plain",
    url,
    method: "POST",
    batchSizeMax: 10,
    connectionsMax: 25,
    timeoutMs: { connect: 5_000, headers: 30_000, total: 90_000 },
    backoff: { baseMs: 60_000, factor: 3, jitter: 0.2, attemptsMax: 5 },
    auth: { kind: "none" },
    windows: { timeZone: "UTC", deliver: [], maintenance: [] },
    limits: { perSecond: null, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 },
    rules: [],
    onInvalid: "fail",
    autoRedrive: true,
    flags: { enabled: true, shadow: false, percentage: 100 },
    version: 1,
    updatedBy: `Ada <${api.admin.email}>`,
  });
  const { body, headers } = await read("plain");
  expect(() => ProviderWithState.parse(body)).not.toThrow();
  expect(headers.get("etag")).toBe('"1"');
  expect(body.state).toMatchObject({ breaker: "closed", hold: null, waiting: 0, failed: 0, owner: null });
});

test("a handler runs three at a time where nobody says how many, and has as many connections", async () => {
  const handler = { url: "handler:views", adapter: "handler" };
  const unsaid = await create({ slug: "views", ...handler });
  expect(unsaid.body).toMatchObject({ batchSizeMax: 3, connectionsMax: 3 });
  const said = await create({ slug: "many-views", ...handler, batchSizeMax: 12 });
  expect(said.body).toMatchObject({ batchSizeMax: 12, connectionsMax: 12 });
});

test("the adapter is what the URL asks for, where nobody names it", async () => {
  expect((await create({ slug: "own-code", url: "handler:views" })).body).toMatchObject({
    adapter: "handler",
    batchSizeMax: 3,
    connectionsMax: 3,
  });
  const mail = { slug: "own-mail", url: "smtp://mail.example", options: { from: "redrive@shop.example" } };
  expect((await create(mail)).body).toMatchObject({ adapter: "email", batchSizeMax: 10 });
  // Redrive's own is nobody's to ask for.
  expect((await create({ slug: "own-echo", url: "loopback:echo" })).status).toBe(422);
});

test.each([
  ["a URL that is no http(s) URL", { url: "ftp://ats.example/" }, "url", "http or https"],
  ["a text as URL", { url: "ats" }, "url", "http or https"],
  ["a URL with a password", { url: "https://a:b@ats.example/" }, "url", "use auth instead"],
  ["a batch size of 0", { batchSizeMax: 0 }, "batchSizeMax", "at least 1"],
  ["a slug of capitals", { slug: "ATS" }, "slug", "must be 1 to 63 of a-z"],
  ["an unknown setting", { retries: 5 }, "retries", "leave it out"],
  ["an unknown setting inside another", { backoff: { base: 1 } }, "backoff.base", "leave it out"],
  [
    "a total shorter than its part",
    { timeoutMs: { total: 10_000 } },
    "timeoutMs.headers",
    "timeoutMs.total (10000)",
  ],
  [
    "fewer connections than the batch",
    { batchSizeMax: 50, connectionsMax: 30 },
    "connectionsMax",
    "batchSizeMax (50)",
  ],
  [
    "an auth without its secret",
    { auth: { kind: "header", name: "x-key", value: null } },
    "auth.value",
    "given",
  ],
])("%s is refused, naming the field and the mend", async (_name, wrong, field, mend) => {
  const { status, body } = await create({ slug: "wrong", url, ...wrong });
  expect(status).toBe(422);
  expect(body.code).toBe("invalid_input");
  const error = body.errors.find((one: { field: string }) => one.field === field);
  expect(error?.message).toContain(mend);
});

test("connections follow the batch size unless they are given", async () => {
  expect((await create({ slug: "wide", url, batchSizeMax: 60 })).body.connectionsMax).toBe(60);
  expect((await patch("wide", { batchSizeMax: 100 })).body).toMatchObject({
    batchSizeMax: 100,
    connectionsMax: 100,
  });
  expect((await patch("wide", { batchSizeMax: 5 })).body.connectionsMax).toBe(100);
  expect((await patch("wide", { batchSizeMax: 50, connectionsMax: 40 })).status).toBe(422);
});

test("a slug is taken once", async () => {
  await create({ slug: "once", url });
  const again = await create({ slug: "once", url });
  expect(again).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: expect.stringContaining('"once"') },
  });
});

test("a patch changes what it names, one version at a time, and the audit says which", async () => {
  await create({ slug: "patched", url, backoff: { factor: 2 } });
  const changed = await patch("patched", { backoff: { baseMs: 500 }, flags: { enabled: false } });
  expect(changed.body).toMatchObject({
    version: 2,
    backoff: { baseMs: 500, factor: 2 },
    flags: { enabled: false },
    url,
  });
  expect(changed.headers.get("etag")).toBe('"2"');
  const { body } = await read("patched");
  expect(body).toMatchObject({
    version: 2,
    backoff: { baseMs: 500, factor: 2 },
    state: { hold: "disabled" },
  });
  const [row] = await api.sql`
    select detail from redrive.audit where subject_id = 'patched' and action = 'provider.changed'`;
  expect(row?.detail.changed.sort()).toEqual(["backoff.baseMs", "flags.enabled"]);
  expect((await patch("patched", { backoff: { baseMs: 500 } })).body.version).toBe(2);
  expect((await patch("patched", { batchSizeMax: 0 })).status).toBe(422);
  expect((await patch("nobody", { batchSizeMax: 1 })).status).toBe(404);
});

test("a patch for another version is refused, and tells who changed it", async () => {
  await create({ slug: "versioned", url });
  expect((await patch("versioned", { slowMs: 1_000 }, { "if-match": '"1"' })).status).toBe(200);
  const stale = await patch("versioned", { slowMs: 2_000 }, { "if-match": '"1"' });
  expect(stale).toMatchObject({
    status: 412,
    body: { code: "version_mismatch", by: `Ada <${api.admin.email}>` },
  });
  expect((await patch("versioned", { slowMs: 2_000 }, { "if-match": "*" })).status).toBe(200);
  expect((await patch("versioned", { slowMs: 1 }, { "if-match": "newest" })).body.errors[0]?.field).toBe(
    "If-Match",
  );
  expect((await read("versioned")).body).toMatchObject({ version: 3, slowMs: 2_000 });
});

test("two patches at once both hold", async () => {
  await create({ slug: "both", url });
  const patches = await api.sql.begin(async (sql) => {
    await sql`select from redrive.providers where slug = 'both' for update`;
    const both = [patch("both", { slowMs: 7 }), patch("both", { batchSizeMax: 7 })];
    // Each has read what it reads, and waits for its turn to write.
    await expect.poll(waiting, { timeout: 10_000 }).toBe(2);
    return { both };
  });
  expect((await Promise.all(patches.both)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await read("both")).body).toMatchObject({ version: 3, slowMs: 7, batchSizeMax: 7 });
});

async function waiting(): Promise<number> {
  const [row] = await api.sql<{ n: number }[]>`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  return row?.n ?? 0;
}

test("a secret is sealed, never comes back, and stays when a patch leaves it out", async () => {
  const answers = [
    await create({ slug: "sealed", url, auth: { kind: "header", name: "x-key", value: secret } }),
    await patch("sealed", { auth: { kind: "header", name: "x-api-key", value: null } }),
    await patch("sealed", { slowMs: 9_000 }),
    await read("sealed"),
    await call(getProviders, { as: api.admin }),
  ];
  for (const { status, text } of answers) {
    expect(status).toBeLessThan(300);
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/v[12]\.[\w-]{8}/);
  }
  expect(answers[3]?.body.auth).toEqual({ kind: "header", name: "x-api-key", value: null });
  expect(await sealedAuth("sealed")).toEqual({ kind: "header", name: "x-api-key", value: secret });

  const other = await patch("sealed", { auth: { kind: "basic", user: "u", password: null } });
  expect(other).toMatchObject({ status: 422, body: { errors: [{ field: "auth.password" }] } });
  await patch("sealed", { auth: { kind: "basic", user: "u", password: `${secret}-2` } });
  expect(await sealedAuth("sealed")).toEqual({ kind: "basic", user: "u", password: `${secret}-2` });
  await patch("sealed", { auth: { kind: "none" } });
  expect(await sealedAuth("sealed")).toBeNull();

  const audits = await api.sql`select detail::text from redrive.audit where subject_id = 'sealed'`;
  expect(audits.length).toBeGreaterThan(3);
  expect(JSON.stringify(audits)).not.toContain(secret);
});

test("a new secret alone is a change, and the audit names its field", async () => {
  await create({ slug: "rotated", url, auth: { kind: "header", name: "x-key", value: "old" } });
  const { body } = await patch("rotated", { auth: { kind: "header", name: "x-key", value: "new" } });
  expect(body.version).toBe(2);
  expect(await sealedAuth("rotated")).toMatchObject({ value: "new" });
  const [row] = await api.sql`
    select detail from redrive.audit where subject_id = 'rotated' and action = 'provider.changed'`;
  expect(row?.detail.changed).toEqual(["auth.value"]);
});

test("a repeated Idempotency-Key gives no secret back", async () => {
  const headers = { "idempotency-key": "secret-1" };
  const body = { slug: "idem", url, auth: { kind: "basic", user: "u", password: secret } };
  await call(createProvider, { as: api.admin, body, headers });
  const again = await call(createProvider, { as: api.admin, body, headers });
  expect(again.status).toBe(201);
  expect(again.text).not.toContain(secret);
  const keys = await api.sql`select idempotency_keys::text as row from redrive.idempotency_keys`;
  expect(JSON.stringify(keys)).not.toContain(secret);
});

const act = (handler: typeof pause, slug: string, body: unknown = {}, as = api.admin) =>
  call(handler, { as, params: { slug }, body });

test("a pause says why, holds, and is not overwritten", async () => {
  await aProvider(api.sql, "held");
  expect((await act(pause, "held", { reason: " " })).body.errors).toMatchObject([{ field: "reason" }]);
  expect(
    (await act(pause, "held", { reason: "x", until: "2020-01-01T00:00:00Z" })).body.errors[0]?.field,
  ).toBe("until");
  const until = "2100-01-01T00:00:00Z";
  const paused = await act(pause, "held", { reason: "they migrate", until });
  const by = `Ada <${api.admin.email}>`;
  expect(paused).toMatchObject({
    status: 200,
    body: { slug: "held", hold: "paused", holdUntil: until, pausedBy: by, pauseReason: "they migrate" },
  });
  const again = await act(pause, "held", { reason: "me too" }, bob);
  expect(again).toMatchObject({
    status: 409,
    body: { code: "conflict", by, at: expect.stringMatching(/Z$/) },
  });
  expect(again.body.detail).toContain("they migrate");

  await aRecord.waiting(api, "held");
  const { state } = (await read("held")).body;
  expect(state).toMatchObject({ hold: "paused", holdUntil: until, held: 1, waiting: 0, pausedBy: by });
  const [row] = await api.sql`select actor, reason from redrive.audit where action = 'provider.paused'`;
  expect(row).toEqual({ actor: by, reason: "they migrate" });
});

test("of two people who pause at once one wins", async () => {
  await aProvider(api.sql, "raced");
  const answers = await Promise.all([
    act(pause, "raced", { reason: "a" }),
    act(pause, "raced", { reason: "b" }, bob),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test("a resumed provider sends again; resuming it twice names who did", async () => {
  await aProvider(api.sql, "resumed");
  expect((await act(resume, "resumed")).body).toMatchObject({
    status: 409,
    detail: "This provider is not paused.",
  });
  await act(pause, "resumed", { reason: "x" });
  expect((await act(resume, "resumed", { reason: "well again" }, bob)).body).toMatchObject({
    hold: null,
    pausedBy: null,
  });
  const again = await act(resume, "resumed");
  expect(again).toMatchObject({ status: 409, body: { by: `Bob <${bob.email}>`, at: expect.any(String) } });
});

test("a probe is asked for once, and only while the breaker is not closed", async () => {
  await aProvider(api.sql, "probed");
  expect(await act(probe, "probed")).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("closed") },
  });
  await api.sql`
    update redrive.provider_state
    set breaker = 'open', breaker_reason = 'failing', breaker_since = now(), next_probe_at = now() + interval '10 min'
    where provider = 'probed'`;
  expect(await act(probe, "probed", {}, bob)).toMatchObject({
    status: 200,
    body: { breaker: "open", hold: "breaker_open", probeRequestedBy: `Bob <${bob.email}>` },
  });
  expect(await act(probe, "probed")).toMatchObject({ status: 409, body: { by: `Bob <${bob.email}>` } });
  const { state } = (await read("probed")).body;
  expect(state).toMatchObject({ breaker: "open", breakerReason: "failing", hold: "breaker_open" });
  expect(state.nextProbeAt).toBe(state.holdUntil);
});

test("a provider that does not exist is not found, whatever is done to it", async () => {
  for (const handler of [pause, resume, probe]) {
    expect((await act(handler, "nobody", { reason: "x" })).status).toBe(404);
    expect((await act(handler, "NO-SLUG", { reason: "x" })).status).toBe(404);
  }
  expect((await read("nobody")).status).toBe(404);
});

test("a stored secret does not follow its provider to another host", async () => {
  await create({ slug: "moving", url, auth: { kind: "header", name: "x-key", value: secret } });
  const moved = await patch("moving", { url: "https://elsewhere.example/results" });
  expect(moved.status).toBe(422);
  expect(moved.body.errors).toMatchObject([{ field: "auth" }]);
  expect((await patch("moving", { url: "https://ats.example/other" })).status).toBe(200);
  const again = { kind: "header", name: "x-key", value: `${secret}-3` };
  expect((await patch("moving", { url: "https://elsewhere.example/results", auth: again })).status).toBe(200);
});

test("a paused provider is not probed: the refusal says why", async () => {
  await aProvider(api.sql, "resting");
  await api.sql`
    update redrive.provider_state
    set breaker = 'open', breaker_reason = 'failing', breaker_since = now(), next_probe_at = now() + interval '1 hour',
      paused_at = now(), paused_by = 'Ada', pause_reason = 'noon'
    where provider = 'resting'`;
  const refused = await call(probe, { as: bob, method: "POST", params: { slug: "resting" }, body: {} });
  expect(refused.status).toBe(409);
  expect(refused.body.detail).toContain("paused");
});

const jsonRule = (jsonPath: string) => ({ when: { jsonPath, equals: 1 }, outcome: "invalid" });
const workday = { days: ["mon"], from: "09:00", to: "17:00" };
const nonsense: [what: string, policy: object, field: string, mend: RegExp][] = [
  [
    "a window that ends when it starts",
    { windows: { deliver: [{ ...workday, to: "09:00" }] } },
    "windows.deliver.0",
    /00:00 to 24:00/,
  ],
  [
    "a window at a time that is none",
    { windows: { maintenance: [{ ...workday, to: "25:00" }] } },
    "windows.maintenance.0.to",
    /time of day like/,
  ],
  [
    "a window on no day",
    { windows: { deliver: [{ ...workday, days: [] }] } },
    "windows.deliver.0.days",
    /one day at least/,
  ],
  [
    "maintenance that leaves no window open",
    { windows: { deliver: [workday], maintenance: [{ days: ["mon"], from: "08:00", to: "18:00" }] } },
    "windows.maintenance",
    /shorten one/,
  ],
  [
    "an unknown time zone",
    { windows: { timeZone: "Europe/Lodnon" } },
    "windows.timeZone",
    /Europe\/London or UTC/,
  ],
  [
    "an offset for a time zone",
    { windows: { timeZone: "+02:00" } },
    "windows.timeZone",
    /Europe\/London or UTC/,
  ],
  ["a JSON path that does not parse", { rules: [jsonRule("$.errors[")] }, "rules.0.when.jsonPath", /\$\./],
  [
    "a regular expression that does not parse",
    { rules: [{ when: { body: "(" }, outcome: "invalid" }] },
    "rules.0.when.body",
    /./,
  ],
  [
    "a rule for a team that is not there",
    { rules: [{ when: { status: 409 }, outcome: "invalid", team: "nobody" }] },
    "rules.0.team",
    /technical, client_data/,
  ],
  ["a rule without a condition", { rules: [{ when: {}, outcome: "invalid" }] }, "rules.0.when", /status/],
  ["a quota below zero", { limits: { perDay: -1 } }, "limits.perDay", /at least 1, or null/],
  ["a rate of nothing", { limits: { perSecond: 0 } }, "limits.perSecond", /at least 1, or null/],
  [
    "a health URL on another scheme",
    { health: { url: "ftp://ats.example/health" } },
    "health.url",
    /http or https/,
  ],
  [
    "a health URL by another door",
    { health: { url: "http://ats.example/health" } },
    "health.url",
    /https: as the provider's/,
  ],
  [
    "a rule that another shadows",
    {
      rules: [
        { when: { status: "4xx" }, outcome: "invalid" },
        { when: { status: 409 }, outcome: "duplicate" },
      ],
    },
    "rules.1",
    /put it before/,
  ],
  [
    "a cron that does not parse",
    { schedules: [{ name: "daily", cron: "every day", run: "fetch" }] },
    "schedules.0.cron",
    /like/,
  ],
  [
    "a cron that never fires",
    { schedules: [{ name: "daily", cron: "0 0 30 2 *", run: "fetch" }] },
    "schedules.0.cron",
    /never/,
  ],
  [
    "two schedules of one name",
    {
      schedules: [
        { name: "a", cron: "0 6 * * *", run: "f" },
        { name: "a", cron: "0 7 * * *", run: "f" },
      ],
    },
    "schedules.1.name",
    /choose another/,
  ],
  ["a share above all", { flags: { percentage: 101 } }, "flags.percentage", /0 to 100/],
  [
    "a handler's URL for another adapter",
    { url: "handler:views", adapter: "http-json" },
    "url",
    /choose another adapter/,
  ],
  [
    "a mail server for an HTTP adapter",
    { url: "smtp://mail.example:25", adapter: "fetch" },
    "url",
    /choose another adapter/,
  ],
];
test.each(nonsense)(
  "%s is refused when saved, naming the field and the mend",
  async (_, policy, field, mend) => {
    await aProvider(api.sql, "sound", { url });
    for (const { status, body } of [
      await create({ slug: "nonsense", url, ...policy }),
      await patch("sound", policy),
    ]) {
      expect(status).toBe(422);
      expect(body.errors.map((error) => error.field)).toContain(field);
      expect(body.errors.find((error) => error.field === field)?.message).toMatch(mend);
    }
    await api.sql`delete from redrive.providers where slug = 'sound'`;
  },
);

test("a change of one limit, window or flag leaves the others as they are", async () => {
  await create({
    slug: "partial",
    url,
    limits: { perSecond: 5, perDay: 100 },
    windows: { timeZone: "Europe/London", deliver: [workday] },
  });
  await patch("partial", { limits: { perDay: 200 }, windows: { deliver: [] }, flags: { percentage: 10 } });
  const { body } = await read("partial");
  expect(body.limits).toMatchObject({ perSecond: 5, perDay: 200 });
  expect(body.windows).toMatchObject({ timeZone: "Europe/London", deliver: [] });
  expect(body.flags).toEqual({ enabled: true, shadow: false, percentage: 10 });
});

test("what an earlier release took and this one refuses is shown, hides no other provider, and can be mended", async () => {
  await create({ slug: "old-fashioned", url });
  await api.sql`
    update redrive.providers
    set policy = jsonb_set(policy - 'options', '{auth}', '{"kind": "header", "name": "Host", "value": null}')
    where slug = 'old-fashioned'`;
  expect((await read("old-fashioned")).body.auth).toEqual({ kind: "header", name: "Host", value: null });
  const refused = await patch("old-fashioned", { batchSizeMax: 5 });
  expect(refused.status).toBe(422);
  expect(refused.body.errors).toMatchObject([{ field: "auth.name" }]);
  expect((await patch("old-fashioned", { batchSizeMax: 5, auth: { kind: "none" } })).status).toBe(200);
});

const remove = (slug: string, headers: Record<string, string> = {}) =>
  call(deleteProvider, { as: api.admin, method: "DELETE", params: { slug }, headers });

test("a provider to which nothing belongs is deleted, at the version that was read, and the audit says so", async () => {
  await create({ slug: "gone", url: "https://gone.example" });
  expect(await remove("gone", { "if-match": '"7"' })).toMatchObject({
    status: 412,
    body: { code: "version_mismatch" },
  });
  expect((await remove("gone", { "if-match": '"1"' })).status).toBe(204);
  expect((await remove("gone")).status).toBe(404);
  expect((await call(getProvider, { as: api.admin, params: { slug: "gone" } })).status).toBe(404);
  const audit = await api.sql`
    select actor from redrive.audit where action = 'provider.deleted' and subject_id = 'gone'`;
  expect(audit).toEqual([{ actor: "Ada <ada@example.org>" }]);
  expect((await create({ slug: "gone", url: "https://gone.example" })).status).toBe(201);
});

test("a provider with records, or with what goes through it, and the built-in one stay", async () => {
  await aProvider(api.sql, "busy");
  await aRecord.delivered(api, "busy");
  expect(await remove("busy")).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/records of busy/) },
  });
  await aProvider(api.sql, "watched");
  await api.sql`
    insert into redrive.canaries (slug, provider, cron, payload, limit_ms, updated_by)
    values ('bird', 'watched', '* * * * *', '{}', 1000, 'test')`;
  expect(await remove("watched")).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/\(bird\)/) },
  });
  await aProvider(api.sql, "called");
  await api.sql`
    insert into redrive.inbound_sources (slug, name, kind, provider, sealed_secrets, secrets, updated_by)
    values ('mail', 'Mail', 'github', 'called', 'sealed', '[]', 'test')`;
  expect(await remove("called")).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/sources first \(mail\)/) },
  });
  await aProvider(api.sql, "keyed");
  await api.sql`
    insert into redrive.api_keys (name, key_hash, scopes, providers)
    values ('shop', 'a hash', '{enqueue}', '{keyed}'), ('old', 'another', '{enqueue}', '{keyed}')`;
  await api.sql`update redrive.api_keys set revoked_at = now() where name = 'old'`;
  expect(await remove("keyed")).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/revoke them first \(shop\)/) },
  });
  await aProvider(api.sql, "own", { adapter: "loopback", url: "loopback:" });
  expect(await remove("own")).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/built in/) },
  });
});

test("a provider is not deleted under a record that is being inserted", async () => {
  await aProvider(api.sql, "racing");
  const inserted = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const insert = api.sql.begin(async (sql) => {
    await sql`select redrive.enqueue('racing', '{}')`;
    inserted.resolve();
    await commit.promise;
  });
  await inserted.promise;
  const removing = remove("racing");
  await expect
    .poll(
      async () =>
        (await api.sql`select from pg_locks where not granted and mode = 'ShareRowExclusiveLock'`).length,
    )
    .toBe(1);
  commit.resolve();
  await insert;
  expect(await removing).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/records of racing/) },
  });
});
