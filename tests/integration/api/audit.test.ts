import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getAudit } from "#app/api/v1/audit/route.ts";
import { GET as getEvents } from "#app/api/v1/events/route.ts";
import { POST as pause } from "#app/api/v1/providers/[slug]/pause/route.ts";
import { POST as resume } from "#app/api/v1/providers/[slug]/resume/route.ts";
import { PATCH as patch } from "#app/api/v1/providers/[slug]/route.ts";
import { POST as retry } from "#app/api/v1/records/[id]/retry/route.ts";
import { createOperation } from "#db/writes/create-operation.ts";
import { noteVersion } from "#db/writes/note-version.ts";
import { type Api, anApi, aRecord, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
  await aProvider(api.sql, "crm");
});
afterAll(() => api[Symbol.asyncDispose]());

const ada = () => `Ada <${api.admin.email}>`;
const get = (handler: typeof getAudit, query: string) =>
  call(handler, { as: api.admin, path: `/api/v1/list?${query}` });

/** Every item that paging through a list gives, in order. */
async function paged(handler: typeof getAudit, query: string) {
  const items: Record<string, unknown>[] = [];
  let after: string | null = "";
  while (after !== null) {
    const { status, body } = await get(handler, `${query}${after && `&after=${after}`}`);
    expect(status).toBe(200);
    items.push(...body.items);
    after = body.next;
  }
  return items;
}

test("the audit tells who did what, by person, act, subject and time", async () => {
  const id = await aRecord.failed(api);
  const press = (handler: typeof pause, slug: string, reason: string) =>
    call(handler, { as: api.admin, params: { slug }, body: { reason } });
  expect((await press(pause, "ats", "they migrate")).status).toBe(200);
  expect((await press(resume, "ats", "done")).status).toBe(200);
  expect((await call(retry, { as: api.admin, params: { id }, body: { reason: "again" } })).status).toBe(200);
  const { body } = await get(getAudit, "");
  expect(body.items.slice(0, 3)).toMatchObject([
    { actor: ada(), action: "record.retried", subjectKind: "record", subjectId: id, reason: "again" },
    { action: "provider.resumed", subjectKind: "provider", subjectId: "ats", reason: "done" },
    { action: "provider.paused", subjectKind: "provider", subjectId: "ats", reason: "they migrate" },
  ]);
  const actions = async (query: string) =>
    (await get(getAudit, query)).body.items.map(({ action }) => action);
  expect(await actions("action=provider.paused")).toEqual(["provider.paused"]);
  expect(await actions(`subjectKind=record&subjectId=${id}`)).toEqual(["record.retried"]);
  expect(await actions("subjectKind=provider")).toEqual(["provider.resumed", "provider.paused"]);
  expect(await actions(`actor=${encodeURIComponent(ada())}&action=record.retried`)).toEqual([
    "record.retried",
  ]);
  expect(await actions("actor=nobody")).toEqual([]);
  const at = String(body.items[1]?.at);
  expect(await actions(`from=${at}`)).toEqual(["record.retried", "provider.resumed"]);
  expect(await actions(`to=${at}`)).toEqual(["provider.paused"]);
  expect(await get(getAudit, `subjectId=${id}`)).toMatchObject({
    status: 422,
    body: { errors: [{ field: "subjectKind" }] },
  });
  for (const query of ["colour=red", "limit=0", "from=today", "after=x"]) {
    expect((await get(getAudit, query)).status, query).toBe(422);
  }
  expect((await call(getAudit, { as: await api.person("end_user") })).status).toBe(403);
});

test("paging through the audit leaves none out and repeats none, many of one time", async () => {
  await api.sql`
    insert into redrive.audit (at, actor, action, subject_kind, subject_id)
    select '2026-03-01T10:00:00.123456Z', 'Pat', 'test.paged', 'record', n::text from generate_series(1, 23) as n`;
  for (const limit of [1, 5, 23, 200]) {
    const items = await paged(getAudit, `action=test.paged&limit=${limit}`);
    expect(items.map(({ subjectId }) => Number(subjectId))).toEqual(
      Array.from({ length: 23 }, (_, n) => 23 - n),
    );
  }
});

test("events are what happened to all: breakers, pauses, configuration, operations; no single record", async () => {
  const body = { name: "Their CRM" };
  const changed = await call(patch, { as: api.admin, params: { slug: "crm" }, body, method: "PATCH" });
  expect(changed.status).toBe(200);
  await aRecord.failed(api, { provider: "crm" });
  const admin = { kind: "user", id: api.admin.id, actor: ada(), may: () => true } as const;
  const cutoff = new Date(Date.now() + 1_000).toISOString();
  const given = { action: "retry", filter: { provider: "crm" }, cutoff, expected: 1, reason: "why" } as const;
  const { id } = await createOperation(api.sql, given, admin);
  await api.sql`
    insert into redrive.batch_changes (provider, at, from_size, to_size, breaker, breaker_was, reason, figures)
    values
      ('crm', clock_timestamp(), 8, 1, 'open', 'closed', '12 of 20 failed (503)', '{"failed": 12}'),
      ('crm', clock_timestamp(), 1, 2, 'closed', 'closed', 'grown', '{}')`;
  const items = await paged(getEvents, "limit=2");
  expect(items.map(({ kind, action }) => [kind, action])).toEqual([
    ["breaker", "breaker.open"],
    ["operation", "operation.created"],
    ["config", "provider.changed"],
    ["pause", "provider.resumed"],
    ["pause", "provider.paused"],
  ]);
  expect(items[0]).toMatchObject({
    provider: "crm",
    actor: null,
    reason: "12 of 20 failed (503)",
    detail: { failed: 12, breakerWas: "closed" },
  });
  expect(items[1]).toMatchObject({ provider: null, subject: `operation ${id}`, actor: ada(), reason: "why" });
  const actions = async (query: string) => (await paged(getEvents, query)).map(({ action }) => action);
  expect(await actions("kind=pause")).toEqual(["provider.resumed", "provider.paused"]);
  expect(await actions("kind=config")).toEqual(["provider.changed"]);
  expect(await actions("kind=operation")).toEqual(["operation.created"]);
  expect(await actions("kind=breaker")).toEqual(["breaker.open"]);
  expect(await actions("kind=deploy")).toEqual([]);
  expect(await actions("provider=crm&limit=1")).toEqual([
    "breaker.open",
    "operation.created",
    "provider.changed",
  ]);
  expect(await actions("provider=ats&kind=breaker")).toEqual([]);
  expect(await actions(`to=${items[3]?.at}`)).toEqual(["provider.paused"]);
  for (const query of ["kind=other", "after=x", "provider=No"]) {
    expect((await get(getEvents, query)).status, query).toBe(422);
  }
});

test("events of one time, of both sources, are paged through once each", async () => {
  await api.sql`
    insert into redrive.audit (at, actor, action, subject_kind, subject_id)
    select '2026-03-01T10:00:00Z', 'Pat', 'provider.paused', 'provider', 'sms' from generate_series(1, 7)`;
  await api.sql`
    insert into redrive.batch_changes (provider, at, from_size, to_size, breaker, breaker_was, reason, figures)
    select 'sms', '2026-03-01T10:00:00Z', 1, 1, 'open', 'closed', 'why', '{}' from generate_series(1, 6)`;
  for (const limit of [1, 2, 3, 7, 50]) {
    const ids = (await paged(getEvents, `provider=sms&limit=${limit}`)).map(({ id }) => id);
    expect(ids).toHaveLength(13);
    expect(new Set(ids).size).toBe(13);
  }
});

test("another version that begins to work is an event, once; the first of all is none", async () => {
  await noteVersion(api.sql, "1.0.0");
  expect((await get(getEvents, "kind=deploy")).body.items).toEqual([]);
  await Promise.all([noteVersion(api.sql, "1.1.0"), noteVersion(api.sql, "1.1.0")]);
  expect((await get(getEvents, "kind=deploy")).body.items).toMatchObject([
    { action: "installation.deployed", actor: "Redrive", detail: { version: "1.1.0", was: "1.0.0" } },
  ]);
});
