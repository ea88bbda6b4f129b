// The way of a record through a worker to a real HTTP provider and back into the tables.
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import {
  aServedEngine,
  aWorker,
  enqueue,
  enqueueMany,
  eventually,
  type ServedEngine,
  standing,
  stateOf,
  statusOf,
} from "#tests/support/engine.ts";
import { ok, type ProviderServer, says } from "#tests/support/provider-server.ts";

let base: ServedEngine;
let server: ProviderServer;
beforeAll(async () => {
  base = await aServedEngine();
  server = base.server;
});
afterAll(() => base[Symbol.asyncDispose]());

const quick = { backoff: { baseMs: 50, factor: 1, jitter: 0, attemptsMax: 3 } };

test("a record reaches its provider with its payload and its headers", async () => {
  const { sql } = base;
  await aProvider(sql, "plain", { url: `${server.url}/results?client=7` });
  server.answer(ok);
  const [row] = await sql<{ id: string }[]>`
    select redrive.enqueue('plain', '{"candidate": 7, "score": 12345678901234567890.5}', correlation_id => 'c-1',
      headers => '{"x-tenant": "acme", "host": "evil", "Idempotency-Key": "mine"}') as id`;
  const id = row?.id ?? "";
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  const got = server.received.find(({ url }) => url.startsWith("/results"));
  expect(got?.url).toBe("/results?client=7");
  expect(got?.method).toBe("POST");
  expect(got?.body).toBe('{"score": 12345678901234567890.5, "candidate": 7}');
  expect(got?.headers).toMatchObject({
    "content-type": "application/json",
    "idempotency-key": id,
    "webhook-id": id,
    "x-correlation-id": "c-1",
    "x-tenant": "acme",
    host: new URL(server.url).host,
  });
  expect(got?.headers.traceparent).toMatch(new RegExp(`^00-${id.replaceAll("-", "")}-[0-9a-f]{16}-01$`));
  expect(got?.headers["user-agent"]).toMatch(/^Redrive\/\d/);
  expect(Number(got?.headers["webhook-timestamp"])).toBeGreaterThan(1.7e9);
});

test("a record's own headers can't take the place of the provider's auth, nor of the connection's", async () => {
  const { sql } = base;
  await aProvider(sql, "proof", {
    url: `${server.url}/proof`,
    auth: { kind: "header", name: "X-Api-Key", value: "ours" },
  });
  server.answer(ok);
  const [row] = await sql<{ id: string }[]>`
    select redrive.enqueue('proof', '{}', headers =>
      '{"x-api-key": "theirs", "expect": "100-continue", "accept-encoding": "gzip", "content-type": "text/plain"}') as id`;
  await eventually(async () => expect((await statusOf(sql, row?.id ?? "")).status).toBe("delivered"));
  const got = server.received.find(({ url }) => url === "/proof");
  expect(got?.headers).toMatchObject({
    "x-api-key": "ours",
    "accept-encoding": "identity",
    "content-type": "application/json",
  });
  expect(got?.headers.expect).toBeUndefined();
});

test("a refused record goes to the client-data team at once, with the provider's own words", async () => {
  const { sql } = base;
  await aProvider(sql, "picky", { url: server.url, ...quick });
  server.answer(says(422, { field: "postal_code", message: "is invalid" }));
  const id = await enqueue(sql, "picky");
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("failed"));
  const [failure] = await sql`select * from redrive.failures where record_id = ${id}`;
  expect(failure).toMatchObject({
    category: "client_data",
    team: "client_data",
    statusCode: 422,
    state: "open",
  });
  expect(failure?.message).toContain("postal_code");
  expect(failure?.message).toContain("is invalid");
});

test("where the policy says so, a refused record is dropped, with a trace", async () => {
  const { sql } = base;
  await aProvider(sql, "dropping", { url: server.url, onInvalid: "discard" });
  server.answer(says(422, { message: "unsubscribed" }));
  const id = await enqueue(sql, "dropping");
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("discarded"));
  expect(await standing(sql, "dropping")).toMatchObject({ queued: 0, failed: 0 });
  expect((await statusOf(sql, id)).lastError).toContain("unsubscribed");
});

test("a record that fails while others succeed is charged, and goes to failures after its last attempt", async () => {
  const { sql } = base;
  await aProvider(sql, "mixed", { url: server.url, ...quick });
  server.answer(({ body }, response) => {
    response.writeHead(body.includes('"n": 1}') ? 500 : 200).end();
  });
  const [bad] = await enqueueMany(sql, "mixed", 1);
  // Others keep succeeding, so it is the record and not its provider.
  await eventually(async () => {
    await enqueue(sql, "mixed", { n: 2 });
    expect((await statusOf(sql, bad ?? "")).status).toBe("failed");
  });
  const [failure] = await sql`select * from redrive.failures where record_id = ${bad ?? ""}`;
  expect(failure).toMatchObject({ category: "technical", attempts: 3, statusCode: 500 });
  const events =
    await sql`select kind, attempt from redrive.events where record_id = ${bad ?? ""} order by at`;
  expect(events.at(-1)?.kind).toBe("failed");
  expect(events.slice(0, -1).every(({ kind }) => kind === "attempted")).toBe(true);
});

test("a provider that has the record already counts as delivered", async () => {
  await aProvider(base.sql, "twice", { url: server.url });
  server.answer(says(409));
  const id = await enqueue(base.sql, "twice");
  await eventually(async () => expect((await statusOf(base.sql, id)).status).toBe("duplicate"));
});

test("a redirect is not followed, and a response over the limit is cut and means nothing", async () => {
  const { sql } = base;
  await aProvider(sql, "odd", { url: `${server.url}/odd`, backoff: { ...quick.backoff, baseMs: 60_000 } });
  server.answer((_, response) => response.writeHead(302, { location: `${server.url}/elsewhere` }).end());
  const moved = await enqueue(sql, "odd");
  await eventually(async () => expect((await statusOf(sql, moved)).attempts).toBe(1));
  expect(server.received.some(({ url }) => url === "/elsewhere")).toBe(false);
  server.answer((_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536, "x");
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  const endless = await enqueue(sql, "odd");
  await eventually(async () => expect((await statusOf(sql, endless)).attempts).toBe(1));
  const events =
    await sql`select outcome from redrive.events where record_id = any (${[moved, endless]}::uuid[])`;
  expect(events.map(({ outcome }) => outcome)).toEqual(["unexpected", "unexpected"]);
});

test("a record with an earlier due time is sent then, and not before", async () => {
  const { sql } = base;
  await aProvider(sql, "later", { url: server.url });
  server.answer(ok);
  const [row] = await sql<{ id: string }[]>`
    select redrive.enqueue('later', '{}', not_before => now() + interval '1 hour') as id`;
  const now = await enqueue(sql, "later");
  await eventually(async () => expect((await statusOf(sql, now)).status).toBe("delivered"));
  expect((await statusOf(sql, row?.id ?? "")).status).toBe("waiting");
});

test("a row whose transaction began earlier but committed later is delivered too", async () => {
  const { sql } = base;
  await aProvider(sql, "late", { url: server.url });
  server.answer(ok);
  let late = "";
  await sql.begin(async (slow) => {
    const [row] = await slow<{ id: string }[]>`select redrive.enqueue('late', '{}') as id`;
    late = row?.id ?? "";
    const quickly = await enqueue(sql, "late");
    await eventually(async () => expect((await statusOf(sql, quickly)).status).toBe("delivered"));
  });
  await eventually(async () => expect((await statusOf(sql, late)).status).toBe("delivered"));
});

test("a more urgent record goes ahead of a backlog", async () => {
  const { sql } = base;
  await aProvider(sql, "lanes", { url: `${server.url}/lanes`, batchSizeMax: 1 });
  await sql`update redrive.provider_state set paused_at = now(), paused_by = 'test', pause_reason = 'fill' where provider = 'lanes'`;
  server.answer(ok);
  await enqueueMany(sql, "lanes", 30);
  await sql`select redrive.enqueue('lanes', '{"urgent": true}', priority => -10)`;
  await sql`update redrive.provider_state set paused_at = null, paused_by = null, pause_reason = null where provider = 'lanes'`;
  await eventually(async () => expect(await standing(sql, "lanes")).toMatchObject({ delivered: 31 }));
  const bodies = server.received.filter(({ url }) => url === "/lanes").map(({ body }) => body);
  expect(bodies[0]).toContain("urgent");
});

test("a continuation is added once, in the settling transaction, with the provider's response", async () => {
  const { sql } = base;
  await aProvider(sql, "flow", { url: server.url });
  server.answer(says(200, { order: 9 }));
  const [row] = await sql<{ id: string }[]>`
    select redrive.enqueue('flow', '{}', on_delivered => 'finish_order', on_failed => 'cancel_order') as id`;
  await eventually(async () => expect((await statusOf(sql, row?.id ?? "")).status).toBe("delivered"));
  const jobs = await sql<{ payload: Record<string, unknown> }[]>`
    select payload from graphile_worker._private_jobs join graphile_worker._private_tasks as task on task.id = task_id
    where task.identifier in ('finish_order', 'cancel_order')`;
  expect(jobs).toHaveLength(1);
  expect(jobs[0]?.payload).toMatchObject({
    recordId: row?.id,
    outcome: "delivered",
    status: 200,
    response: '{"order":9}',
  });
});

test("a changed policy is in force within a second, without a restart", async () => {
  const { sql } = base;
  const policy = await aProvider(sql, "moved", { url: `${server.url}/before` });
  server.answer(ok);
  const first = await enqueue(sql, "moved");
  await eventually(async () => expect((await statusOf(sql, first)).status).toBe("delivered"));
  await sql`update redrive.providers set policy = ${sql.json({ ...policy, url: `${server.url}/after` })}, version = version + 1 where slug = 'moved'`;
  await eventually(async () => expect((await stateOf(sql, "moved")).owner).toBeNull());
  const second = await enqueue(sql, "moved");
  await eventually(async () => expect((await statusOf(sql, second)).status).toBe("delivered"));
  expect(server.received.some(({ url }) => url === "/after")).toBe(true);
});

test("a loopback provider is refused where private networks are not allowed", async () => {
  await using own = await aDatabase();
  const strict = await aWorker(own.url, { REDRIVE_ALLOW_PRIVATE_NETWORKS: "0" });
  try {
    for (const [slug, host] of [
      ["literal", "127.0.0.1"],
      ["named", "localhost"],
      ["folded", "2130706433"],
    ] as const) {
      await aProvider(own.sql, slug, { url: `http://${host}:${new URL(server.url).port}/secret` });
      const id = await enqueue(own.sql, slug);
      await eventually(async () => expect((await statusOf(own.sql, id)).lastError).toMatch(/private/));
    }
    expect(server.received.some(({ url }) => url === "/secret")).toBe(false);
  } finally {
    await strict.stop();
  }
});

test("a policy that an earlier release stored goes on, with the defaults of what it did not know", async () => {
  const { sql } = base;
  server.answer(ok);
  const stored = {
    name: "Earlier",
    url: `${server.url}/earlier`,
    method: "POST",
    adapter: "http-json",
    batchSizeMax: 10,
    connectionsMax: 25,
    slowMs: 30_000,
    timeoutMs: { connect: 5_000, headers: 30_000, total: 90_000 },
    backoff: { baseMs: 60_000, factor: 3, jitter: 0.2, attemptsMax: 5 },
    breaker: { probeEveryMs: 600_000, goodTrials: 3 },
    health: { url: `${server.url}/health`, everyMs: 60_000, timeoutMs: 5_000, expect: 200 },
    auth: { kind: "none" },
    windows: { timeZone: "UTC", deliver: [], maintenance: [] },
    limits: { perSecond: null, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 },
    rules: [],
    onInvalid: "fail",
    autoRedrive: true,
    flags: { enabled: true, shadow: false, percentage: 100 },
  };
  await sql`insert into redrive.providers (slug, policy, updated_by) values ('earlier', ${sql.json(stored)}, 'test')`;
  const [row] = await sql<{ id: string }[]>`select redrive.enqueue('earlier', '{}', dedupe_key => 'k') as id`;
  await eventually(async () => expect((await statusOf(sql, row?.id ?? "")).status).toBe("delivered"));
});
