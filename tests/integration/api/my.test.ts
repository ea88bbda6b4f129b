// An end user's own records, by the API and by the pages: theirs and nobody else's, what they may do and how often, who may
// frame them, and what a page carries along.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POST as embedRetry } from "#app/(portal)/embed/my/[id]/retry/route.ts";
import { GET as embedOne } from "#app/(portal)/embed/my/[id]/route.ts";
import { GET as embedList } from "#app/(portal)/embed/my/route.ts";
import { GET as fixPage, POST as pageFix } from "#app/(portal)/my/[id]/fix/route.ts";
import { POST as pageRetry } from "#app/(portal)/my/[id]/retry/route.ts";
import { GET as pageOne } from "#app/(portal)/my/[id]/route.ts";
import { POST as pageUndo } from "#app/(portal)/my/[id]/undo/route.ts";
import { POST as pageWithdraw, GET as withdrawPage } from "#app/(portal)/my/[id]/withdraw/route.ts";
import { GET as pageList } from "#app/(portal)/my/route.ts";
import { POST as fixRecord } from "#app/api/v1/my/records/[id]/fix/route.ts";
import { POST as retry } from "#app/api/v1/my/records/[id]/retry/route.ts";
import { GET as myRecord } from "#app/api/v1/my/records/[id]/route.ts";
import { POST as undo } from "#app/api/v1/my/records/[id]/undo/route.ts";
import { POST as withdraw } from "#app/api/v1/my/records/[id]/withdraw/route.ts";
import { GET as myRecords } from "#app/api/v1/my/records/route.ts";
import { POST as mint } from "#app/api/v1/portal-tokens/route.ts";
import { POST as supportReject } from "#app/api/v1/records/[id]/reject/route.ts";
import { POST as supportRetry } from "#app/api/v1/records/[id]/retry/route.ts";
import { GET as getSettings, PUT as putSettings } from "#app/api/v1/settings/portal/route.ts";
import { canaryType } from "#lib/core/desk.ts";
import { type PortalAction, portalActions } from "#lib/core/portal.ts";
import {
  type Answer,
  type Api,
  anApi,
  aRecord,
  bootstrapKey,
  call,
  origin,
} from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats", { name: "Acme Books" });
});
afterAll(() => api[Symbol.asyncDispose]());

let owners = 0;
const anOwner = () => `customer-${++owners}`;

const tokenOf = async (
  owner: string,
  actions: readonly PortalAction[] = portalActions,
): Promise<{ key: string }> => {
  const { body } = await call(mint, { as: { key: bootstrapKey }, body: { owner, actions } });
  return { key: String(body.token) };
};
const cookieOf = async (owner: string, actions?: readonly PortalAction[]): Promise<string> => {
  const { key } = await tokenOf(owner, actions);
  const { headers } = await call(pageList, { path: `/my?token=${key}` });
  return headers.get("set-cookie")?.split(";")[0] ?? "";
};
const press = (handler: typeof retry, as: { key: string }, id: string) =>
  call(handler, { as, params: { id }, body: {} });
const look = (as: { key: string }, id: string) => call(myRecord, { as, params: { id } });

/** A form as a browser sends it from our own page. */
const send = (
  handler: typeof pageRetry,
  id: string,
  {
    cookie,
    fields = {},
    headers = { origin, "sec-fetch-site": "same-origin" },
  }: {
    cookie?: string;
    fields?: Record<string, string>;
    headers?: Record<string, string>;
  },
): Promise<Answer> =>
  call(handler, {
    method: "POST",
    params: { id },
    body: new URLSearchParams(fields).toString(),
    headers: {
      ...headers,
      "content-type": "application/x-www-form-urlencoded",
      ...(cookie === undefined ? {} : { cookie }),
    },
  });

/** What a worker does: the record fails again as before. */
async function failAgain(id: string) {
  await api.sql`
    with gone as (delete from redrive.queue where record_id = ${id} returning tries),
    back as (
      select detail -> 'failure' as failure from redrive.events
      where record_id = ${id} and kind = 'retried' order by at desc limit 1
    )
    insert into redrive.failures
    select (jsonb_populate_record(null::redrive.failures, back.failure || jsonb_build_object('failed_at', now()))).*
    from back, gone`;
}

const stateOf = async (id: string) =>
  (await api.sql`select status from redrive.record_status(${id})`)[0]?.status as string;

describe("whose records", () => {
  test("only the owner's, each on its card, in words", async () => {
    const [mine, theirs] = [anOwner(), anOwner()];
    const id = await aRecord.failed(api, { owner: mine, subject: "Invoice INV-2041" });
    await aRecord.failed(api, { owner: theirs, subject: "Someone else's" });
    await aRecord.failed(api, { subject: "Nobody's" });
    const { status, body, text } = await call(myRecords, { as: await tokenOf(mine) });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      {
        id,
        title: "Invoice INV-2041",
        to: "Acme Books",
        card: "needs_you",
        headline: "Not delivered",
        says: "Acme Books couldn't take it just then. Your data is fine.",
        buttons: ["retry", "withdraw"],
        triesLeft: 3,
      },
    ]);
    expect(text).not.toContain("Someone else's");
    expect(text).not.toContain("Nobody's");
  });

  test("another's record is not there, for looking and for every act, by API, page and frame", async () => {
    const [mine, theirs] = [anOwner(), anOwner()];
    const id = await aRecord.failed(api, { owner: theirs, subject: "Someone else's" });
    const nobodys = await aRecord.failed(api);
    const as = await tokenOf(mine);
    const cookie = await cookieOf(mine);
    for (const other of [id, nobodys, crypto.randomUUID()]) {
      expect(await look(as, other)).toMatchObject({ status: 404, body: { code: "not_found" } });
      for (const act of [retry, undo, withdraw])
        expect(await press(act, as, other)).toMatchObject({ status: 404, body: { code: "not_found" } });
      for (const shown of [
        await call(pageOne, { params: { id: other }, headers: { cookie } }),
        await call(withdrawPage, { params: { id: other }, headers: { cookie } }),
        await call(embedOne, { path: `/embed/my/x?token=${as.key}`, params: { id: other } }),
        await send(pageRetry, other, { cookie }),
        await send(pageUndo, other, { cookie }),
        await send(pageWithdraw, other, { cookie }),
        await send(embedRetry, other, { fields: { token: as.key } }),
      ]) {
        expect(shown.status).toBe(404);
        expect(shown.text).toContain("There is nothing here");
        expect(shown.text).not.toContain("Someone else's");
      }
    }
    expect(await stateOf(id)).toBe("failed");
    expect((await look(as, "not-an-id")).status).toBe(404);
    expect((await call(pageOne, { params: { id: "not-an-id" }, headers: { cookie } })).status).toBe(404);
  });

  test("a synthetic record is nobody's business", async () => {
    const owner = anOwner();
    const [row] = await api.sql<{ id: string }[]>`
      select redrive.enqueue('ats', '{}', type => ${canaryType}, owner => ${owner}) as id`;
    const as = await tokenOf(owner);
    expect((await look(as, row?.id ?? "")).status).toBe(404);
    expect((await call(myRecords, { as, path: "/x?list=under_way" })).body.items).toEqual([]);
  });

  test("nothing of the payload, of the answer and of our insides leaves", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, {
      owner,
      category: "client_data",
      message: "422 postal_code is bad: Grace",
    });
    const as = await tokenOf(owner);
    const cookie = await cookieOf(owner);
    const texts = [
      (await look(as, id)).text,
      (await call(myRecords, { as })).text,
      (await call(pageList, { path: "/my", headers: { cookie } })).text,
      (await call(pageOne, { params: { id }, headers: { cookie } })).text,
    ];
    for (const text of texts)
      expect(text).not.toMatch(/Grace|candidate|sorry|postal|422|ats\b|client_data|unavailable/);
  });

  test("lists are paged, newest first, and apart: what failed, what is under way, what is done", async () => {
    const owner = anOwner();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await aRecord.failed(api, { owner, subject: `Invoice ${n}` }));
    const [queued] = await api.sql<
      { id: string }[]
    >`select redrive.enqueue('ats', '{}', owner => ${owner}) as id`;
    const as = await tokenOf(owner);
    const page = async (path: string) => (await call(myRecords, { as, path })).body;
    const first = await page("/x?limit=3");
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(2).reverse());
    const second = await page(`/x?limit=3&after=${first.next}`);
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(0, 2).reverse());
    expect(second.next).toBeNull();
    expect((await page("/x?list=under_way")).items).toMatchObject([{ id: queued?.id, card: "on_it" }]);
    expect((await page("/x?list=done")).items).toEqual([]);
    expect(await call(myRecords, { as, path: "/x?after=nonsense" })).toMatchObject({ status: 422 });
    expect(await call(myRecords, { as, path: "/x?owner=customer-1" })).toMatchObject({ status: 422 });
  });
});

describe("trying again", () => {
  test("sends it in five seconds, in the owner's name; undo takes it back, and nothing has been used up", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const as = await tokenOf(owner);
    const pressed = await press(retry, as, id);
    expect(pressed).toMatchObject({
      status: 200,
      body: { card: "on_it", headline: "Sending…", buttons: ["undo"] },
    });
    const left = Date.parse(String(pressed.body.undoUntil)) - Date.now();
    expect(left).toBeGreaterThan(3_000);
    expect(left).toBeLessThan(5_000);
    expect(await press(undo, as, id)).toMatchObject({
      status: 200,
      body: { card: "needs_you", headline: "Not delivered", triesLeft: 3 },
    });
    expect(await stateOf(id)).toBe("failed");
    expect(
      await api.sql`
        select kind, actor from redrive.events where record_id = ${id} and actor is not null order by at`,
    ).toMatchObject([
      { kind: "retried", actor: `owner: ${owner}` },
      { kind: "retry_cancelled", actor: `owner: ${owner}` },
    ]);
    expect(
      await api.sql`select actor, action from redrive.audit where subject_id = ${id} order by id`,
    ).toMatchObject([
      { actor: `owner: ${owner}`, action: "record.retried" },
      { actor: `owner: ${owner}`, action: "record.retry_cancelled" },
    ]);
  });

  test("three a record and day; the fourth is refused kindly and says when, and the day after it is possible", async () => {
    const owner = anOwner();
    const [id, other] = [await aRecord.failed(api, { owner }), await aRecord.failed(api, { owner })];
    const as = await tokenOf(owner);
    // One that was taken back does not count.
    await press(retry, as, id);
    await press(undo, as, id);
    for (let n = 0; n < 3; n += 1) {
      expect((await press(retry, as, id)).status).toBe(200);
      await failAgain(id);
    }
    const fourth = await press(retry, as, id);
    expect(fourth).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    expect(Date.parse(fourth.body.at) - Date.now()).toBeGreaterThan(86_000_000);
    expect(Date.parse(fourth.body.at) - Date.now()).toBeLessThanOrEqual(86_400_000);
    expect(await stateOf(id)).toBe("failed");
    const shown = (await look(as, id)).body;
    expect(shown).toMatchObject({ buttons: ["withdraw"], triesLeft: 0, triesAgainAt: fourth.body.at });
    expect(String(shown.says)).toContain("You have tried 3 times within a day. You can try again at ");
    const form = await send(pageRetry, id, { cookie: await cookieOf(owner) });
    expect(form.headers.get("location")).toBe("/my?notice=limit");
    // Another record has its own three.
    expect((await press(retry, as, other)).status).toBe(200);
    // The first of the three is a day old now.
    await api.sql`
      update redrive.events set at = at - interval '25 hours'
      where record_id = ${id} and at <= (
        select at from redrive.events where record_id = ${id} and kind = 'retried' order by at offset 1 limit 1
      )`;
    expect((await press(retry, as, id)).status).toBe(200);
  });

  test("support's tries are not the owner's", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const as = await tokenOf(owner);
    for (let n = 0; n < 4; n += 1) {
      expect((await call(supportRetry, { as: api.admin, params: { id }, body: {} })).status).toBe(200);
      await failAgain(id);
    }
    expect((await look(as, id)).body).toMatchObject({ triesLeft: 3 });
    expect((await press(retry, as, id)).status).toBe(200);
  });

  test("of ten presses at once one wins; the others read that it is on its way, and no names", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const as = await tokenOf(owner);
    const answers = await Promise.all(Array.from({ length: 10 }, () => press(retry, as, id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body.detail).toBe(
        "It doesn't wait for you any more: it is being sent already, or has been closed.",
      );
      expect(body.by).toBeUndefined();
    }
  });

  test("a colleague was first: nothing of them is told, and their press is not the owner's to take back", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const as = await tokenOf(owner);
    await call(supportRetry, { as: api.admin, params: { id }, body: { reason: "breaker was flapping" } });
    const shown = await look(as, id);
    expect(shown.body).toMatchObject({
      card: "on_it",
      says: "Our support is already resending this.",
      buttons: [],
    });
    for (const answer of [
      shown,
      await press(retry, as, id),
      await press(undo, as, id),
      await press(withdraw, as, id),
    ]) {
      expect(answer.text).not.toMatch(/Ada|example\.org|breaker|flapping/);
    }
    expect((await press(undo, as, id)).status).toBe(409);
    expect(["retrying", "waiting"]).toContain(await stateOf(id));
  });

  test("the same trouble again is told from another one", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner, category: "client_data" });
    const as = await tokenOf(owner);
    expect((await look(as, id)).body).toMatchObject({ says: "Acme Books doesn't accept it as it is." });
    await press(retry, as, id);
    await failAgain(id);
    expect((await look(as, id)).body).toMatchObject({
      says: "Trying again won't help until it is corrected.",
      buttons: ["withdraw"],
    });
    await api.sql`update redrive.failures set fingerprint = 'another' where record_id = ${id}`;
    expect((await look(as, id)).body).toMatchObject({ says: "Acme Books doesn't accept it as it is." });
  });
});

describe("withdrawing", () => {
  test("closes it in the owner's name, for good", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const as = await tokenOf(owner);
    expect(await press(withdraw, as, id)).toMatchObject({
      status: 200,
      body: { card: "closed", headline: "Closed – not sent", says: "You withdrew it.", buttons: [] },
    });
    expect(await press(withdraw, as, id)).toMatchObject({ status: 409 });
    expect(await press(undo, as, id)).toMatchObject({ status: 409 });
    expect(await api.sql`select closed_by from redrive.failures where record_id = ${id}`).toMatchObject([
      { closedBy: `owner: ${owner}` },
    ]);
  });

  test("what a colleague closed says so, and not in their own words", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    await call(supportReject, {
      as: api.admin,
      params: { id },
      body: { reason: "customer is a fraud, see the ticket", code: "duplicate" },
    });
    const { body, text } = await look(await tokenOf(owner), id);
    expect(body).toMatchObject({ card: "closed", says: "By our support. It was there twice." });
    expect(text).not.toMatch(/fraud|Ada/);
  });
});

describe("fixing and resending", () => {
  const payload = {
    customer: { name: "Grace", postal_code: "1O115" },
    order: 9007199254740993n,
    amount: 12.5,
    paid: false,
    secret: "not for them",
  };
  const text = JSON.stringify(payload, (_key, value) =>
    typeof value === "bigint" ? `BIG${value}` : value,
  ).replace(/"BIG(\d+)"/, "$1");
  const edit = {
    allowed: ["/customer/postal_code", "/amount", "/paid", "/customer", "/order", "/nothing"],
    locked: ["/order"],
  };

  beforeAll(async () => {
    await aProvider(api.sql, "books", { name: "Acme Books", edit });
  });

  const refused = async (owner: string): Promise<string> => {
    const [row] = await api.sql<{ id: string }[]>`
      select redrive.enqueue('books', ${text}::text::jsonb, owner => ${owner}, subject => 'Invoice INV-2041') as id`;
    const id = row?.id ?? "";
    await api.sql`delete from redrive.queue where record_id = ${id}`;
    await api.sql`
      insert into redrive.failures
        (record_id, provider, category, team, fingerprint, outcome, status_code, message, attempts, tries, failed_at)
      values (
        ${id}, 'books', 'client_data', 'client_data', 'f', 'invalid', 422, '422: postal_code "1O115" of Grace is invalid',
        1, 1, now()
      )`;
    return id;
  };
  const fix = (as: { key: string }, id: string, fields: unknown) =>
    call(fixRecord, { as, params: { id }, body: { fields } });
  const newest = async (id: string) =>
    (
      await api.sql<{ payload: string }[]>`
        select payload::text as payload from redrive.revisions where record_id = ${id} order by nth desc limit 1`
    )[0]?.payload;

  test("shows just the single values that the policy opens, and says which of them is wrong", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    const { body, text } = await look(await tokenOf(owner), id);
    expect(body).toMatchObject({
      says: "Acme Books says the postal code isn't valid.",
      buttons: ["fix", "withdraw"],
      fields: [
        { pointer: "/customer/postal_code", label: "postal code", value: "1O115", isWrong: true },
        { pointer: "/amount", label: "amount", value: 12.5, isWrong: false },
        { pointer: "/paid", label: "paid", value: false, isWrong: false },
      ],
    });
    expect((body.fields as unknown[]).length).toBe(3);
    expect(text).not.toMatch(/Grace|not for them|9007/);
    const form = await call(fixPage, { params: { id }, headers: { cookie: await cookieOf(owner) } });
    expect(form.status).toBe(200);
    expect(form.text).toContain('value="1O115"');
    expect(form.text).not.toMatch(/Grace|not for them|9007/);
    // A token that may not edit is not shown the fields either.
    const less = await look(await tokenOf(owner, ["see", "retry"]), id);
    expect(less.body).toMatchObject({ fields: [], buttons: ["retry"] });
    expect(less.text).not.toContain("1O115");
  });

  test("sends it with the correction, every other digit as it was; undo brings back what failed", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    const as = await tokenOf(owner);
    const done = await fix(as, id, { "/customer/postal_code": "10115", "/paid": true });
    expect(done).toMatchObject({ status: 200, body: { card: "on_it", buttons: ["undo"] } });
    expect(await newest(id)).toBe(
      (
        await api.sql<
          { text: string }[]
        >`select ${text.replace("1O115", "10115").replace("false", "true")}::text::jsonb::text as text`
      )[0]?.text,
    );
    expect(await newest(id)).toContain("9007199254740993");
    expect(
      await api.sql`select kind, actor from redrive.events where record_id = ${id} and actor is not null order by at`,
    ).toMatchObject([
      { kind: "edited", actor: `owner: ${owner}` },
      { kind: "retried", actor: `owner: ${owner}` },
    ]);
    expect(await api.sql`select revision from redrive.queue where record_id = ${id}`).toMatchObject([
      { revision: 1 },
    ]);
    expect(await press(undo, as, id)).toMatchObject({ status: 200, body: { card: "needs_you" } });
    expect((await look(as, id)).body.fields).toMatchObject([{ value: "1O115" }, {}, { value: false }]);
  });

  test.each([
    [{ "/secret": "mine" }, "fields./secret"],
    [{ "/customer/name": "Mallory" }, "fields./customer/name"],
    [{ "/customer": "x" }, "fields./customer"],
    [{ "/order": 1 }, "fields./order"],
    [{ "/nothing": "x" }, "fields./nothing"],
    [{ "": "x" }, "fields."],
    [{ "/customer/postal_code/0": "x" }, "fields./customer/postal_code/0"],
    [{ "/__proto__/x": "x" }, "fields./__proto__/x"],
    [{ "/customer/postal_code": "10115", "/secret": "mine" }, "fields./secret"],
    [{ "/customer/postal_code": 10115 }, "fields./customer/postal_code"],
    [{ "/amount": "much" }, "fields./amount"],
    [{ "/paid": "yes" }, "fields./paid"],
    [{ "/customer/postal_code": "\0" }, "fields./customer/postal_code"],
    [{ "/customer/postal_code": ["10115"] }, "fields./customer/postal_code"],
    [{ "/customer/postal_code": "1O115" }, "fields"],
    [{}, "fields"],
  ])("%j is refused, naming %s, and changes nothing", async (fields, field) => {
    const owner = anOwner();
    const id = await refused(owner);
    const answer = await fix(await tokenOf(owner), id, fields);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid_input", errors: [{ field }] } });
    expect(answer.text).not.toMatch(/Grace|not for them|9007/);
    expect(await newest(id)).toBeUndefined();
    expect(await stateOf(id)).toBe("failed");
  });

  test("another's, a technical one, one without an open field, without the action: none is fixed", async () => {
    const [owner, other] = [anOwner(), anOwner()];
    const id = await refused(owner);
    const fields = { "/customer/postal_code": "10115" };
    expect((await fix(await tokenOf(other), id, fields)).status).toBe(404);
    expect((await fix(await tokenOf(owner, ["see", "retry", "withdraw"]), id, fields)).status).toBe(403);
    const technical = await aRecord.failed(api, { provider: "books", owner });
    expect((await fix(await tokenOf(owner), technical, fields)).status).toBe(409);
    const closed = await aRecord.failed(api, { owner, category: "client_data" });
    expect((await fix(await tokenOf(owner), closed, { "/candidate/name": "Mallory" })).status).toBe(422);
    const cookie = await cookieOf(owner);
    expect((await call(fixPage, { params: { id: closed }, headers: { cookie } })).status).toBe(404);
    expect((await send(pageFix, id, { cookie, headers: { origin: "https://evil.example" } })).status).toBe(
      403,
    );
    expect(await stateOf(id)).toBe("failed");
  });

  test("each fix is a try: the fourth within a day is refused", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    const as = await tokenOf(owner);
    for (let n = 0; n < 3; n += 1) {
      expect((await fix(as, id, { "/customer/postal_code": `1011${n}` })).status).toBe(200);
      await failAgain(id);
    }
    expect(await fix(as, id, { "/customer/postal_code": "10119" })).toMatchObject({ status: 429 });
    expect(await newest(id)).toContain("10112");
    expect((await look(as, id)).body).toMatchObject({ buttons: ["withdraw"], fields: [] });
  });

  test("the form says beside a field what is wrong with it, and keeps what was typed", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    const cookie = await cookieOf(owner);
    const fields = {
      "field:/customer/postal_code": "10115",
      "field:/amount": "a lot",
      "field:/paid": "false",
    };
    const again = await send(pageFix, id, { cookie, fields });
    expect(again.status).toBe(422);
    expect(again.text).toContain("It must be a number, like 12.5.");
    expect(again.text).toContain('value="a lot"');
    expect(again.text).toContain('value="10115"');
    const same = { "field:/customer/postal_code": "1O115", "field:/amount": "12.5", "field:/paid": "false" };
    expect((await send(pageFix, id, { cookie, fields: same })).text).toContain("Change something first");
    expect(await stateOf(id)).toBe("failed");
    const done = await send(pageFix, id, {
      cookie,
      fields: {
        ...same,
        "field:/customer/postal_code": "10115",
        "field:/amount": "99999999999999999.25",
        from: "record",
      },
    });
    expect({ status: done.status, to: done.headers.get("location") }).toEqual({
      status: 303,
      to: `/my/${id}`,
    });
    expect(await newest(id)).toContain("99999999999999999.25");
  });
});

describe("a field that a form can't hold as it is", () => {
  const long = "x".repeat(10_001);
  const text = JSON.stringify({
    city: "Bon",
    id: "BIG",
    far: "FAR",
    lines: "Bahnhofstr. 1\nHinterhaus",
    long,
  })
    .replace('"BIG"', "12345678901234567890")
    .replace('"FAR"', "1e21");

  beforeAll(async () => {
    await aProvider(api.sql, "letters", {
      edit: { allowed: ["/city", "/id", "/far", "/lines", "/long"], locked: [] },
    });
  });

  const refused = async (owner: string): Promise<string> => {
    const [row] = await api.sql<{ id: string }[]>`
      select redrive.enqueue('letters', ${text}::text::jsonb, owner => ${owner}) as id`;
    const id = row?.id ?? "";
    await api.sql`delete from redrive.queue where record_id = ${id}`;
    await api.sql`
      insert into redrive.failures
        (record_id, provider, category, team, fingerprint, outcome, status_code, message, attempts, tries, failed_at)
      values (${id}, 'letters', 'client_data', 'client_data', 'f', 'invalid', 422, '422', 1, 1, now())`;
    return id;
  };
  const sentOf = async (id: string) =>
    (
      await api.sql`
        select revisions.payload - 'city' = outbox.payload - 'city' as same, revisions.payload ->> 'city' as city
        from redrive.revisions join redrive.outbox on outbox.id = record_id where record_id = ${id}`
    )[0];

  test("stays as it is when another is corrected, by the page", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    // What a browser sends of the form: each input, without line breaks.
    const fields = {
      "field:/city": "Bonn",
      "field:/id": "12345678901234567000",
      "field:/far": "1e+21",
      "field:/lines": "Bahnhofstr. 1Hinterhaus",
      "field:/long": long,
    };
    const { status } = await send(pageFix, id, { cookie: await cookieOf(owner), fields });
    expect(status).toBe(303);
    expect(await sentOf(id)).toEqual({ same: true, city: "Bonn" });
  });

  test("stays as it is when a program sends back what it read", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    const as = await tokenOf(owner);
    const read = await look(as, id);
    expect(read.status).toBe(200);
    const fields = Object.fromEntries(
      (read.body.fields as { pointer: string; value: unknown }[])
        .filter(({ pointer }) => pointer !== "/long")
        .map(({ pointer, value }) => [pointer, value]),
    );
    const done = await call(fixRecord, {
      as,
      params: { id },
      body: { fields: { ...fields, "/city": "Bonn" } },
    });
    expect(done.status).toBe(200);
    expect(await sentOf(id)).toEqual({ same: true, city: "Bonn" });
  });

  test("is not made longer by the page than by the API", async () => {
    const owner = anOwner();
    const id = await refused(owner);
    const { status, text } = await send(pageFix, id, {
      cookie: await cookieOf(owner),
      fields: { "field:/city": long },
    });
    expect(status).toBe(422);
    expect(text).toContain("It must be at most 10,000 characters.");
    expect(await stateOf(id)).toBe("failed");
  });
});

test("a token does what it allows, and nothing more", async () => {
  const owner = anOwner();
  const id = await aRecord.failed(api, { owner });
  const status = async (actions: PortalAction[], handler: typeof retry) =>
    (await press(handler, await tokenOf(owner, actions), id)).status;
  expect(await status(["see"], retry)).toBe(403);
  expect(await status(["see"], withdraw)).toBe(403);
  expect(await status(["see", "withdraw"], retry)).toBe(403);
  expect(await status(["see", "withdraw"], undo)).toBe(403);
  expect(await status(["see", "retry"], withdraw)).toBe(403);
  expect((await call(myRecords, { as: await tokenOf(owner, ["retry"]) })).status).toBe(403);
  const blind = await call(pageList, { path: "/my", headers: { cookie: await cookieOf(owner, ["retry"]) } });
  expect(blind.status).toBe(403);
  const cookie = await cookieOf(owner, ["see"]);
  expect((await send(pageRetry, id, { cookie })).headers.get("location")).toBe("/my?notice=not_allowed");
  expect((await call(withdrawPage, { params: { id }, headers: { cookie } })).status).toBe(404);
  expect(await stateOf(id)).toBe("failed");
});

describe("pages", () => {
  test("a form of the page works from our own pages only", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const cookie = await cookieOf(owner);
    const from = async (headers: Record<string, string>, handler = pageRetry) =>
      (await send(handler, id, { cookie, headers })).status;
    for (const handler of [pageRetry, pageUndo, pageWithdraw]) {
      expect(await from({ origin: "https://evil.example" }, handler)).toBe(403);
      expect(await from({ origin: "null" }, handler)).toBe(403);
      expect(await from({ "sec-fetch-site": "cross-site" }, handler)).toBe(403);
      expect(await from({ "sec-fetch-site": "same-site", origin }, handler)).toBe(403);
      expect(await from({ "sec-fetch-site": "same-origin", origin: "https://evil.example" }, handler)).toBe(
        403,
      );
      expect(await from({}, handler)).toBe(403);
    }
    expect(await stateOf(id)).toBe("failed");
    // Nor does a token in the form stand in for the cookie.
    const { key } = await tokenOf(owner);
    expect((await send(pageRetry, id, { fields: { token: key } })).status).toBe(401);
    const pressed = await send(pageRetry, id, { cookie, fields: { from: "record" } });
    expect({ status: pressed.status, to: pressed.headers.get("location") }).toEqual({
      status: 303,
      to: `/my/${id}`,
    });
    expect(await stateOf(id)).not.toBe("failed");
  });

  test("a form in a frame works by its own token, never by a cookie", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const cookie = await cookieOf(owner);
    expect((await send(embedRetry, id, { cookie })).status).toBe(401);
    const { key } = await tokenOf(owner);
    const pressed = await send(embedRetry, id, { fields: { token: key }, headers: { origin: "null" } });
    expect(pressed.status).toBe(303);
    expect(pressed.headers.get("location")).toBe(`/embed/my?token=${key}`);
    expect(await stateOf(id)).not.toBe("failed");
  });

  test("asking for the page changes nothing", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const cookie = await cookieOf(owner);
    for (const page of [pageOne, withdrawPage]) await call(page, { params: { id }, headers: { cookie } });
    expect(await stateOf(id)).toBe("failed");
    const route: Record<string, unknown> = await import("#app/(portal)/my/[id]/retry/route.ts");
    expect(route.GET).toBeUndefined();
  });

  test("no script, no other origin, no cache; framed by nobody unless the settings name them", async () => {
    const owner = anOwner();
    await aRecord.failed(api, { owner });
    const cookie = await cookieOf(owner);
    const { key } = await tokenOf(owner);
    const own = () => call(pageList, { path: "/my", headers: { cookie } });
    const framed = () => call(embedList, { path: `/embed/my?token=${key}` });
    const policy = ({ headers }: Answer) => headers.get("content-security-policy") ?? "";
    for (const answer of [await own(), await framed()]) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
      expect(policy(answer)).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w-]{22}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    expect((await own()).headers.get("x-frame-options")).toBe("DENY");
    expect((await framed()).headers.get("referrer-policy")).toBe("no-referrer");
    // Each answer has a nonce of its own.
    expect(policy(await own())).not.toBe(policy(await own()));

    const frameAncestors = ["https://app.example.com", "https://*.example.org"];
    const saved = await call(putSettings, {
      as: api.admin,
      method: "PUT",
      body: { frameAncestors, hostName: "Shop" },
    });
    expect(saved.status).toBe(200);
    expect(policy(await framed())).toContain("frame-ancestors https://app.example.com https://*.example.org");
    expect((await framed()).headers.get("x-frame-options")).toBeNull();
    expect(policy(await own())).toContain("frame-ancestors 'none'");
    // Settings that nobody can read any more open nothing.
    await api.sql`update redrive.settings set value = '{"frameAncestors": ["*"]}' where key = 'portal'`;
    expect(policy(await framed())).toContain("frame-ancestors 'none'");
    await api.sql`delete from redrive.settings where key = 'portal'`;
  });

  test("what others named stays text", async () => {
    const owner = anOwner();
    const subject = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
    const id = await aRecord.failed(api, { owner, subject });
    const cookie = await cookieOf(owner);
    for (const path of ["/my", "/my?notice=<script>", "/my?live=<script>"]) {
      const { text } = await call(pageList, { path, headers: { cookie } });
      expect(text).not.toMatch(/<script|<img/);
      expect(text).toContain("&lt;script&gt;alert(1)");
    }
    expect((await call(pageOne, { params: { id }, headers: { cookie } })).text).not.toMatch(/<script|<img/);
    expect((await call(withdrawPage, { params: { id }, headers: { cookie } })).text).not.toMatch(
      /<script|<img/,
    );
  });

  test("it keeps itself up to date: soon while something is under way, later else, and not once told to stand still", async () => {
    const owner = anOwner();
    const id = await aRecord.failed(api, { owner });
    const cookie = await cookieOf(owner);
    const refresh = async (path: string, handler = pageList, params = {}) =>
      (await call(handler, { path, params, headers: { cookie } })).headers.get("refresh");
    expect(await refresh("/my")).toBe("30");
    expect(await refresh("/my?live=off")).toBeNull();
    await send(pageRetry, id, { cookie });
    expect(await refresh("/my")).toBe("5");
    expect(await refresh(`/my/${id}`, pageOne, { id })).toBe("5");
    // A word about the last press is gone when it looks again.
    expect(await refresh("/my?notice=withdrawn")).toBe("5; url=/my");
    expect(await refresh(`/my/${id}?notice=late`, pageOne, { id })).toBe(`5; url=/my/${id}`);
  });

  test("times are in the zone of the token, else of the settings", async () => {
    const owner = anOwner();
    await aRecord.failed(api, { owner, failedAt: new Date().toISOString() });
    const mintedIn = async (timeZone?: string) => {
      const { body } = await call(mint, {
        as: { key: bootstrapKey },
        body: { owner, ...(timeZone === undefined ? {} : { timeZone }) },
      });
      return (await call(embedList, { path: `/embed/my?token=${body.token}` })).text;
    };
    expect(await mintedIn()).toContain("Times are in UTC.");
    expect(await mintedIn("Asia/Tokyo")).toContain("Times are in Tokyo time.");
    await call(putSettings, { as: api.admin, method: "PUT", body: { timeZone: "Europe/Berlin" } });
    expect(await mintedIn()).toContain("Times are in Berlin time.");
    await api.sql`delete from redrive.settings where key = 'portal'`;
  });
});

describe("settings", () => {
  test("are an admin's, whole or not at all, and leave a trace", async () => {
    const tech = await api.person("support_tech");
    expect((await call(getSettings, { as: tech })).status).toBe(403);
    expect((await call(putSettings, { as: tech, method: "PUT", body: {} })).status).toBe(403);
    expect((await call(getSettings, { as: api.admin })).body).toMatchObject({
      hostName: "",
      frameAncestors: [],
    });
    const body = { hostName: "Shop", hostUrl: "https://shop.example/", css: { accent: "#7a1fa2" } };
    expect((await call(putSettings, { as: api.admin, method: "PUT", body })).status).toBe(200);
    expect((await call(getSettings, { as: api.admin })).body).toMatchObject({ ...body, frameAncestors: [] });
    expect(
      await api.sql`select actor, action from redrive.audit where subject_kind = 'settings' order by id desc limit 1`,
    ).toMatchObject([{ actor: `Ada <${api.admin.email}>`, action: "portal.settings" }]);
    const bad = await call(putSettings, { as: api.admin, method: "PUT", body: { frameAncestors: ["*"] } });
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ field: "frameAncestors.0" }] } });
  });

  test("name where to open the page again", async () => {
    const { status, text } = await call(pageList, { path: "/my" });
    expect(status).toBe(401);
    expect(text).toContain("Open it from Shop.");
    expect(text).toContain('href="https://shop.example/"');
  });
});

test("an owner with very many records is answered from an index, not from a scan", async () => {
  const plan = await api.sql.begin(async (sql) => {
    // Of the few rows here a scan is the cheapest, once Postgres has counted them.
    await sql`set local enable_seqscan = off`;
    return sql`explain select id from redrive.outbox where owner = 'someone' order by id desc limit 20`;
  });
  const lines = plan.map((line) => Object.values(line)[0]).join("\n");
  expect(lines).toContain("owner_id");
  expect(lines).not.toContain("Seq Scan");
});
