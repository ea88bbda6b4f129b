// What a producer may say of a record, and what then becomes of it.
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as postSkip } from "#app/api/v1/records/[id]/skip/route.ts";
import { POST as postRecord } from "#app/api/v1/records/route.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { reserveDedupeKeys } from "#db/writes/reserve-dedupe-keys.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { skipRecord } from "#db/writes/skip-record.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import { readEnv } from "#lib/node/env.ts";
import { type Api, anApi, bootstrapKey, call } from "#tests/integration/api/app.ts";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import {
  ana,
  aWorker,
  enqueueWith,
  eventually,
  standing,
  statusOf,
  untilStatus,
} from "#tests/support/engine.ts";
import {
  aProviderServer,
  ok,
  type ProviderServer,
  type Received,
  says,
} from "#tests/support/provider-server.ts";
import { defineApplication } from "#worker/application.ts";
import { startWorker, type Worker } from "#worker/main.ts";

let base: Api;
let worker: Worker;
let server: ProviderServer;
beforeAll(async () => {
  base = await anApi();
  worker = await aWorker(base.url);
  server = await aProviderServer();
});
afterAll(async () => {
  await worker.stop();
  await server[Symbol.asyncDispose]();
  await base[Symbol.asyncDispose]();
});

/** Refuses what a payload names as wrong, takes the rest. */
const picky = (received: Received, response: Parameters<typeof ok>[1]) =>
  (received.body.includes("wrong") ? says(422, { message: "wrong" }) : ok)(received, response);

// ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

test("a record that is to wait goes when its time has come, by itself", async () => {
  const { sql } = base;
  await aProvider(sql, "later", { url: `${server.url}/later` });
  server.answer(ok);
  const [row] = await sql<{ id: string; at: number }[]>`
    insert into redrive.outbox (provider, payload, not_before)
    values ('later', '{}', now() + interval '2 seconds')
    returning id, extract(epoch from not_before)::float8 * 1000 as at`;
  await untilStatus(sql, row?.id ?? "", "delivered");
  const [event] = await sql<{ at: number }[]>`
    select extract(epoch from at)::float8 * 1000 as at from redrive.events where record_id = ${row?.id ?? ""}`;
  expect(event?.at).toBeGreaterThanOrEqual(row?.at ?? 0);
  expect((event?.at ?? 0) - (row?.at ?? 0)).toBeLessThan(2_500);
});

// ── dedupe_key ────────────────────────────────────────────────────────────────────────────────────────────────────────

const eventsOf = (id: string) =>
  base.sql<{ kind: string; detail: Record<string, unknown> | null; attempt: number | null }[]>`
    select kind, detail, attempt from redrive.events where record_id = ${id} order by at`;

test("of one dedupe key one record is sent in a period; the others say whose duplicate they are", async () => {
  const { sql } = base;
  await aProvider(sql, "once", { url: `${server.url}/once` });
  server.answer(ok);
  const first = await enqueueWith(sql, "once", { dedupe_key: "isin-1" });
  await untilStatus(sql, first, "delivered");
  const second = await enqueueWith(sql, "once", { dedupe_key: "isin-1" });
  const other = await enqueueWith(sql, "once", { dedupe_key: "isin-2" });
  await untilStatus(sql, second, "duplicate");
  await untilStatus(sql, other, "delivered");
  expect(await eventsOf(second)).toEqual([
    { kind: "duplicate", detail: { duplicateOf: first }, attempt: null },
  ]);
  expect(server.received.filter(({ url }) => url === "/once").length).toBe(2);
  const [figures] =
    await sql`select sum(delivered)::int as delivered from redrive.throughput where provider = 'once'`;
  expect(figures?.delivered).toBe(2);

  // The period is over.
  await sql`update redrive.dedupe_keys set period = '2000-01-01' where provider = 'once'`;
  const tomorrow = await enqueueWith(sql, "once", { dedupe_key: "isin-1" });
  await untilStatus(sql, tomorrow, "delivered");
});

test("of many records of one dedupe key in one insert the first goes", async () => {
  const { sql } = base;
  await aProvider(sql, "burst", { url: `${server.url}/burst` });
  server.answer(ok);
  await sql`
    insert into redrive.outbox (provider, payload, dedupe_key)
    select 'burst', '{}', 'key-' || n % 10 from generate_series(1, 200) as n`;
  await eventually(async () => expect((await standing(sql, "burst")).queued).toBe(0));
  expect(server.received.filter(({ url }) => url === "/burst").length).toBe(10);
  const [row] = await sql`
    select count(*) filter (where kind = 'duplicate')::int as duplicates, count(*) filter (where kind = 'delivered')::int as sent
    from redrive.events join redrive.outbox on outbox.id = record_id where provider = 'burst'`;
  expect(row).toEqual({ duplicates: 190, sent: 10 });
});

test("a record that fails gives its dedupe key back: the second goes, and the first is then its duplicate", async () => {
  const { sql } = base;
  await aProvider(sql, "again", { url: `${server.url}/again` });
  server.answer(picky);
  const first = await enqueueWith(sql, "again", { dedupe_key: "k" }, { is: "wrong" });
  await untilStatus(sql, first, "failed");
  const second = await enqueueWith(sql, "again", { dedupe_key: "k" });
  await untilStatus(sql, second, "delivered");
  await retryRecord(sql, { id: first, at: new Date().toISOString() }, ana);
  await untilStatus(sql, first, "duplicate");
});

test("a record that is taken for the cause of deaths gives its dedupe key back as well", async () => {
  const { sql } = base;
  await aProvider(sql, "deadly", { flags: { enabled: false, shadow: false, percentage: 100 } });
  const id = await enqueueWith(sql, "deadly", { dedupe_key: "k" });
  await reserveDedupeKeys(sql, "deadly", "2026-11-21", [{ id, dedupeKey: "k" }]);
  await sql`update redrive.queue set interruptions = 2 where record_id = ${id}`;
  await sql`
    update redrive.provider_state set in_flight = ${[id]}::uuid[], in_flight_until = now() where provider = 'deadly'`;
  const lease = await takeLease(sql, "deadly", "the next one");
  if (!lease) throw new Error("no lease");
  expect(await takeOver(sql, lease, 1)).toMatchObject({ poisoned: 1 });
  expect(await sql`select 1 from redrive.dedupe_keys where provider = 'deadly'`).toHaveLength(0);
});

// ── idempotency_key ───────────────────────────────────────────────────────────────────────────────────────────────────

test("an idempotency key makes one record of a provider, however it comes, and names the first", async () => {
  const { sql } = base;
  for (const slug of ["idem", "other-idem"]) await aProvider(sql, slug, { url: `${server.url}/${slug}` });
  server.answer(ok);
  const insert = (slug: string) =>
    sql<{ id: string }[]>`
      insert into redrive.outbox (provider, payload, idempotency_key) values (${slug}, '{}', 'order-7') returning id`;
  const [first] = await insert("idem");
  expect(await insert("idem")).toHaveLength(0);
  const [same] = await sql<
    { id: string }[]
  >`select redrive.enqueue('idem', '{"n": 2}', idempotency_key => 'order-7') as id`;
  expect(same?.id).toBe(first?.id);
  expect(await insert("other-idem")).toHaveLength(1);
  await eventually(async () =>
    expect(await standing(sql, "idem")).toMatchObject({ accepted: 1, delivered: 1 }),
  );
  // Also when it is over.
  const [late] = await sql<
    { id: string }[]
  >`select redrive.enqueue('idem', '{}', idempotency_key => 'order-7') as id`;
  expect(late?.id).toBe(first?.id);
});

test("of transactions that enqueue one idempotency key at once one makes the record; a rollback frees the key", async () => {
  const { sql } = base;
  await aProvider(sql, "race", { url: `${server.url}/race` });
  server.answer(ok);
  const ids = await Promise.all(
    Array.from({ length: 12 }, () =>
      sql.begin(async (sql) => {
        const [row] = await sql<
          { id: string }[]
        >`select redrive.enqueue('race', '{}', idempotency_key => 'one') as id`;
        return row?.id;
      }),
    ),
  );
  expect(new Set(ids).size).toBe(1);
  expect((await standing(sql, "race")).accepted).toBe(1);

  const undone = sql.begin(async (sql) => {
    await sql`select redrive.enqueue('race', '{}', idempotency_key => 'two')`;
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  const [kept] = await sql<
    { id: string }[]
  >`select redrive.enqueue('race', '{}', idempotency_key => 'two') as id`;
  await untilStatus(sql, kept?.id ?? "", "delivered");
});

test("a producer without SQL gets the first record's id as well", async () => {
  const { sql } = base;
  await aProvider(sql, "posted", { url: `${server.url}/posted` });
  const post = () =>
    call(postRecord, {
      as: { key: bootstrapKey },
      body: { provider: "posted", payload: {}, idempotencyKey: "order-7" },
    });
  const answers = await Promise.all([post(), post(), post()]);
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect((await standing(sql, "posted")).accepted).toBe(1);
});

test("a producer's role may use idempotency keys, and read nothing", async () => {
  const { sql } = base;
  await aProvider(sql, "producer", { url: `${server.url}/producer` });
  const ids = await sql.begin(async (sql) => {
    await sql`set local role redrive_producer`;
    const enqueue = () =>
      sql<{ id: string }[]>`select redrive.enqueue('producer', '{}', idempotency_key => 'p') as id`;
    return [(await enqueue())[0]?.id, (await enqueue())[0]?.id];
  });
  expect(ids[0]).toBe(ids[1]);
  await expect(
    sql.begin(async (sql) => {
      await sql`set local role redrive_producer`;
      await sql`select * from redrive.enqueued_keys`;
    }),
  ).rejects.toThrow("permission denied");
});

// ── ordering_key ──────────────────────────────────────────────────────────────────────────────────────────────────────

test("a failed record holds up its ordering key and no other; retry, reject and skip each let the next go", async () => {
  const { sql } = base;
  await aProvider(sql, "ordered", { url: `${server.url}/ordered`, batchSizeMax: 10 });
  server.answer(picky);
  for (const way of ["retry", "reject", "skip"] as const) {
    const key = { ordering_key: `customer-${way}` };
    const failing = await enqueueWith(sql, "ordered", key, { is: "wrong" });
    const next = await enqueueWith(sql, "ordered", key);
    const last = await enqueueWith(sql, "ordered", key);
    const free = await enqueueWith(sql, "ordered", { ordering_key: `free-${way}` });
    await untilStatus(sql, failing, "failed");
    await untilStatus(sql, free, "delivered");
    expect((await statusOf(sql, next)).status).toBe("waiting");
    // Aside, no scan meets it.
    await eventually(async () => {
      const [row] =
        await sql`select due_at = 'infinity' as parked from redrive.queue where record_id = ${next}`;
      expect(row?.parked).toBe(true);
    });
    expect((await statusOf(sql, next)).dueAt).toBeNull();

    if (way === "reject") await rejectRecord(sql, { id: failing, reason: "obsolete", code: "obsolete" }, ana);
    if (way === "skip") await skipRecord(sql, { id: failing, reason: "not so important" }, ana);
    if (way === "retry") {
      server.answer(ok);
      await retryRecord(sql, { id: failing, at: new Date().toISOString() }, ana);
    }
    await untilStatus(sql, last, "delivered", 5_000);
    expect((await statusOf(sql, next)).status).toBe("delivered");
    const after = { retry: "delivered", reject: "rejected", skip: "failed" }[way];
    expect((await statusOf(sql, failing)).status).toBe(after);
    server.answer(picky);
  }
  await expect(
    skipRecord(sql, { id: "0199aa00-0000-7000-8000-000000000000", reason: "x" }, ana),
  ).rejects.toThrow("There is no record");
});

test("the API skips a failed record once, with a reason, and says who was first", async () => {
  const { sql } = base;
  await aProvider(sql, "skipped", { url: `${server.url}/skipped` });
  server.answer(picky);
  const failing = await enqueueWith(sql, "skipped", { ordering_key: "k" }, { is: "wrong" });
  const next = await enqueueWith(sql, "skipped", { ordering_key: "k" });
  await untilStatus(sql, failing, "failed");
  const skip = (body: unknown) =>
    call(postSkip, { as: base.admin, method: "POST", params: { id: failing }, body });
  expect((await skip({})).status).toBe(422);
  expect(await skip({ reason: "the customer knows" })).toMatchObject({
    status: 200,
    body: { status: "failed" },
  });
  await untilStatus(sql, next, "delivered");
  expect(await skip({ reason: "again" })).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect((await eventsOf(failing)).at(-1)?.kind).toBe("skipped");
});

test("a record that is tried again later holds up the ones after it, and they go in their order", async () => {
  const { sql } = base;
  const bodies: string[] = [];
  let tries = 0;
  await using flaky = await aProviderServer((received, response) => {
    bodies.push(received.body);
    const isFirst = received.body.includes('"n": 1}');
    if (isFirst) tries += 1;
    (isFirst && tries < 3 ? says(500) : ok)(received, response);
  });
  await aProvider(sql, "steps", {
    url: flaky.url,
    backoff: { baseMs: 200, factor: 1, jitter: 0, attemptsMax: 9 },
  });
  await sql`
    insert into redrive.outbox (provider, payload, ordering_key)
    select 'steps', jsonb_build_object('n', n), 'one' from generate_series(1, 5) as n`;
  await eventually(async () => expect((await standing(sql, "steps")).delivered).toBe(5));
  expect(bodies.map((body) => JSON.parse(body).n)).toEqual([1, 1, 1, 2, 3, 4, 5]);
});

// ── to follow it by ───────────────────────────────────────────────────────────────────────────────────────────────────

test("a correlation id and a trace go through headers, events and log lines", async () => {
  await using own = await aDatabase();
  const { sql, url } = own;
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const env = readEnv({ NODE_ENV: "test", DATABASE_URL: url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
  const traced = await startWorker(env, { log, application: defineApplication({}) });
  await using provider = await aProviderServer(says(500));
  await aProvider(sql, "traced", {
    url: provider.url,
    backoff: { baseMs: 50, factor: 1, jitter: 0, attemptsMax: 9 },
  });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const id = await enqueueWith(sql, "traced", {
    correlation_id: "c-42",
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } as never,
  });
  await eventually(() => expect(provider.received.length).toBeGreaterThan(0));
  provider.answer(ok);
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  await traced.stop();

  const spans = provider.received.map(({ headers }) => {
    expect(headers["x-correlation-id"]).toBe("c-42");
    const [, trace, span] = String(headers.traceparent).split("-");
    expect(trace).toBe(traceId);
    return span;
  });
  expect(new Set(spans).size).toBe(spans.length);
  const events = await sql<{ detail: Record<string, unknown> }[]>`
    select detail from redrive.events where record_id = ${id} order by at`;
  expect(events.map(({ detail }) => [detail.correlationId, detail.span])).toEqual(
    spans.map((span) => ["c-42", span]),
  );
  const attempts = lines.filter(({ msg, record }) => msg === "attempt" && record === id);
  expect(attempts.map(({ correlationId, span }) => [correlationId, span])).toEqual(
    spans.map((span) => ["c-42", span]),
  );
});

test("the answer to a delivery is kept where the record or its provider asks for it", async () => {
  const { sql } = base;
  server.answer(says(200, { order: 7 }));
  await aProvider(sql, "asking", { url: server.url });
  await aProvider(sql, "keeping", { url: server.url, keepResponse: true });
  const asked = await enqueueWith(sql, "asking", { keep_response: true });
  const plain = await enqueueWith(sql, "asking", {});
  const kept = await enqueueWith(sql, "keeping", {});
  for (const id of [asked, plain, kept]) await untilStatus(sql, id, "delivered");
  const answerOf = async (id: string) => (await eventsOf(id)).at(-1)?.detail?.response;
  expect([await answerOf(asked), await answerOf(plain), await answerOf(kept)]).toEqual([
    '{"order":7}',
    undefined,
    '{"order":7}',
  ]);
});
