// Canaries by HTTP: made, changed, run and deleted by those who may; their runs for all who may look.
import { afterAll, beforeAll, expect, test } from "vitest";
import { DELETE, GET as GET_ONE, PATCH } from "#app/api/v1/canaries/[slug]/route.ts";
import { POST as RUN } from "#app/api/v1/canaries/[slug]/run/route.ts";
import { GET as GET_RUNS } from "#app/api/v1/canaries/[slug]/runs/route.ts";
import { GET, POST } from "#app/api/v1/canaries/route.ts";
import { GET as GET_OVERVIEW } from "#app/api/v1/overview/route.ts";
import { PATCH as PATCH_PROVIDER } from "#app/api/v1/providers/[slug]/route.ts";
import { GET as GET_PROVIDERS, POST as POST_PROVIDER } from "#app/api/v1/providers/route.ts";
import { POST as ENQUEUE, GET as GET_RECORDS } from "#app/api/v1/records/route.ts";
import { ensureLoopback } from "#db/writes/ensure-loopback.ts";
import { type Api, anApi, call, type Person } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let ted: Person;
let dora: Person;
let devi: Person;
beforeAll(async () => {
  api = await anApi();
  ted = await api.person("support_tech", "Ted");
  dora = await api.person("support_data", "Dora");
  devi = await api.person("developer", "Devi");
  await aProvider(api.sql, "ats");
  await aProvider(api.sql, "sms");
});
afterAll(() => api[Symbol.asyncDispose]());

const whole = (slug: string, more: object = {}) => ({
  slug,
  provider: "ats",
  cron: "*/5 * * * *",
  timeZone: "Europe/London",
  payload: { ping: slug },
  expect: { status: 200, jsonPath: "$.state", equals: "up" },
  limitMs: 5_000,
  ...more,
});
const create = (body: object, as = api.admin) => call(POST, { as, body });
const one = (slug: string, as = api.admin) => call(GET_ONE, { as, params: { slug } });
const patch = (slug: string, body: object, headers: Record<string, string> = {}) =>
  call(PATCH, { as: api.admin, method: "PATCH", params: { slug }, body, headers });
const remove = (slug: string, as = api.admin) => call(DELETE, { as, method: "DELETE", params: { slug } });
const run = (slug: string, as = ted, body: object = {}) => call(RUN, { as, params: { slug }, body });
const fieldsOf = ({ body }: { body: { errors: { field: string }[] } }) =>
  body.errors.map(({ field }) => field);

test("a canary is made, read, and written into the audit", async () => {
  const made = await create(whole("made"));
  expect([made.status, made.body]).toEqual([201, { slug: "made", version: 1 }]);
  expect(made.headers.get("location")).toBe("/api/v1/canaries/made");
  const { status, body, headers } = await one("made");
  expect(status).toBe(200);
  expect(headers.get("etag")).toBe('"1"');
  expect(body).toMatchObject({
    ...whole("made"),
    providerName: "ATS",
    builtIn: false,
    enabled: true,
    state: "new",
    updatedBy: expect.stringContaining("Ada"),
    nextAt: expect.any(String),
    runs: [],
  });
  const [row] = await api.sql`select actor, detail from redrive.audit where action = 'canary.created'`;
  expect(row?.actor).toContain("Ada");
  // What it sends is no business of the audit.
  expect(JSON.stringify(row?.detail)).not.toContain("ping");
  expect((await create(whole("made"))).body.detail).toContain("exists already");
});

test("what is left out has a default", async () => {
  await create({ slug: "plain", provider: "ats", cron: "0 * * * *", payload: [] });
  expect((await one("plain")).body).toMatchObject({
    timeZone: "UTC",
    expect: {},
    limitMs: 30_000,
    enabled: true,
  });
});

test("every digit of a payload is kept", async () => {
  const body = JSON.stringify(whole("digits")).replace('"digits"}', "12345678901234567890.5}");
  expect((await call(POST, { as: api.admin, body })).status).toBe(201);
  const read = () => api.sql`select payload::text from redrive.canaries where slug = 'digits'`;
  expect((await read())[0]?.payload).toBe('{"ping": 12345678901234567890.5}');
  await call(PATCH, {
    as: api.admin,
    method: "PATCH",
    params: { slug: "digits" },
    body: '{"payload": {"ping": 98765432109876543210.25}}',
  });
  expect((await read())[0]?.payload).toBe('{"ping": 98765432109876543210.25}');
});

test.each([
  ["provider", { provider: "nobody" }, "there is no provider"],
  ["cron", { cron: "every day" }, "must have five fields"],
  ["cron", { cron: "0 0 31 2 *" }, "never comes"],
  ["timeZone", { timeZone: "London" }, "no time zone"],
  ["limitMs", { limitMs: 1 }, "at least 100 ms"],
  ["limitMs", { limitMs: 86_400_000 }, "at most an hour"],
  ["expect.jsonPath", { expect: { jsonPath: "$..a..b" } }, "more than once"],
  ["expect.jsonPath", { expect: { equals: "up" } }, "must say where"],
  ["expect.status", { expect: { status: 42 } }, "100"],
  ["expect.body", { expect: { body: "up" } }, "is not known here"],
  ["payload", { payload: { text: "x".repeat(70_000) } }, "it may have 65536"],
  // 2,000 characters here, 308 times as many as Postgres writes them.
  ["payload", { payload: Array.from({ length: 400 }, () => 1e308) }, "it may have 65536"],
  ["slug", { slug: "Not A Slug" }, ""],
  ["name", { name: "x" }, "is not known here"],
])("a bad %s is named, with the mend: %j", async (field, more, words) => {
  const answer = await create(whole("bad", more));
  expect(answer.status).toBe(422);
  expect(fieldsOf(answer)).toContain(field);
  expect(JSON.stringify(answer.body.errors)).toContain(words);
});

test("a change keeps what it leaves out, and is made to the version that was read", async () => {
  await create(whole("changed"));
  expect((await patch("changed", { limitMs: 900 }, { "if-match": '"1"' })).body).toEqual({
    slug: "changed",
    version: 2,
  });
  expect((await one("changed")).body).toMatchObject({ ...whole("changed"), limitMs: 900, version: 2 });
  const late = await patch("changed", { limitMs: 800 }, { "if-match": '"1"' });
  expect([late.status, late.body.by]).toEqual([412, expect.stringContaining("Ada")]);
  // The same again is no change.
  expect((await patch("changed", { limitMs: 900 })).body.version).toBe(2);
  expect((await patch("changed", { timeZone: "nowhere" })).status).toBe(422);
  expect(fieldsOf(await patch("changed", { cron: "61 * * * *" }))).toEqual(["cron"]);
  expect(fieldsOf(await patch("changed", { provider: "sms" }))).toEqual(["provider"]);
  expect((await patch("nobody", { limitMs: 900 })).status).toBe(404);
});

test("a run is started by hand once at a time; the second is told who was first", async () => {
  await create(whole("by-hand"));
  const started = await run("by-hand");
  expect(started.status).toBe(201);
  expect(started.body).toMatchObject({ canary: "by-hand", provider: "ats", recordId: expect.any(String) });
  const second = await run("by-hand", api.admin);
  expect([second.status, second.body.by]).toEqual([409, expect.stringContaining("Ted")]);
  expect((await run("nobody")).status).toBe(404);
  const { body } = await one("by-hand");
  expect(body.runs).toMatchObject([
    { state: "running", startedBy: expect.stringContaining("Ted"), endedAt: null },
  ]);
});

test("runs are listed newest first, a page at a time", async () => {
  await create(whole("paged"));
  await api.sql`
    insert into redrive.canary_runs (canary, due_at, started_by, record_id, started_at, ended_at, took_ms, ok, slow, error)
    select 'paged', at, 'Redrive', redrive.uuid_v7(), at, at + interval '1 second', 10 * n, n <> 2, n = 2,
      case n when 2 then 'It took 20 s, and may take 5 s.' end
    from generate_series(1, 5) as n, lateral (select '2026-03-01T12:00:00Z'::timestamptz + n * interval '1 minute' as at) as t`;
  const page = async (query: string) =>
    (
      await call(GET_RUNS, {
        as: dora,
        params: { slug: "paged" },
        path: `/api/v1/canaries/paged/runs${query}`,
      })
    ).body;
  const first = await page("?limit=3");
  expect(first.items.map(({ tookMs }) => tookMs)).toEqual([50, 40, 30]);
  const rest = await page(`?limit=3&after=${first.next}`);
  expect(rest.items).toMatchObject([
    { tookMs: 20, state: "slow", error: "It took 20 s, and may take 5 s.", dueAt: "2026-03-01T12:02:00Z" },
    { tookMs: 10, state: "ok", error: null },
  ]);
  expect(rest.next).toBeNull();
  const nobody = await call(GET_RUNS, { as: dora, params: { slug: "nobody" } });
  expect(nobody.status).toBe(404);
});

test("a canary is deleted with its runs, and one that is under way leaves the queue", async () => {
  await create(whole("deleted"));
  const { recordId } = (await run("deleted")).body as unknown as { recordId: string };
  expect((await remove("deleted")).body).toEqual({ slug: "deleted" });
  expect((await one("deleted")).status).toBe(404);
  expect((await remove("deleted")).status).toBe(404);
  expect(await api.sql`select from redrive.queue where record_id = ${recordId}`).toHaveLength(0);
  const [status] = await api.sql`select status, last_error from redrive.record_status(${recordId})`;
  expect(status).toEqual({ status: "discarded", lastError: "The canary was deleted." });
});

test("who may do what", async () => {
  await create(whole("guarded"));
  for (const [person, see, manage, start] of [
    [api.admin, 200, 201, 201],
    [ted, 200, 403, 201],
    [dora, 200, 403, 403],
    [devi, 200, 403, 403],
  ] as const) {
    await api.sql`delete from redrive.canary_runs where canary = 'guarded'`;
    expect((await call(GET, { as: person })).status).toBe(see);
    expect((await create(whole(`by-${person.name.toLowerCase()}`), person)).status).toBe(manage);
    expect((await run("guarded", person)).status).toBe(start);
    if (manage === 403) expect((await remove("guarded", person)).status).toBe(403);
  }
  expect((await call(GET)).status).toBe(401);
  expect((await call(RUN, { params: { slug: "guarded" }, body: {} })).status).toBe(401);
  // What it sends is shown to those who may see payloads.
  expect((await one("guarded", devi)).body).toMatchObject({
    payload: { ping: "guarded" },
    payloadHidden: false,
  });
  const hidden = await one("guarded", ted);
  expect(hidden.body).toMatchObject({ payload: null, payloadHidden: true });
  expect(hidden.text).not.toContain("ping");
});

test("one provider's are listed, or all, the built-in one first", async () => {
  await create(whole("texts", { provider: "sms" }));
  await ensureLoopback(api.sql);
  const listed = async (query = "") =>
    (await call(GET, { as: dora, path: `/api/v1/canaries${query}` })).body.items.map(({ slug }) => slug);
  expect(await listed("?provider=sms")).toEqual(["texts"]);
  expect((await listed())[0]).toBe("loopback");
  expect((await call(GET, { as: dora, path: "/api/v1/canaries?slug=x" })).status).toBe(422);
});

test("the loopback is listed as built in, and is in no figure of the overview", async () => {
  await ensureLoopback(api.sql);
  const { items } = (await call(GET_PROVIDERS, { as: dora })).body;
  expect(items.filter(({ builtIn }) => builtIn).map(({ slug }) => slug)).toEqual(["loopback"]);
  const overview = (await call(GET_OVERVIEW, { as: dora })).body as unknown as {
    providers: { slug: string }[];
  };
  expect(overview.providers.map(({ slug }) => slug)).toEqual(["ats", "sms"]);
});

test("the loopback's canary can be switched off, and not be deleted", async () => {
  await ensureLoopback(api.sql);
  expect((await remove("loopback")).status).toBe(409);
  await patch("loopback", { enabled: false });
  expect((await one("loopback")).body).toMatchObject({ enabled: false, state: "off", nextAt: null });
  // A worker that starts leaves it so.
  await ensureLoopback(api.sql);
  expect((await one("loopback")).body.enabled).toBe(false);
});

test("no provider takes the adapter of Redrive's own, and no record the type of canaries", async () => {
  const policy = { slug: "mine", url: "loopback:echo", adapter: "loopback" };
  const provider = await call(POST_PROVIDER, { as: api.admin, body: policy });
  expect([provider.status, ...fieldsOf(provider)]).toEqual([422, "adapter"]);
  await ensureLoopback(api.sql);
  const changed = await call(PATCH_PROVIDER, {
    as: api.admin,
    method: "PATCH",
    params: { slug: "loopback" },
    body: { batchSizeMax: 3 },
  });
  expect([changed.status, ...fieldsOf(changed)]).toEqual([422, "batchSizeMax"]);
  const record = { provider: "ats", payload: {}, type: "redrive.canary" };
  const enqueued = await call(ENQUEUE, { as: api.admin, body: record });
  expect([enqueued.status, ...fieldsOf(enqueued)]).toEqual([422, "type"]);
});

test("the records' list has canaries when they are asked for", async () => {
  await create(whole("listed", { provider: "sms" }));
  await run("listed");
  const types = async (query: string) =>
    (await call(GET_RECORDS, { as: dora, path: `/api/v1/records?provider=sms${query}` })).body.items.map(
      ({ type }) => type,
    );
  expect(await types("")).toEqual([]);
  expect(await types("&canaries=only")).toEqual(["redrive.canary"]);
  expect(await types("&canaries=show&status=waiting")).toEqual(["redrive.canary"]);
  expect((await call(GET_RECORDS, { as: dora, path: "/api/v1/records?canaries=yes" })).status).toBe(422);
});
