import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as rejectGroup } from "#app/api/v1/failures/groups/[id]/reject/route.ts";
import { POST as retryGroup } from "#app/api/v1/failures/groups/[id]/retry/route.ts";
import { POST as cancel } from "#app/api/v1/operations/[id]/cancel/route.ts";
import { POST as pause } from "#app/api/v1/operations/[id]/pause/route.ts";
import { GET as getRecords } from "#app/api/v1/operations/[id]/records/route.ts";
import { POST as resume } from "#app/api/v1/operations/[id]/resume/route.ts";
import { GET as getOne } from "#app/api/v1/operations/[id]/route.ts";
import { POST as preview } from "#app/api/v1/operations/preview/route.ts";
import { POST as create, GET as getAll } from "#app/api/v1/operations/route.ts";
import { type Api, aKey, anApi, call, type Person } from "#tests/integration/api/app.ts";
import { fail, failed } from "#tests/integration/desk/support.ts";
import { stepAll } from "#tests/integration/operations/support.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let data: Person;
let tech: Person;
beforeAll(async () => {
  api = await anApi();
  [data, tech] = await Promise.all([api.person("support_data", "Dora"), api.person("support_tech", "Theo")]);
  for (const slug of ["ats", "crm", "sms", "erp", "big"]) await aProvider(api.sql, slug);
  const limits = { perSecond: 5, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 };
  await aProvider(api.sql, "slow", { limits });
});
afterAll(() => api[Symbol.asyncDispose]());

const retryAll = (provider: string, expected: number, more: object = {}) => ({
  action: "retry",
  filter: { provider },
  // What failed in this very millisecond too.
  cutoff: new Date(Date.now() + 1_000).toISOString(),
  expected,
  reason: "they mended it",
  ...more,
});
const start = (body: unknown, as: Person | { key: string } = api.admin, headers = {}) =>
  call(create, { as, body, headers, path: "/api/v1/operations" });
const act = (handler: typeof pause, id: string, as = api.admin, body: unknown = {}) =>
  call(handler, { as, params: { id }, body });
const look = (id: string) => call(getOne, { as: api.admin, params: { id } });

test("previewed, started, paused, resumed, carried out and listed", async () => {
  await failed(api.sql, 30);
  const seen = await call(preview, { as: tech, body: { action: "retry", filter: { provider: "ats" } } });
  expect(seen).toMatchObject({
    status: 200,
    body: {
      matched: 30,
      eligible: 30,
      notAllowed: 0,
      rateMax: null,
      rateUsual: 20,
      providers: [{ provider: "ats", eligible: 30 }],
    },
  });
  const { cutoff, matched } = seen.body;
  const body = { ...retryAll("ats", Number(matched)), cutoff, rate: 2.5 };
  const made = await start(body, tech);
  const { id } = made.body;
  expect(made.status).toBe(201);
  expect(made.headers.get("location")).toBe(`/api/v1/operations/${id}`);
  expect(made.body).toMatchObject({
    state: "running",
    rate: 2.5,
    acted: 0,
    left: 30,
    remainingMs: 12_000,
    cutoff,
  });

  expect(await act(pause, id, data, { reason: "look first" })).toMatchObject({
    status: 200,
    body: {
      state: "paused",
      changedBy: `Dora <${data.email}>`,
      changeReason: "look first",
      remainingMs: null,
    },
  });
  expect(await act(pause, id)).toMatchObject({
    status: 409,
    body: { code: "conflict", by: `Dora <${data.email}>`, at: expect.any(String) },
  });
  expect((await act(resume, id, data)).status).toBe(403);
  expect(await act(resume, id, tech)).toMatchObject({ status: 200, body: { state: "running" } });
  await stepAll(api.sql);
  expect(await look(id)).toMatchObject({
    status: 200,
    body: { state: "done", acted: 30, left: 0, failedAgain: 0, endedAt: expect.any(String) },
  });
  expect(await act(cancel, id)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("It is done") },
  });

  const one = await call(getAll, { as: api.admin, path: "/?state=done&action=retry&limit=1" });
  expect(one.body.items.map((each) => each.id)).toEqual([id]);
  expect((await call(getAll, { as: api.admin, path: "/?state=paused" })).body.items).toEqual([]);
  const who = encodeURIComponent(`Theo <${tech.email}>`);
  expect((await call(getAll, { as: api.admin, path: `/?createdBy=${who}` })).body.items).toHaveLength(1);
});

test("what it has acted on is listed with how it stands, and what failed again is counted", async () => {
  const ids = await failed(api.sql, 5, { provider: "crm" });
  const { id } = (await start(retryAll("crm", 5, { rate: 1_000 }))).body;
  await stepAll(api.sql);
  await fail(api.sql, ids.slice(0, 2));
  expect((await look(id)).body).toMatchObject({ acted: 5, failedAgain: 2 });
  const found: string[] = [];
  const again: unknown[] = [];
  let after: string | null = "";
  do {
    const path: string = `/?limit=2${after && `&after=${after}`}`;
    const page = await call(getRecords, { as: api.admin, params: { id }, path });
    expect(page.status).toBe(200);
    for (const item of page.body.items) {
      found.push(item.id);
      if (item.failedAgain) again.push(item.status);
    }
    after = page.body.next;
  } while (after !== null);
  expect(found.toSorted()).toEqual(ids.toSorted());
  expect(again).toEqual(["failed", "failed"]);
});

test("when over 5 % more match than were seen, nothing is done", async () => {
  await failed(api.sql, 22, { provider: "sms" });
  const late = await start(retryAll("sms", 20));
  expect(late).toMatchObject({ status: 409, body: { code: "conflict", errors: [{ field: "expected" }] } });
  expect(late.body.detail).toContain("is 20, and 22 match now");
  expect(await api.sql`select from redrive.operations where filter ->> 'provider' = 'sms'`).toEqual([]);
  // 5 %, and any number less: others were at it.
  expect((await start(retryAll("sms", 21))).status).toBe(201);
  await stepAll(api.sql);
  expect(await start(retryAll("sms", 22))).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test("a repeated request with one key starts one operation", async () => {
  await failed(api.sql, 2, { provider: "erp" });
  const body = retryAll("erp", 2);
  const again = () => start(body, api.admin, { "idempotency-key": "bulk-once" });
  const [one, two] = await Promise.all([again(), again()]);
  expect(two).toMatchObject({ status: 201, body: one.body });
  expect(await api.sql`select from redrive.operations where filter ->> 'provider' = 'erp'`).toHaveLength(1);
  await stepAll(api.sql);
});

test("the rate is no higher than the provider's, and that one when none is named", async () => {
  await failed(api.sql, 100, { provider: "slow" });
  const seen = await call(preview, {
    as: api.admin,
    body: { action: "retry", filter: { provider: "slow" } },
  });
  expect(seen.body).toMatchObject({ rateMax: 5, rateUsual: 5 });
  expect(await start(retryAll("slow", 100, { rate: 6 }))).toMatchObject({
    status: 422,
    body: { errors: [{ field: "rate" }] },
  });
  const { body } = await start(retryAll("slow", 100));
  expect(body).toMatchObject({ rate: 5, remainingMs: 20_000 });
  expect((await act(cancel, body.id)).body).toMatchObject({ state: "cancelled", acted: 0, left: 100 });
});

test("each may do in bulk what they may do to one, up to 1,000, and only some more", async () => {
  await failed(api.sql, 1_001, { provider: "big", fingerprint: "big" });
  await failed(api.sql, 4, {
    provider: "big",
    team: "client_data",
    category: "client_data",
    fingerprint: "data",
  });
  const [developer, customer] = [await api.person("developer"), await api.person("end_user")];
  expect((await start(retryAll("big", 1_005), developer)).status).toBe(403);
  expect((await call(getAll, { as: developer })).status).toBe(200);
  expect((await call(getAll, { as: customer })).status).toBe(403);

  const tooMany = await start(retryAll("big", 1_005), tech);
  expect(tooMany).toMatchObject({ status: 403, body: { code: "forbidden" } });
  expect(tooMany.body.detail).toBe(
    "The role support_tech may not act on more than 1,000 records at once (bulk_many); these roles may: admin.",
  );
  expect((await start(retryAll("big", 1_005, { first: 1_000 }), tech)).status).toBe(201);

  // A group of so many is no other matter.
  const [group] = await api.sql<{ id: string }[]>`
    select id from redrive.failure_groups where provider = 'big' and open_records > 1000`;
  const params = { id: group?.id ?? "" };
  expect((await call(retryGroup, { as: tech, params, body: {} })).body.detail).toContain("bulk_many");
  expect((await call(rejectGroup, { as: tech, params, body: { reason: "why" } })).status).toBe(403);
  expect((await call(retryGroup, { as: tech, params, body: { first: 1 } })).status).toBe(200);
  expect((await call(rejectGroup, { as: tech, params, body: { reason: "why" } })).status).toBe(200);
  await failed(api.sql, 1_001, { provider: "big", fingerprint: "again" });

  // Of the others' failures none is touched, and it is said how many these are.
  const rejecting = retryAll("big", 1_005, { action: "reject", first: 10 });
  const { body } = await start(rejecting, tech);
  expect(body).toMatchObject({
    matched: 1_005,
    eligible: 1_001,
    skipped: { notAllowed: 4 },
    code: "other",
    rate: null,
  });
  const dataOnly = await call(preview, { as: data, body: { action: "retry", filter: { provider: "big" } } });
  expect(dataOnly.body).toMatchObject({ matched: 1_005, eligible: 4, notAllowed: 1_001 });
  const none = await start(
    { ...rejecting, filter: { provider: "big", team: "client_data" }, expected: 4 },
    tech,
  );
  expect(none.status).toBe(403);
  expect(none.body.detail).toContain("reject_client_data");

  const reader = await aKey(api, { name: "bulk robot", scopes: ["bulk"] });
  expect((await start(retryAll("big", 1_005), reader)).body.detail).toContain("retry_technical");
  const robot = await aKey(api, {
    name: "bulk robot 2",
    scopes: ["bulk", "bulk_many", "retry_technical", "see"],
  });
  expect((await start(retryAll("big", 1_005), robot)).body).toMatchObject({
    eligible: 1_001,
    createdBy: "key: bulk robot 2",
  });
  await api.sql`delete from redrive.operations`;
});

test.each([
  [{ action: "delete" }, "action"],
  [{ filter: { provider: "no slug!" } }, "filter.provider"],
  [{ filter: { provider: "ats", colour: "red" } }, "filter.colour"],
  [{ filter: { ids: [] } }, "filter.ids"],
  [{ filter: { from: "yesterday" } }, "filter.from"],
  [{ cutoff: "2999-01-01T00:00:00Z" }, "cutoff"],
  [{ cutoff: undefined }, "cutoff"],
  [{ expected: undefined }, "expected"],
  [{ expected: 0 }, "expected"],
  [{ rate: 0 }, "rate"],
  [{ rate: 1e9 }, "rate"],
  [{ first: 0 }, "first"],
  [{ reason: "  " }, "reason"],
  [{ code: "duplicate" }, "code"],
  [{ unknown: 1 }, "unknown"],
])("%o is refused, naming %s", async (more, field) => {
  const { status, body } = await start(retryAll("ats", 1, more));
  expect(status).toBe(422);
  expect(body.errors[0]?.field).toBe(field);
});

test("an operation that does not exist is not found, and an unknown page is refused", async () => {
  const id = "0190a0b0-0000-7000-8000-000000000000";
  for (const handler of [pause, resume, cancel]) expect((await act(handler, id)).status).toBe(404);
  expect((await look(id)).status).toBe(404);
  expect((await call(getRecords, { as: api.admin, params: { id } })).status).toBe(404);
  expect((await call(getOne, { as: api.admin, params: { id: "no-id" } })).status).toBe(404);
  expect((await call(getAll, { as: api.admin, path: "/?after=nonsense" })).status).toBe(422);
  expect((await call(getAll, { as: api.admin, path: "/?state=gone" })).status).toBe(422);
});

test("a value that can't be stored is refused, not an error of ours", async () => {
  expect((await start(retryAll("ats", 1, { filter: { q: "a\u0000b" } }))).status).toBe(422);
  expect((await start(retryAll("ats", 1, { reason: "a\u0000b" }))).status).toBeLessThan(500);
});
