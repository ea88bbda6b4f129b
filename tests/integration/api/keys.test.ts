import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { POST as rotateKey } from "#app/api/v1/keys/[id]/rotate/route.ts";
import { PATCH as patchKey, DELETE as revokeKey, GET as showKey } from "#app/api/v1/keys/[id]/route.ts";
import { GET as listKeys, POST as makeKey } from "#app/api/v1/keys/route.ts";
import { GET as getOverview } from "#app/api/v1/overview/route.ts";
import { POST as enqueue, GET as getRecords } from "#app/api/v1/records/route.ts";
import { noteKeyUse } from "#db/writes/note-key-use.ts";
import { type Answer, type Api, aKey, anApi, bootstrapKey, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.sql`delete from redrive.api_keys`);

type Made = Answer & { key: string; id: string };

async function make(body: Record<string, unknown> = {}): Promise<Made> {
  const answer = await call(makeKey, { as: api.admin, body: { name: "orders", scopes: ["read"], ...body } });
  expect(answer).toMatchObject({ status: 201 });
  return { ...answer, key: String(answer.body.key), id: answer.body.id };
}

const rotate = (id: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  call(rotateKey, { as: api.admin, params: { id }, body, headers });
const patch = (id: string, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  call(patchKey, { as: api.admin, method: "PATCH", params: { id }, body, headers });
const revoke = (id: string) => call(revokeKey, { as: api.admin, method: "DELETE", params: { id } });
const reads = async (key: string): Promise<number> => (await call(getOverview, { as: { key } })).status;

test("a key is shown when it is made and never again; only its hash is kept", async () => {
  const { key, id, headers, body } = await make({ expiresAt: "2099-01-01T00:00:00Z" });
  expect(key).toMatch(/^rk_[\w-]{43}$/);
  expect(headers.get("location")).toBe(`/api/v1/keys/${id}`);
  expect(headers.get("etag")).toBe('"1"');
  expect(body).toMatchObject({
    state: "active",
    hint: key.slice(0, 9),
    permissions: ["see", "see_payload"],
    createdBy: "Ada <ada@example.org>",
    lastUsedAt: null,
    expiresAt: "2099-01-01T00:00:00Z",
  });
  expect(await reads(key)).toBe(200);

  const list = await call(listKeys, { as: api.admin });
  const one = await call(showKey, { as: api.admin, params: { id } });
  expect(list.body.items.map(({ id }) => id)).toEqual([id]);
  const stored = await api.sql`
    select to_jsonb(api_keys)::text || (select string_agg(detail::text, '') from redrive.audit) as all
    from redrive.api_keys`;
  for (const text of [list.text, one.text, JSON.stringify(stored)]) expect(text).not.toContain(key);
  expect(JSON.stringify(stored)).toContain(createHash("sha256").update(key).digest("hex"));
});

test("each scope opens what it is for, and nothing else", async () => {
  const may = async (scopes: string[]) => {
    const { key } = await make({ scopes });
    const asked = [
      await call(getRecords, { as: { key } }),
      await call(enqueue, { as: { key }, body: { provider: "ats", payload: {} } }),
      await call(listKeys, { as: { key } }),
    ];
    return asked.map(({ status }) => status);
  };
  expect(await may(["enqueue"])).toEqual([403, 201, 403]);
  expect(await may(["read"])).toEqual([200, 403, 403]);
  expect(await may(["operate"])).toEqual([200, 403, 403]);
  expect(await may(["enqueue", "read"])).toEqual([200, 201, 403]);
  expect(await may(["admin"])).toEqual([200, 201, 200]);
});

test("a key with single permissions, written by hand, has these and no more", async () => {
  const { key } = await aKey(api, { name: "old", scopes: ["see", "operate", "nonsense"] });
  expect(await reads(key)).toBe(200);
  const { body } = await call(listKeys, { as: api.admin });
  expect(body.items[0]).toMatchObject({ scopes: [], permissions: ["see", "operate"] });
});

test("a rotated key has a new secret at once, and the old one works until the end of the overlap", async () => {
  const first = await make();
  const second = await rotate(first.id, { overlapSeconds: 3_600 });
  expect(second).toMatchObject({ status: 200, body: { id: first.id, version: 2 } });
  const third = await rotate(first.id, { overlapSeconds: 60 });
  const keys = [first.key, String(second.body.key), String(third.body.key)];
  expect(new Set(keys).size).toBe(3);
  // The first keeps the hour that it was promised.
  expect(await Promise.all(keys.map(reads))).toEqual([200, 200, 200]);
  const inAnHour = Date.parse(String(third.body.formerUntil)) - Date.now();
  expect(inAnHour).toBeGreaterThan(3_500_000);

  await api.sql`update redrive.former_keys set until = until - interval '61 seconds'`;
  expect(await Promise.all(keys.map(reads))).toEqual([200, 401, 200]);
  await api.sql`update redrive.former_keys set until = now() - interval '1 second'`;
  expect(await Promise.all(keys.map(reads))).toEqual([401, 401, 200]);
});

test("without an overlap the old key ends with the rotation", async () => {
  const { key, id } = await make();
  const { body: second } = await rotate(id, { overlapSeconds: 3_600 });
  const { body } = await rotate(id, { overlapSeconds: 0 });
  // Each that it ever was: it may be the first that has leaked.
  expect(await Promise.all([key, String(second.key)].map(reads))).toEqual([401, 401]);
  expect(await reads(String(body.key))).toBe(200);
  expect(body.formerUntil).toBeNull();
});

test("a revoked key ends at once, with what it was before; who comes second learns who was first", async () => {
  const { key, id } = await make();
  const second = await rotate(id, { overlapSeconds: 3_600 });
  expect(await revoke(id)).toMatchObject({
    status: 200,
    body: { state: "revoked", revokedBy: "Ada <ada@example.org>" },
  });
  for (const one of [key, String(second.body.key)]) {
    const refused = await call(getOverview, { as: { key: one } });
    expect(refused).toMatchObject({ status: 401, body: { detail: "This API key was revoked." } });
  }
  for (const again of [await revoke(id), await rotate(id), await patch(id, { name: "x" })]) {
    expect(again).toMatchObject({ status: 409, body: { code: "conflict", by: "Ada <ada@example.org>" } });
  }
});

test("an expired key is refused and not rotated; a later end opens it again", async () => {
  const { key, id } = await make({ expiresAt: "2099-01-01T00:00:00Z" });
  await api.sql`update redrive.api_keys set expires_at = now() - interval '1 second'`;
  expect(await reads(key)).toBe(401);
  expect(await rotate(id)).toMatchObject({ status: 409 });
  expect(await patch(id, { expiresAt: null })).toMatchObject({ status: 200, body: { state: "active" } });
  expect(await reads(key)).toBe(200);
});

test("of several rotations of one version exactly one happens, and of several revocations too", async () => {
  const { id } = await make();
  const rotations = await Promise.all(Array.from({ length: 6 }, () => rotate(id, {}, { "if-match": '"1"' })));
  expect(rotations.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412]);
  const winner = rotations.find(({ status }) => status === 200);
  expect(await reads(String(winner?.body.key))).toBe(200);
  const ends = await Promise.all(Array.from({ length: 6 }, () => revoke(id)));
  expect(ends.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409, 409]);
  const acts = await api.sql`
    select action from redrive.audit where subject_kind = 'key' and subject_id = ${id} order by id`;
  expect(acts.map(({ action }) => action)).toEqual(["key.created", "key.rotated", "key.revoked"]);
});

test("a change counts from the next request on, and takes the version that was read", async () => {
  const { key, id } = await make();
  expect(await patch(id, { scopes: ["enqueue"] }, { "if-match": '"7"' })).toMatchObject({ status: 412 });
  expect(await reads(key)).toBe(200);
  const changed = await patch(id, { scopes: ["enqueue"], name: "importer" }, { "if-match": '"1"' });
  expect(changed).toMatchObject({
    status: 200,
    body: { name: "importer", permissions: ["enqueue"], version: 2 },
  });
  expect(changed.headers.get("etag")).toBe('"2"');
  expect(await reads(key)).toBe(403);
});

test("new scopes take the place of single permissions", async () => {
  await aKey(api, { scopes: ["see", "simulate"] });
  const { body } = await call(listKeys, { as: api.admin });
  const id = body.items[0]?.id ?? "";
  expect(await patch(id, { scopes: ["enqueue"] })).toMatchObject({ body: { permissions: ["enqueue"] } });
});

test("the last use is written at most once a minute", async () => {
  const { key, id } = await make();
  const lastUse = async () =>
    String((await call(showKey, { as: api.admin, params: { id } })).body.lastUsedAt);
  await Promise.all(Array.from({ length: 8 }, () => reads(key)));
  const first = await lastUse();
  expect(Date.now() - Date.parse(first)).toBeLessThan(30_000);
  const rowOf = async () =>
    (await api.sql`select xmin::text from redrive.api_keys where id = ${id}`)[0]?.xmin;
  const row = await rowOf();
  await reads(key);
  expect(await rowOf()).toBe(row);
  // Of many requests at once that all read the old time, too.
  await Promise.all([noteKeyUse(api.sql, id), noteKeyUse(api.sql, id)]);
  expect(await rowOf()).toBe(row);
  await api.sql`update redrive.api_keys set last_used_at = last_used_at - interval '61 seconds' where id = ${id}`;
  await reads(key);
  expect(Date.parse(await lastUse())).toBeGreaterThanOrEqual(Date.parse(first));
});

test("nobody makes, changes, rotates or revokes a key that may more than they may themselves", async () => {
  const { key: clerk } = await aKey(api, { name: "clerk", scopes: ["manage_keys", "enqueue"] });
  const as = { key: clerk };
  const refused = await call(makeKey, { as, body: { name: "x", scopes: ["admin"] } });
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining("see") } });
  const own = await call(makeKey, { as, body: { name: "x", scopes: ["enqueue"] } });
  expect(own.status).toBe(201);
  const params = { id: own.body.id };
  const widened = await call(patchKey, { as, method: "PATCH", params, body: { scopes: ["read"] } });
  expect(widened.status).toBe(403);
  const strong = await make({ scopes: ["admin"] });
  const taken = await call(rotateKey, { as, params: { id: strong.id }, body: { overlapSeconds: 0 } });
  expect(taken.status).toBe(403);
  const ended = await call(revokeKey, { as, method: "DELETE", params: { id: strong.id } });
  expect(ended).toMatchObject({ status: 403, body: { detail: expect.stringContaining("see") } });
  expect(await reads(strong.key)).toBe(200);
  expect((await call(revokeKey, { as, method: "DELETE", params })).status).toBe(200);
});

test("a repeated Idempotency-Key makes no second key, and stores none", async () => {
  const headers = { "idempotency-key": "make-1" };
  const body = { name: "once", scopes: ["read"] };
  const first = await call(makeKey, { as: api.admin, body, headers });
  expect(first.status).toBe(201);
  const again = await call(makeKey, { as: api.admin, body, headers });
  expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining("shown then") } });
  expect(await api.sql`select from redrive.api_keys`).toHaveLength(1);
  const kept = await api.sql`select body::text from redrive.idempotency_keys where key = 'make-1'`;
  expect(kept[0]?.body).toContain(first.body.id);
  expect(kept[0]?.body).not.toContain(String(first.body.key));
});

test("bad input is refused by field, and makes nothing", async () => {
  const bad: [Record<string, unknown>, string][] = [
    [{ name: " " }, "name"],
    [{ name: "x".repeat(101) }, "name"],
    [{ scopes: [] }, "scopes"],
    [{ scopes: ["root"] }, "scopes.0"],
    [{ scopes: ["read", "read"] }, "scopes"],
    [{ providers: [] }, "providers"],
    [{ providers: ["nobody"] }, "providers"],
    [{ owner: "" }, "owner"],
    [{ expiresAt: "2001-01-01T00:00:00Z" }, "expiresAt"],
    [{ expiresAt: "tomorrow" }, "expiresAt"],
    [{ key: "rk_mine" }, "key"],
  ];
  for (const [wrong, field] of bad) {
    const { status, body } = await call(makeKey, {
      as: api.admin,
      body: { name: "x", scopes: ["read"], ...wrong },
    });
    expect([status, body.errors?.[0]?.field]).toEqual([422, field]);
  }
  expect(await api.sql`select from redrive.api_keys`).toHaveLength(0);
  const { id } = await make();
  for (const overlapSeconds of [-1, 1.5, 40 * 86_400])
    expect((await rotate(id, { overlapSeconds })).status).toBe(422);
  const missing = { id: "019f0000-0000-7000-8000-000000000001" };
  expect((await call(showKey, { as: api.admin, params: missing })).status).toBe(404);
  expect((await rotate(missing.id)).status).toBe(404);
  expect((await call(showKey, { as: api.admin, params: { id: "7" } })).status).toBe(404);
});

test("only who may manage keys sees them", async () => {
  const tech = await api.person("support_tech");
  expect(await call(listKeys, { as: tech })).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining("manage API keys") },
  });
  expect((await call(listKeys, { as: { key: bootstrapKey } })).status).toBe(200);
});
