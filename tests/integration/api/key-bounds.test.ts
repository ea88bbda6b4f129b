// Keys that are kept to providers or to an owner: every operation either honours it, or is closed to them.
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as makeKey } from "#app/api/v1/keys/route.ts";
import type { Operation } from "#lib/contract/operation.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { type Answer, type Api, anApi, aRecord, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

const root = resolve(import.meta.dirname, "../../..");
const forCallers = operations.filter(({ may }) => typeof may === "string" || !("proof" in may));

let api: Api;
let toProvider: { key: string };
let toOwner: { key: string };
/** One record inside, then what lies outside by provider and by owner. */
let own: string;
let ofOtherProvider: string;
let ofOtherOwner: string;
let ofNobody: string;

beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
  await aProvider(api.sql, "crm");
  toProvider = await aBoundKey({ providers: ["ats"] });
  toOwner = await aBoundKey({ owner: "customer-1" });
  own = await aRecord.failed(api, { provider: "ats", owner: "customer-1" });
  ofOtherProvider = await aRecord.failed(api, { provider: "crm", owner: "customer-1" });
  ofOtherOwner = await aRecord.failed(api, { provider: "ats", owner: "customer-2" });
  ofNobody = await aRecord.failed(api, { provider: "ats" });
});
afterAll(() => api[Symbol.asyncDispose]());

/** With every permission: what it is refused is refused for its bounds alone. */
async function aBoundKey(bounds: Record<string, unknown>): Promise<{ key: string }> {
  const { status, body } = await call(makeKey, {
    as: api.admin,
    body: { name: "bound", scopes: ["admin"], ...bounds },
  });
  expect(status).toBe(201);
  return { key: String(body.key) };
}

type Ask = { as: { key: string }; params?: Record<string, string>; body?: unknown; path?: string };

async function ask({ method, path, input }: Operation, { body, ...given }: Ask): Promise<Answer> {
  const file = `app/api/v1${path.replaceAll(/\{(\w+)\}/g, "[$1]")}/route.ts`;
  const handlers: Record<string, Parameters<typeof call>[0]> = await import(resolve(root, file));
  const handler = handlers[method];
  if (!handler) throw new Error(`${file} has no ${method}`);
  return call(handler, { ...given, method, ...(input ? { body: body ?? {} } : {}) });
}

const named = (id: string): Operation => {
  const found = operations.find((operation) => operation.id === id);
  if (!found) throw new Error(`there is no operation ${id}`);
  return found;
};

const anyId = "019f0000-0000-7000-8000-000000000001";
const paramsOf = ({ params }: Operation, values: Record<string, string> = {}) =>
  Object.fromEntries(Object.keys(params?.shape ?? {}).map((name) => [name, values[name] ?? anyId]));

test("an operation that doesn't say how it honours bounds is closed to a key that has any", async () => {
  const closed = forCallers.filter(({ within }) => within === undefined);
  expect(closed.length).toBeGreaterThan(30);
  for (const operation of closed) {
    for (const as of [toProvider, toOwner]) {
      const { status, body } = await ask(operation, { as, params: paramsOf(operation) });
      expect([operation.id, status, body?.code]).toEqual([operation.id, 403, "forbidden"]);
      expect(body.detail).toContain("is kept to");
    }
  }
});

/** What each operation on one record is sent; without a word for a new one, this fails. */
const bodies: Record<string, unknown> = {
  retryRecord: {},
  cancelRetry: {},
  rejectRecord: { reason: "checked" },
  reopenRecord: {},
  skipRecord: { reason: "checked" },
  showPayload: {},
  assignRecord: { assignee: null },
  moveRecord: { team: "client_data" },
  getRecord: undefined,
};

test("of a record outside every operation says that there is none, and leaves it as it is", async () => {
  const onRecords = forCallers.filter(({ within }) => within === "record");
  expect(onRecords.map(({ id }) => id).toSorted()).toEqual(Object.keys(bodies).toSorted());
  const before = await api.sql`select * from redrive.failures order by record_id`;
  for (const operation of onRecords) {
    const tries: [{ key: string }, string][] = [
      [toProvider, ofOtherProvider],
      [toOwner, ofOtherOwner],
      [toOwner, ofNobody],
      [toOwner, anyId],
    ];
    for (const [as, id] of tries) {
      const { status, body } = await ask(operation, { as, params: { id }, body: bodies[operation.id] });
      expect([operation.id, status, body.detail]).toEqual([operation.id, 404, `There is no record ${id}.`]);
    }
  }
  expect(await api.sql`select * from redrive.failures order by record_id`).toEqual(before);
  for (const as of [toProvider, toOwner]) {
    expect((await ask(named("getRecord"), { as, params: { id: own } })).status).toBe(200);
    expect((await ask(named("showPayload"), { as, params: { id: own } })).status).toBe(200);
  }
});

const idsOf = ({ body }: Answer): string[] => body.items.map(({ id }) => id).toSorted();

test("lists of records and failures hold what is within, whatever is asked for", async () => {
  const narrowed = forCallers.filter(({ within }) => within === "records");
  const [lists, exports] = [
    narrowed.filter(({ answers }) => answers === undefined),
    narrowed.filter(({ answers }) => answers === "text/csv"),
  ];
  expect(lists.map(({ id }) => id)).toEqual(["listRecords", "listFailures"]);
  expect(exports.map(({ id }) => id)).toEqual(["exportRecords", "exportFailures"]);
  for (const operation of exports) {
    const ids = async (as: { key: string }, query = "") =>
      (await ask(operation, { as, path: `/api/v1/list?${query}` })).text
        .split("\r\n")
        .slice(1, -1)
        .map((line) => line.slice(0, 36))
        .toSorted();
    expect(await ids(toProvider)).toEqual([own, ofOtherOwner, ofNobody].toSorted());
    expect(await ids(toOwner)).toEqual([own, ofOtherProvider].toSorted());
    expect(await ids(toProvider, "provider=crm")).toEqual([]);
  }
  for (const operation of lists) {
    const asked = (as: { key: string }, query: string) =>
      ask(operation, { as, path: `/api/v1/list?${query}` }).then(idsOf);
    expect(await asked(toProvider, "limit=200")).toEqual([own, ofOtherOwner, ofNobody].toSorted());
    expect(await asked(toOwner, "limit=200")).toEqual([own, ofOtherProvider].toSorted());
    expect(await asked(toProvider, "provider=crm")).toEqual([]);
    expect(await asked(toProvider, `q=${ofOtherProvider}`)).toEqual([]);
    expect(await asked(toOwner, `q=${ofOtherOwner}`)).toEqual([]);
    expect(await asked(toOwner, "q=customer-2")).toEqual([]);
  }
  for (const status of ["failed", "waiting", "delivered", "rejected"]) {
    const listed = await ask(named("listRecords"), { as: toOwner, path: `/api/v1/list?status=${status}` });
    expect(idsOf(listed)).toEqual(status === "failed" ? [own, ofOtherProvider].toSorted() : []);
  }
});

test("counts of failures count what is within, and the last delivery is the provider's own", async () => {
  await api.sql`
    insert into redrive.throughput (provider, bucket, delivered) values ('crm', '2026-03-01T10:00:00Z', 5)`;
  const counts = async (as: { key: string }, query = "") =>
    (await ask(named("listFailures"), { as, path: `/api/v1/list?${query}` })).body;
  expect(await counts(toProvider)).toMatchObject({ counts: { technical: 3 }, lastDeliveryAt: null });
  expect(await counts(toProvider, "provider=crm")).toMatchObject({
    counts: { technical: 0 },
    lastDeliveryAt: null,
  });
  expect(await counts(toOwner)).toMatchObject({ counts: { technical: 2 }, lastDeliveryAt: null });
  expect(await counts(toOwner, "q=503")).toMatchObject({ counts: { technical: 2 } });
});

test("a new record must be within; one for a key of an owner is that owner's", async () => {
  const enqueue = (as: { key: string }, body: Record<string, unknown>) =>
    ask(named("enqueueRecord"), { as, body: { payload: {}, ...body } });
  expect(await enqueue(toProvider, { provider: "crm" })).toMatchObject({
    status: 403,
    body: {
      code: "forbidden",
      detail: 'The key "bound" is kept to the provider ats: it may enqueue for nothing else.',
      errors: [{ field: "provider", message: "must be one of ats" }],
    },
  });
  expect((await enqueue(toProvider, { provider: "ats", owner: "customer-9" })).status).toBe(201);
  expect(await enqueue(toOwner, { provider: "crm", owner: "customer-2" })).toMatchObject({
    status: 403,
    body: { errors: [{ field: "owner", message: "must be customer-1, or left out" }] },
  });
  const made = await enqueue(toOwner, { provider: "crm" });
  expect(made.status).toBe(201);
  const [stored] = await api.sql`select owner from redrive.outbox where id = ${made.body.id}`;
  expect(stored?.owner).toBe("customer-1");
});

test("an idempotency key of another owner's record does not give its id away", async () => {
  const body = { provider: "ats", payload: {}, idempotencyKey: "order-7" };
  const enqueue = named("enqueueRecord");
  const all = await aBoundKey({});
  const first = await ask(enqueue, { as: all, body: { ...body, owner: "customer-2" } });
  expect(first.status).toBe(201);
  const second = await ask(enqueue, { as: toOwner, body });
  expect(second).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect(second.text).not.toContain(first.body.id);
});

test("a key of some providers sees and holds these; a key of an owner holds none", async () => {
  const onProviders = forCallers.filter(({ within }) => within === "provider" || within === "providers");
  expect(onProviders.map(({ id }) => id).toSorted()).toEqual([
    "getProvider",
    "getProviderThroughput",
    "listBatchChanges",
    "listProviders",
    "pauseProvider",
    "probeProvider",
    "resumeProvider",
    "runSchedule",
  ]);
  const body = { reason: "checked" };
  for (const operation of onProviders) {
    const params = paramsOf(operation, { slug: "crm", name: "nightly" });
    const ofOwner = await ask(operation, { as: toOwner, params, body });
    expect([operation.id, ofOwner.status]).toEqual([operation.id, 403]);
    if (operation.within !== "provider") continue;
    const path = "/api/v1/x?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    const given = body;
    const outside = await ask(operation, {
      as: toProvider,
      params,
      path: operation.query ? path : "/api/v1/x",
      body: given,
    });
    expect([operation.id, outside.status, outside.body.detail]).toEqual([
      operation.id,
      404,
      'There is no provider "crm".',
    ]);
  }
  const listed = await ask(named("listProviders"), { as: toProvider });
  expect(listed.body.items.map(({ slug }) => slug)).toEqual(["ats"]);
  expect((await ask(named("getProvider"), { as: toProvider, params: { slug: "ats" } })).status).toBe(200);
  const paused = await ask(named("pauseProvider"), { as: toProvider, params: { slug: "ats" }, body });
  expect(paused.status).toBe(200);
});

test("both bounds together are held together", async () => {
  const both = await aBoundKey({ providers: ["ats"], owner: "customer-1" });
  expect((await ask(named("getRecord"), { as: both, params: { id: own } })).status).toBe(200);
  for (const id of [ofOtherProvider, ofOtherOwner])
    expect((await ask(named("getRecord"), { as: both, params: { id } })).status).toBe(404);
  expect(idsOf(await ask(named("listFailures"), { as: both }))).toEqual([own]);
});
