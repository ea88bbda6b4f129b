import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getFailures } from "#app/api/v1/failures/route.ts";
import { GET as getRecords } from "#app/api/v1/records/route.ts";
import { Failures } from "#lib/contract/failure.ts";
import { Records } from "#lib/contract/record.ts";
import { type Api, anApi, aRecord, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
  await aProvider(api.sql, "crm");
});
afterAll(() => api[Symbol.asyncDispose]());

const get = (handler: typeof getRecords, query: string) =>
  call(handler, { as: api.admin, path: `/api/v1/list?${query}` });

/** Every id that paging through a list gives, in order. */
async function paged(handler: typeof getRecords, query: string): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = "";
  while (after !== null) {
    const { status, body } = await get(handler, `${query}${after && `&after=${after}`}`);
    expect(status).toBe(200);
    ids.push(...body.items.map(({ id }) => id));
    after = body.next;
  }
  return ids;
}

test("paging through failures leaves none out and repeats none, many of one time or of one millisecond", async () => {
  const made: string[] = [];
  for (let i = 0; i < 23; i++) {
    const failedAt = i < 12 ? "2026-03-01T10:00:00.123456Z" : `2026-03-01T10:00:00.123${i}1Z`;
    made.push(await aRecord.failed(api, { provider: "crm", failedAt }));
  }
  for (const limit of [1, 5, 23, 200]) {
    const ids = await paged(getFailures, `provider=crm&limit=${limit}`);
    expect(ids).toHaveLength(23);
    expect(new Set(ids)).toEqual(new Set(made));
  }
  const { body } = await get(getFailures, "provider=crm&limit=50");
  const times = body.items.map(({ failedAt }) => failedAt);
  expect(times).toEqual(times.toSorted().reverse());
  expect(() => Failures.parse(body)).not.toThrow();
});

test("failures are found by team, state, provider and search, and counted under the other filters", async () => {
  const technical = await aRecord.failed(api, { subject: "Invoice 100% sure", owner: "customer-42" });
  const data = await aRecord.failed(api, { category: "client_data", message: "422: postal_code is invalid" });
  const rejected = await aRecord.failed(api, { message: "gone_by now" });
  await api.sql`
    update redrive.failures set state = 'rejected', closed_at = now(), closed_by = 'Ada', closed_reason = 'old'
    where record_id = ${rejected}`;
  const found = async (query: string) =>
    (await get(getFailures, `provider=ats&${query}`)).body.items.map(({ id }) => id);

  expect(await found("team=technical")).toEqual([technical]);
  expect(await found("team=client_data")).toEqual([data]);
  expect(await found("state=rejected")).toEqual([rejected]);
  expect(await found("q=POSTAL_CODE")).toEqual([data]);
  expect(await found("q=customer-42")).toEqual([technical]);
  expect(await found("q=100%25")).toEqual([technical]);
  expect(await found("q=1%25sure")).toEqual([]);
  expect(await found("q=100_")).toEqual([]);
  expect(await found(`q=${technical}`)).toEqual([technical]);
  const { body } = await get(getFailures, "provider=ats&team=technical");
  expect(body.counts).toEqual({
    technical: 1,
    client_data: 1,
    rejected: 1,
    teams: { technical: 1, client_data: 1 },
  });
  expect((await get(getFailures, "provider=ats&q=postal_code")).body.counts).toEqual({
    technical: 0,
    client_data: 1,
    rejected: 0,
    teams: { technical: 0, client_data: 1 },
  });
  expect(body.items[0]).toMatchObject({ providerName: "ATS", subject: "Invoice 100% sure", attempts: 5 });
});

test("records are listed newest first, each with the status that record_status gives it", async () => {
  await aProvider(api.sql, "one");
  const ids = [
    await aRecord.delivered(api, "one"),
    await aRecord.waiting(api, "one"),
    await aRecord.failed(api, { provider: "one" }),
    await aRecord.waiting(api, "one"),
    await aRecord.waiting(api, "one"),
  ];
  await api.sql`update redrive.queue set tries = 2, attempts = 1 where record_id = ${ids[3] ?? ""}`;
  await api.sql`
    update redrive.provider_state
    set owner = 'w', lease_until = now() + interval '1 minute', in_flight = array[${ids[4] ?? ""}]::uuid[]
    where provider = 'one'`;
  const { body } = await get(getRecords, "provider=one");
  expect(() => Records.parse(body)).not.toThrow();
  expect(body.items.map(({ id }) => id)).toEqual(ids.toReversed());
  expect(body.items.map(({ status }) => status)).toEqual([
    "sending",
    "retrying",
    "failed",
    "waiting",
    "delivered",
  ]);
  expect(body.items.map(({ attempts }) => attempts)).toEqual([0, 2, 5, 0, 1]);
  for (const { id, status, settledAt } of body.items) {
    const [same] = await api.sql`select status, settled_at from redrive.record_status(${id})`;
    expect({ status, settledAt }).toEqual(same);
  }
  for (const status of ["sending", "retrying", "failed", "waiting", "delivered"]) {
    const { body: some } = await get(getRecords, `provider=one&status=${status}`);
    expect(some.items.map((item) => item.status)).toEqual([status]);
  }
  expect((await get(getRecords, "provider=one&status=held")).body.items).toEqual([]);
  // A lease that has ended sends nothing; a provider that is paused holds the rest.
  await api.sql`update redrive.provider_state set lease_until = now() - interval '1 second' where provider = 'one'`;
  expect((await get(getRecords, "provider=one&status=sending")).body.items).toEqual([]);
  await api.sql`
    update redrive.provider_state set paused_at = now(), paused_by = 'Ada', pause_reason = 'x' where provider = 'one'`;
  expect((await get(getRecords, "provider=one&status=held")).body.items).toHaveLength(3);
});

test("paging through records of any status leaves none out and repeats none", async () => {
  await aProvider(api.sql, "many");
  await api.sql`insert into redrive.outbox (provider, payload) select 'many', '{}' from generate_series(1, 30)`;
  const ids = await paged(getRecords, "provider=many&limit=7");
  expect(ids).toHaveLength(30);
  expect(new Set(ids).size).toBe(30);
  expect(ids).toEqual(ids.toSorted().reverse());
  expect(await paged(getRecords, "provider=many&limit=7&status=waiting")).toEqual(ids);
  for (const _ of "12345") await aRecord.delivered(api, "many");
  expect(await paged(getRecords, "provider=many&limit=2&status=delivered")).toHaveLength(5);
});

test("records are found by time, which is that of their id, and by search", async () => {
  await aProvider(api.sql, "times");
  const id = await aRecord.failed(api, {
    provider: "times",
    subject: "Order 4711",
    message: "no such street",
  });
  const [at] = await api.sql<{ at: string }[]>`select redrive.uuid_v7_time(${id}) as at`;
  const moment = Date.parse(at?.at ?? "");
  const iso = (shift: number) => encodeURIComponent(new Date(moment + shift).toISOString());
  const count = async (query: string) => (await get(getRecords, `provider=times&${query}`)).body.items.length;

  expect(await count(`from=${iso(0)}&to=${iso(1)}`)).toBe(1);
  expect(await count(`from=${iso(1)}`)).toBe(0);
  expect(await count(`to=${iso(0)}`)).toBe(0);
  expect(await count("from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z")).toBe(1);
  expect(await count("q=order%204711")).toBe(1);
  expect(await count("q=no%20such%20street")).toBe(1);
  expect(await count(`q=${id}`)).toBe(1);
  expect(await count("q=4712")).toBe(0);
  const { body } = await get(getRecords, `q=${id}`);
  expect(body.items[0]?.createdAt).toMatch(/Z$/);
  expect(Date.parse(String(body.items[0]?.createdAt))).toBe(moment);
});

test.each([
  ["status=lost", "status"],
  ["limit=0", "limit"],
  ["limit=many", "limit"],
  ["from=yesterday", "from"],
  ["colour=red", "colour"],
  ["after=nonsense", "after"],
  ["after=bnVsbA", "after"],
  ["provider=ats&provider=crm", "provider"],
])("a list refuses %s and names the field", async (query, field) => {
  const { status, body } = await get(getRecords, query);
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: "invalid_input", errors: [{ field, message: expect.any(String) }] });
});
