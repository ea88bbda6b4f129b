import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getRecord } from "#app/api/v1/records/[id]/route.ts";
import { POST as enqueue } from "#app/api/v1/records/route.ts";
import { type Api, anApi, bootstrapKey, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";

let api: Api;
const as = { key: bootstrapKey };
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

const post = (body: unknown, headers?: Record<string, string>) => call(enqueue, { as, body, headers });
const storedText = async (id: string) => {
  const [row] = await api.sql<
    { payload: string }[]
  >`select payload::text from redrive.outbox where id = ${id}`;
  return row?.payload;
};

test("a record is enqueued with everything that was said of it", async () => {
  const made = await post({
    provider: "ats",
    payload: { candidate: 7 },
    subject: "Candidate 7",
    owner: "customer-42",
    headers: { "x-tenant": "a" },
    priority: -3,
    notBefore: "2100-01-01T00:00:00+02:00",
    onRejected: "tell_customer",
  });
  expect(made.status).toBe(201);
  expect(made.headers.get("location")).toBe(`/api/v1/records/${made.body.id}`);
  const [row] = await api.sql`select * from redrive.outbox where id = ${made.body.id}`;
  expect(row).toMatchObject({
    payload: { candidate: 7 },
    subject: "Candidate 7",
    owner: "customer-42",
    headers: { "x-tenant": "a" },
    priority: -3,
    notBefore: "2099-12-31T22:00:00Z",
    onRejected: "tell_customer",
  });
  const read = await call(getRecord, { as, params: { id: made.body.id } });
  expect(read.body).toMatchObject({ status: "waiting", attempts: 0, payload: { candidate: 7 }, events: [] });
});

test("a record that meets its partition being attached is for the caller to send again, and then is stored", async () => {
  const [day] = await api.sql<{ floor: string }[]>`
    select redrive.uuid_v7_floor(now() + interval '20 days')::text as floor`;
  const id = `${day?.floor.slice(0, 13)}-7000-8000-000000000001`;
  const send = () => post({ id, provider: "ats", payload: {} });
  const { sending } = await api.sql.begin(async (sql) => {
    await sql`select redrive.make_partitions(21)`;
    const sending = send();
    await eventually(async () => {
      const waits = await api.sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%redrive.enqueue%'`;
      expect(waits.count).toBeGreaterThan(0);
    });
    return { sending };
  });
  const first = await sending;
  expect(first).toMatchObject({ status: 503, body: { code: "unavailable" } });
  expect(first.headers.get("retry-after")).toBe("5");
  expect((await send()).status).toBe(201);
});

test.each([
  ["idempotencyKey", "inbound:shop:1002", /inbound:/],
  ["onDelivered", "upkeep", /Redrive's own/],
  ["onRejected", "redrive.told", /Redrive's own/],
  ["type", "redrive.canary", /Redrive's own/],
])("a producer takes no place of Redrive's own: %s %s", async (field, value, mend) => {
  const { status, body } = await call(enqueue, {
    as,
    body: { provider: "ats", payload: {}, [field]: value },
  });
  expect(status).toBe(422);
  expect(body.errors).toEqual([{ field, message: expect.stringMatching(mend) }]);
});

test("a payload is stored once encoded, and every digit of its numbers is kept", async () => {
  const body =
    '{"provider": "ats", "payload": {"id": 12345678901234567890, "price": 1.10, "n": null, "t": "a\\u00e9"}}';
  const { body: made } = await call(enqueue, { as, body });
  expect(JSON.parse((await storedText(made.id)) ?? "")).toMatchObject({ n: null, t: "aé" });
  expect(await storedText(made.id)).toContain("12345678901234567890");
  expect(await storedText(made.id)).toContain("1.10");
});

test.each([
  ["text", '"just text"'],
  ["null", "null"],
  ["a list", "[1, 2]"],
  ["a number", "7"],
])("a payload may be %s", async (_name, payload) => {
  const { status, body } = await call(enqueue, { as, body: `{"provider": "ats", "payload": ${payload}}` });
  expect(status).toBe(201);
  expect(await storedText(body.id)).toBe(payload);
});

test("an unknown provider is refused by name", async () => {
  const { status, body } = await post({ provider: "atz", payload: {} });
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: "unknown_provider", detail: expect.stringContaining('"atz"') });
});

test("a payload over 1 MiB is refused, one of just 1 MiB is taken", async () => {
  const taken = await post({ provider: "ats", payload: "x".repeat(1_048_574) });
  expect(taken.status).toBe(201);
  const refused = await post({ provider: "ats", payload: "x".repeat(1_048_575) });
  expect(refused).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
  expect(refused.body.detail).toContain("1048577 bytes");
  const huge = await post({ provider: "ats", payload: "x".repeat(3_000_000) });
  expect(huge).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
});

test("what is not JSON is refused as such", async () => {
  const asText = await call(enqueue, { as, body: "provider=ats", headers: { "content-type": "text/plain" } });
  expect(asText).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
  const broken = await call(enqueue, { as, body: '{"provider": ' });
  expect(broken).toMatchObject({ status: 422, body: { code: "invalid_input" } });
  const deep = `{"provider": "ats", "payload": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  expect(await call(enqueue, { as, body: deep })).toMatchObject({
    status: 422,
    body: { code: "invalid_input" },
  });
});

test("every wrong field is named at once, with how to mend it", async () => {
  const { status, body } = await post({
    provider: "A T S",
    id: "7",
    priority: 99_999,
    notBefore: "soon",
    colour: "red",
  });
  expect(status).toBe(422);
  expect(body.code).toBe("invalid_input");
  const fields = body.errors.map(({ field }: { field: string }) => field);
  expect(fields).toEqual(
    expect.arrayContaining(["provider", "payload", "id", "priority", "notBefore", "colour"]),
  );
  expect(body.errors).toContainEqual({ field: "colour", message: "is not known here; leave it out" });
});

test("a text that the database cannot hold is refused, not an error of ours", async () => {
  const bad: [payload: string, field: string][] = [
    ['{"a": "\\u0000"}', "payload.a"],
    ['["\\ud800"]', "payload.0"],
    ['{"n": [1e131071]}', "payload.n.0"],
    ['{}, "subject": "\\u0000"', "subject"],
  ];
  for (const [payload, field] of bad) {
    const { status, body } = await call(enqueue, { as, body: `{"provider": "ats", "payload": ${payload}}` });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "invalid_input", errors: [{ field, message: expect.any(String) }] });
  }
  const dear = `{"provider": "ats", "payload": [${"1e999,".repeat(2_000)}0]}`;
  expect(await call(enqueue, { as, body: dear })).toMatchObject({ status: 413 });
});

test("an id is taken once", async () => {
  const { body } = await post({ provider: "ats", payload: {} });
  const again = await post({ provider: "ats", payload: {}, id: body.id });
  expect(again).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test("a repeated Idempotency-Key enqueues once and gets the first answer", async () => {
  const headers = { "idempotency-key": "order-1" };
  const first = await post({ provider: "ats", payload: { order: 1 } }, headers);
  const again = await post({ provider: "ats", payload: { order: 1 } }, headers);
  expect(first.status).toBe(201);
  expect(again.body).toEqual(first.body);
  expect(again.status).toBe(201);
  expect(again.headers.get("location")).toBe(first.headers.get("location"));
  expect(await api.sql`select from redrive.outbox where payload = '{"order": 1}'`).toHaveLength(1);
});

test("an Idempotency-Key of another request is refused", async () => {
  const headers = { "idempotency-key": "order-2" };
  await post({ provider: "ats", payload: { order: 2 } }, headers);
  const other = await post({ provider: "ats", payload: { order: 3 } }, headers);
  expect(other).toMatchObject({ status: 409, body: { code: "conflict" } });
  const empty = await post({ provider: "ats", payload: {} }, { "idempotency-key": " " });
  expect(empty).toMatchObject({ status: 422, body: { errors: [{ field: "Idempotency-Key" }] } });
});

test("requests with one Idempotency-Key at the same time enqueue once", async () => {
  const headers = { "idempotency-key": "order-4" };
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => post({ provider: "ats", payload: 4 }, headers)),
  );
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(await api.sql`select from redrive.outbox where payload = '4'`).toHaveLength(1);
});

test("a request that was refused leaves its Idempotency-Key free", async () => {
  const headers = { "idempotency-key": "order-5" };
  expect((await post({ provider: "later", payload: 5 }, headers)).status).toBe(422);
  await aProvider(api.sql, "later");
  expect((await post({ provider: "later", payload: 5 }, headers)).status).toBe(201);
});

test("two callers may use the same Idempotency-Key", async () => {
  const headers = { "idempotency-key": "order-6" };
  const one = await post({ provider: "ats", payload: 6 }, headers);
  const other = await call(enqueue, { as: api.admin, body: { provider: "ats", payload: 6 }, headers });
  expect(other.status).toBe(201);
  expect(other.body.id).not.toBe(one.body.id);
});
