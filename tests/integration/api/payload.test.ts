// Before a payload is corrected it is shown, every digit of it; from whom values are hidden, for a reason that is kept.
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as show } from "#app/api/v1/records/[id]/payload/route.ts";
import { POST as retry } from "#app/api/v1/records/[id]/retry/route.ts";
import { GET as read } from "#app/api/v1/records/[id]/route.ts";
import { type Api, anApi, aRecord, call, type Person } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let tess: Person;
let dev: Person;
beforeAll(async () => {
  api = await anApi();
  tess = await api.person("support_tech", "Tess");
  dev = await api.person("developer", "Dev");
  await aProvider(api.sql, "ats", { edit: { allowed: ["/n"], locked: ["/id"] } });
});
afterAll(() => api[Symbol.asyncDispose]());

const press = (id: string, body: unknown = {}, as = api.admin) => call(show, { as, params: { id }, body });
const unmasked = (id: string) =>
  api.sql`select actor, reason from redrive.audit where action = 'record.unmasked' and subject_id = ${id}`;
const exact = '{"n": 1.50, "id": 12345678901234567890}';
async function aFailure(): Promise<string> {
  const id = await aRecord.failed(api);
  // Written past the API, which keeps digits as well; the outbox itself is append-only.
  await api.sql`
    insert into redrive.revisions (record_id, nth, payload, by) values (${id}, 1, ${exact}::text::jsonb, 'Ana')`;
  return id;
}

test("the newest payload is shown to the digit, with what may be changed in it", async () => {
  const id = await aFailure();
  const { status, body } = await press(id);
  expect(status).toBe(200);
  expect(body).toEqual({
    payload: exact,
    revision: 1,
    edit: { allowed: ["/n"], locked: ["/id"] },
  });
  expect(await press(id, {}, dev)).toMatchObject({ status: 200 });
  expect(await unmasked(id)).toEqual([]);
});

test("from whom values are hidden must say why, and that is kept with their name", async () => {
  const id = await aFailure();
  expect(await press(id, { reason: " " }, tess)).toMatchObject({
    status: 422,
    body: { code: "invalid_input", errors: [{ field: "reason" }] },
  });
  expect(await unmasked(id)).toEqual([]);
  expect((await press(id, { reason: "the client called" }, tess)).body.payload).toBe(exact);
  expect(await unmasked(id)).toEqual([{ actor: `Tess <${tess.email}>`, reason: "the client called" }]);
});

test("each showing is kept with the name, a repeated one too, and the payload is not", async () => {
  const id = await aFailure();
  const again = () =>
    call(show, {
      as: tess,
      params: { id },
      body: { reason: "the client called" },
      headers: { "idempotency-key": `show-${id}` },
    });
  expect((await again()).body.payload).toBe(exact);
  expect((await again()).body.payload).toBe(exact);
  expect(await unmasked(id)).toHaveLength(2);
  expect(await api.sql`select from redrive.idempotency_keys where key = ${`show-${id}`}`).toHaveLength(0);
});

test.each(["redrive.message", "redrive.notice"])(
  "a %s, which may hold somebody's link, is not shown",
  async (type) => {
    const [{ id } = { id: "" }] = await api.sql<{ id: string }[]>`
    insert into redrive.outbox (provider, payload, type) values ('ats', '{}', ${type}) returning id`;
    expect(await press(id)).toMatchObject({ status: 422, body: { code: "invalid_input" } });
  },
);

test.each(["redrive.message", "redrive.notice"])(
  "who reads the record of a %s can't act by its link",
  async (type) => {
    const token = "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOP";
    const links = {
      text: `https://redrive.example/recover/${token}`,
      url: `https://x/api/v1/recoveries/${token}`,
    };
    const [{ id } = { id: "" }] = await api.sql<{ id: string }[]>`
    insert into redrive.outbox (provider, payload, type) values ('ats', ${JSON.stringify(links)}::text::jsonb, ${type})
    returning id`;
    // What an endpoint in PHP makes of it when it repeats what it was sent.
    const answer = JSON.stringify(links).replaceAll("/", "\\/");
    await api.sql`
      insert into redrive.events (record_id, at, kind, attempt, outcome, status, detail)
      values (${id}, clock_timestamp(), 'attempted', 1, 'unavailable', 500, ${api.sql.json({ body: answer })})`;
    const { body, text } = await call(read, { as: dev, params: { id } });
    expect(body.payload).toEqual({
      text: "https://redrive.example/recover/•••",
      url: "https://x/api/v1/recoveries/•••",
    });
    expect(text).not.toContain(token);
  },
);

test("what does not exist is not found, and who may neither see nor correct is refused", async () => {
  expect(await press("0190a0b0-0000-7000-8000-000000000000")).toMatchObject({ status: 404 });
  const end = await api.person("end_user", "End");
  expect(await press(await aFailure(), { reason: "mine" }, end)).toMatchObject({ status: 403 });
});

test("what was shown, corrected and sent keeps its other digits", async () => {
  const id = await aFailure();
  const { body } = await press(id);
  const sent = await call(retry, {
    as: api.admin,
    params: { id },
    body: `{"reason":"typo","payload":${String(body.payload).replace("1.50", "2")}}`,
  });
  expect(sent.status).toBe(200);
  expect((await press(id)).body).toMatchObject({
    payload: '{"n": 2, "id": 12345678901234567890}',
    revision: 2,
  });
});
