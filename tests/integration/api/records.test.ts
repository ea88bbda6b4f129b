import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as cancel } from "#app/api/v1/records/[id]/cancel/route.ts";
import { POST as reject } from "#app/api/v1/records/[id]/reject/route.ts";
import { POST as reopen } from "#app/api/v1/records/[id]/reopen/route.ts";
import { POST as retry } from "#app/api/v1/records/[id]/retry/route.ts";
import { GET as getRecord } from "#app/api/v1/records/[id]/route.ts";
import { type Api, anApi, aRecord, call, type Person } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let bob: Person;
beforeAll(async () => {
  api = await anApi();
  bob = await api.person("admin", "Bob");
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

const ada = () => `Ada <${api.admin.email}>`;
const press = (handler: typeof retry, id: string, body: unknown = {}, as = api.admin) =>
  call(handler, { as, params: { id }, body });
const read = async (id: string, as = api.admin) => (await call(getRecord, { as, params: { id } })).body;
const failureOf = async (id: string) => {
  const [row] = await api.sql<{ row: unknown }[]>`
    select to_jsonb(failures) as row from redrive.failures where record_id = ${id}`;
  return row?.row;
};
const nowhere = "0190a0b0-0000-7000-8000-000000000000";

test("a failure that is retried leaves in five seconds, with all its attempts and its history", async () => {
  const id = await aRecord.failed(api, { tries: 5 });
  const before = Date.now();
  const { status, body } = await press(retry, id, { reason: "they fixed it" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ id, status: "retrying" });
  expect(Date.parse(body.dueAt) - before).toBeGreaterThan(4_000);
  expect(Date.parse(body.dueAt) - before).toBeLessThan(8_000);
  const [row] =
    await api.sql`select attempts, tries, interruptions from redrive.queue where record_id = ${id}`;
  expect(row).toEqual({ attempts: 0, tries: 5, interruptions: 0 });
  expect(await failureOf(id)).toBeUndefined();

  const record = await read(id);
  expect(record).toMatchObject({ status: "retrying", attempts: 5, failure: null, dueAt: body.dueAt });
  expect(record.events.at(-1)).toMatchObject({
    kind: "retried",
    actor: ada(),
    reason: "they fixed it",
    detail: { dueAt: body.dueAt, failure: { record_id: id } },
  });
  const [audited] = await api.sql`select actor, action, reason from redrive.audit where subject_id = ${id}`;
  expect(audited).toEqual({ actor: ada(), action: "record.retried", reason: "they fixed it" });
});

test("a retry may wait for a time, and a time that has passed is now", async () => {
  const later = await press(retry, await aRecord.failed(api), { at: "2100-01-01T02:00:00+02:00" });
  expect(later.body.dueAt).toBe("2100-01-01T00:00:00Z");
  const past = await press(retry, await aRecord.failed(api), { at: "2000-01-01T00:00:00Z" });
  expect(Math.abs(Date.parse(past.body.dueAt) - Date.now())).toBeLessThan(3_000);
});

test("of two people who retry at once one wins, and the other learns who", async () => {
  for (let round = 0; round < 5; round++) {
    const id = await aRecord.failed(api);
    const answers = await Promise.all([press(retry, id, {}, api.admin), press(retry, id, {}, bob)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [winner, loser] = answers[0]?.status === 200 ? answers : answers.toReversed();
    const name = winner === answers[0] ? ada() : `Bob <${bob.email}>`;
    expect(loser?.body).toMatchObject({ code: "conflict", by: name, at: expect.stringMatching(/Z$/) });
    expect(loser?.body.detail).toContain(`${name} retried this record at`);
    expect(
      await api.sql`select from redrive.events where record_id = ${id} and kind = 'retried'`,
    ).toHaveLength(1);
  }
});

test("a record that is not failed is not retried, rejected or reopened, and the answer says how it stands", async () => {
  const [waiting, delivered] = [await aRecord.waiting(api), await aRecord.delivered(api)];
  for (const [id, status] of [
    [waiting, "waiting"],
    [delivered, "delivered"],
  ] as const) {
    for (const handler of [retry, reject, reopen]) {
      const answer = await press(handler, id, { reason: "why" });
      expect(answer).toMatchObject({ status: 409, body: { code: "conflict" } });
      expect(answer.body.detail).toContain(`It is ${status} now`);
      expect(answer.body.by).toBeUndefined();
    }
  }
});

test("a record that does not exist is not found, whatever is done to it", async () => {
  for (const handler of [retry, reject, reopen, cancel]) {
    const body = handler === cancel ? {} : { reason: "why" };
    expect(await press(handler, nowhere, body)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect((await press(handler, "no-id", body)).status).toBe(404);
  }
  expect((await call(getRecord, { as: api.admin, params: { id: nowhere } })).status).toBe(404);
});

test("undo restores the failure exactly", async () => {
  const id = await aRecord.failed(api, {
    failedAt: "2026-01-02T03:04:05.678901Z",
    message: "422: postal_code is invalid",
    category: "client_data",
  });
  const before = await failureOf(id);
  await press(retry, id);
  const undone = await press(cancel, id);
  expect(undone).toMatchObject({ status: 200, body: { id, status: "failed", dueAt: null } });
  expect(await failureOf(id)).toEqual(before);
  expect(await api.sql`select from redrive.queue where record_id = ${id}`).toHaveLength(0);
  expect((await read(id)).events.map(({ kind }: { kind: string }) => kind)).toEqual([
    "failed",
    "retried",
    "retry_cancelled",
  ]);
  // And it can be retried, and undone, again.
  expect((await press(retry, id)).status).toBe(200);
  expect((await press(cancel, id)).status).toBe(200);
  expect(await failureOf(id)).toEqual(before);
});

test("undo comes too late once the record is due, or was tried", async () => {
  const [due, tried] = [await aRecord.failed(api), await aRecord.failed(api)];
  await press(retry, due);
  await api.sql`update redrive.queue set due_at = clock_timestamp() + interval '100 ms' where record_id = ${due}`;
  await press(retry, tried);
  await api.sql`update redrive.queue set tries = tries + 1, due_at = now() + interval '1 hour' where record_id = ${tried}`;
  for (const id of [due, tried]) {
    const late = await press(cancel, id);
    expect(late).toMatchObject({ status: 409, body: { code: "conflict", by: ada() } });
    expect(late.body.detail).toContain("Too late");
    expect(await failureOf(id)).toBeUndefined();
    expect(await api.sql`select from redrive.queue where record_id = ${id}`).toHaveLength(1);
  }
});

test("a retry is taken back once, and nothing else is", async () => {
  const id = await aRecord.failed(api);
  expect((await press(cancel, id)).status).toBe(409);
  await press(retry, id);
  const answers = await Promise.all([press(cancel, id), press(cancel, id, {}, bob)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect((await press(cancel, id)).body.detail).toContain("took the retry back");
});

test("a rejection needs a reason, closes the failure, and starts what the record asked for", async () => {
  const id = await aRecord.failed(api, { onRejected: "tell_customer" });
  for (const body of [{}, { reason: "" }, { reason: "   " }]) {
    const refused = await press(reject, id, body);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "invalid_input", errors: [{ field: "reason" }] },
    });
  }
  const wrong = await press(reject, id, { reason: "x", code: "because" });
  expect(wrong.body.errors).toMatchObject([{ field: "code" }]);

  const done = await press(reject, id, { reason: "duplicate of 7", code: "duplicate" });
  expect(done).toMatchObject({ status: 200, body: { id, status: "rejected", dueAt: null } });
  const record = await read(id);
  expect(record).toMatchObject({ status: "rejected", settledAt: expect.any(String) });
  expect(record.events.at(-1)).toMatchObject({
    kind: "rejected",
    actor: ada(),
    reason: "duplicate of 7",
    detail: { code: "duplicate" },
  });
  const jobs = await api.sql`
    select payload from graphile_worker._private_jobs as jobs
    join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
    where tasks.identifier = 'tell_customer'`;
  expect(jobs).toEqual([
    {
      payload: {
        recordId: id,
        provider: "ats",
        correlationId: null,
        outcome: "rejected",
        reason: "duplicate of 7",
        code: "duplicate",
      },
    },
  ]);

  const again = await press(retry, id, {}, bob);
  expect(again).toMatchObject({ status: 409, body: { by: ada() } });
  expect(again.body.detail).toContain("rejected this record");
});

test("a rejection is taken back by reopening", async () => {
  const id = await aRecord.failed(api);
  const before = await failureOf(id);
  await press(reject, id, { reason: "by mistake" });
  expect((await press(reopen, id, { reason: "it was right" }, bob)).body).toEqual({
    id,
    status: "failed",
    dueAt: null,
  });
  expect(await failureOf(id)).toEqual(before);
  const again = await press(reopen, id);
  expect(again).toMatchObject({ status: 409, body: { by: `Bob <${bob.email}>` } });
  expect((await press(retry, id)).status).toBe(200);
});

test("a repeated Idempotency-Key retries once and gets the first answer", async () => {
  const id = await aRecord.failed(api);
  const once = () =>
    call(retry, {
      as: api.admin,
      path: `/api/v1/records/${id}/retry`,
      params: { id },
      body: {},
      headers: { "idempotency-key": id },
    });
  const [first, again] = [await once(), await once()];
  expect(first.status).toBe(200);
  expect(again).toMatchObject({ status: 200, body: first.body });
  expect(await api.sql`select from redrive.events where record_id = ${id} and kind = 'retried'`).toHaveLength(
    1,
  );
});

test("who may not see payloads gets their shape and the answers' masked, and is told so", async () => {
  const tech = await api.person("support_tech");
  const id = await aRecord.failed(api);
  expect(await read(id, tech)).toMatchObject({
    payload: { candidate: { name: "•••", age: "•••" } },
    payloadHidden: true,
    lastError: "503 Service Unavailable",
    failure: { category: "technical", team: "technical", statusCode: 503, outcome: "unavailable" },
    events: [{ kind: "failed", detail: { body: "•••", error: "503 Service Unavailable" } }],
  });
  const text = JSON.stringify(await read(id, tech));
  expect(text).not.toContain("Grace");
  expect(await read(id)).toMatchObject({
    payload: { candidate: { name: "Grace", age: 37 } },
    payloadHidden: false,
    events: [{ detail: { body: "sorry, Grace" } }],
  });
});

test("an act tells open pages what changed", async () => {
  const heard: string[] = [];
  const { unlisten } = await api.sql.listen("redrive_hints", (text) => heard.push(text));
  const id = await aRecord.failed(api);
  await press(retry, id);
  await expect
    .poll(() => heard.map((text) => JSON.parse(text)))
    .toEqual(
      expect.arrayContaining([
        { topic: "failures", provider: "ats" },
        { topic: "record", provider: "ats", id },
      ]),
    );
  await unlisten();
});
