// Webhooks in: what is answered 202 is a record, once, exactly as it came.
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { aSource, sendsSigned } from "#tests/support/inbound-source.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";

let base: TestDatabase;
let server: WebServer;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "crm");
  server = await aWebServer({ databaseUrl: base.url });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await base[Symbol.asyncDispose]();
});

async function recordOf(id: unknown) {
  const [row] = await base.sql`
    select provider, payload::text as payload, type, correlation_id, subject, owner, ordering_key
    from redrive.outbox where id = ${String(id)}`;
  return row;
}

test("a signed call is answered 202 with the id of its record, which holds the body's every digit", async () => {
  await aSource(base.sql, "mail", {
    mapping: { subject: "$.data.subject", owner: "$.data.customer", orderingKey: "$.data.order" },
  });
  const body =
    '{"type":"mail.opened","data":{"subject":"Mail 7","customer":"c-7","order":12345678901234567890}}';
  const answer = await sendsSigned(server.inbound("mail"), body, { id: "msg_1" });

  expect(answer.status).toBe(202);
  expect(answer.body).toEqual({ id: expect.any(String), duplicate: false });
  expect(await recordOf(answer.body.id)).toEqual({
    provider: "crm",
    payload:
      '{"data": {"order": 12345678901234567890, "subject": "Mail 7", "customer": "c-7"}, "type": "mail.opened"}',
    type: "mail.opened",
    correlationId: "msg_1",
    subject: "Mail 7",
    owner: "c-7",
    orderingKey: "12345678901234567890",
  });
  const queued = await base.sql`select from redrive.queue where record_id = ${String(answer.body.id)}`;
  expect(queued.count).toBe(1);
  // The key is the producers' own: an application that enqueues the same event itself makes no second record.
  const [known] =
    await base.sql`select redrive.enqueue('crm', '{}', idempotency_key => 'inbound:mail:msg_1') as id`;
  expect(known?.id).toBe(answer.body.id);
});

test("an event that comes twice, and thrice at once, is one record: each is answered with the first's id", async () => {
  await aSource(base.sql, "twice");
  const send = () => sendsSigned(server.inbound("twice"), "{}", { id: "msg_same" });
  const together = await Promise.all([send(), send(), send()]);
  const later = await send();

  const ids = new Set([...together, later].map(({ body }) => body.id));
  expect(ids.size).toBe(1);
  expect([...together, later].map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  expect(together.filter(({ body }) => body.duplicate === false)).toHaveLength(1);
  expect(later.body.duplicate).toBe(true);
});

test("a source that is switched on, changed or given other secrets is so within a second, without a restart", async () => {
  await aSource(base.sql, "switched", { isEnabled: false });
  const url = server.inbound("switched");
  await eventually(async () => expect((await sendsSigned(url, "{}")).status).toBe(503), 1_500);
  const off = await sendsSigned(url, "{}");
  expect(off.headers.get("retry-after")).toBe("60");

  await base.sql`
    update redrive.inbound_sources set is_enabled = true, updated_at = clock_timestamp() where slug = 'switched'`;
  await eventually(async () => expect((await sendsSigned(url, "{}")).status).toBe(202), 1_500);
});

test("one bad call of a group does not take the others with it", async () => {
  await aSource(base.sql, "group");
  // Within the limit as it comes, and over it as Postgres writes it, a space behind each comma: only Postgres can tell.
  const grows = `[${"1,".repeat(400_000)}1]`;
  const send = (nth: number) => sendsSigned(server.inbound("group"), nth === 17 ? grows : `{"nth":${nth}}`);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, nth) => send(nth)));

  const wrong = answers.flatMap(({ status }, nth) => (status === 202 ? [] : [{ nth, status }]));
  expect(wrong).toEqual([{ nth: 17, status: 413 }]);
  const [stored] = await base.sql`
    select count(*)::int as many from redrive.enqueued_keys
    join redrive.outbox on outbox.id = enqueued_keys.record_id
    where key like 'inbound:group:%'`;
  expect(stored?.many).toBe(39);
});

test("an error that nobody foresaw is a 503 for its call, which takes no room any more, and ends nothing", async () => {
  await aSource(base.sql, "unforeseen");
  let isBroken = true;
  const nowMs = () => {
    if (isBroken) throw new Error("the clock is broken");
    return Date.now();
  };
  const limits = { roomBytes: 40_000 };
  await using own = await aWebServer({ databaseUrl: base.url, nowMs, limits });
  const body = JSON.stringify({ filling: "x".repeat(9_000) });
  for (let nth = 0; nth < 10; nth++) {
    const { status, headers } = await sendsSigned(own.inbound("unforeseen"), body, { id: `msg_${nth}` });
    expect({ status, retryAfter: headers.get("retry-after") }).toEqual({ status: 503, retryAfter: "5" });
  }
  isBroken = false;
  expect((await sendsSigned(own.inbound("unforeseen"), body, { id: "msg_10" })).status).toBe(202);
});

test("a call that meets a partition being attached is told to come again, and then is stored", async () => {
  await using own = await aDatabase();
  await aProvider(own.sql, "crm");
  await aSource(own.sql, "meets");
  await using web = await aWebServer({ databaseUrl: own.url });
  const send = () => sendsSigned(web.inbound("meets"), "{}", { id: "meets" });
  // As where no worker has made any for two weeks: what comes waits in the default partition.
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  await own.sql.unsafe(`drop table redrive.outbox_${day}`);
  const answer = await own.sql.begin(async (sql) => {
    await sql`select redrive.make_partitions(1)`;
    const sending = send();
    await eventually(async () => {
      const waits = await base.sql`
        select from pg_stat_activity
        where application_name = 'redrive inbound' and wait_event_type = 'Lock' and datname = ${own.sql.options.database}`;
      expect(waits).toHaveLength(1);
    });
    return { sending };
  });
  const first = await answer.sending;
  expect({ status: first.status, retryAfter: first.headers.get("retry-after") }).toEqual({
    status: 503,
    retryAfter: "5",
  });
  expect(await send()).toMatchObject({ status: 202, body: { duplicate: false } });
});

test("what came is counted by source and minute", async () => {
  await aSource(base.sql, "counted");
  const url = server.inbound("counted");
  await sendsSigned(url, "{}", { id: "one" });
  await sendsSigned(url, "{}", { id: "one" });
  await sendsSigned(url, "{}", { secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" });
  await eventually(async () => {
    const [count] = await base.sql`
      select sum(accepted)::int as accepted, sum(duplicates)::int as duplicates, sum(refused)::int as refused,
        max(refusal) as refusal
      from redrive.inbound_minutes where source = 'counted'`;
    expect(count).toMatchObject({
      accepted: 2,
      duplicates: 1,
      refused: 1,
      refusal: expect.stringMatching(/signature/),
    });
  }, 5_000);
});
