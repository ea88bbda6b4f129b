import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getOverview } from "#app/api/v1/overview/route.ts";
import { GET as getChanges } from "#app/api/v1/providers/[slug]/batch-changes/route.ts";
import { GET as getThroughput } from "#app/api/v1/providers/[slug]/throughput/route.ts";
import { GET as getProviders } from "#app/api/v1/providers/route.ts";
import { GET as getAllThroughput } from "#app/api/v1/throughput/route.ts";
import { readLatestDeliveries } from "#db/reads/latest-deliveries.ts";
import { Overview } from "#lib/contract/overview.ts";
import { BatchChanges, ProviderSummary, Throughput, type ThroughputPoint } from "#lib/contract/provider.ts";
import { latencyBucket, latencyBuckets } from "#lib/core/latency-histogram.ts";
import { outcomes } from "#lib/core/outcome.ts";
import { type Api, anApi, aRecord, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats", { batchSizeMax: 20 });
  await aProvider(api.sql, "crm");
});
afterAll(() => api[Symbol.asyncDispose]());

const startMs = Date.parse("2026-03-01T12:00:00Z");
const at = (seconds: number) => new Date(startMs + seconds * 1_000).toISOString();

type Bucket = {
  provider?: string;
  at: string;
  delivered?: number;
  unavailable?: number;
  ms?: number;
  backlog?: number;
};

async function aBucket({ provider = "ats", at, delivered = 0, unavailable = 0, ms = 100, backlog }: Bucket) {
  const byOutcome = outcomes.map((name) =>
    name === "delivered" ? delivered : name === "unavailable" ? unavailable : 0,
  );
  const latency = Array.from({ length: latencyBuckets }, (_, i) => (i === latencyBucket(ms) ? delivered : 0));
  await api.sql`
    insert into redrive.throughput
      (provider, bucket, delivered, retried, failed, by_outcome, latency, batch_size, backlog, held, oldest_ms)
    values (
      ${provider}, date_bin('10 seconds', ${at}::timestamptz, 'epoch'::timestamptz), ${delivered}, ${unavailable}, 0,
      ${byOutcome}, ${latency}, 4, ${backlog ?? null}, 1, 1500
    )`;
}

const chart = (slug: string | null, query: string) =>
  slug === null
    ? call(getAllThroughput, { as: api.admin, path: `/api/v1/throughput?${query}` })
    : call(getThroughput, { as: api.admin, path: `/api/v1/x?${query}`, params: { slug } });
const sum = (items: ThroughputPoint[], of: (point: ThroughputPoint) => number) =>
  items.reduce((all, point) => all + of(point), 0);

test("a chart's points add their buckets up, merge latencies, and fill what is empty with zeros", async () => {
  await aBucket({ at: at(0), delivered: 10, ms: 20, backlog: 70 });
  await aBucket({ at: at(10), delivered: 10, unavailable: 4, ms: 2_000, backlog: 60 });
  await aBucket({ at: at(90), delivered: 1 });
  await aBucket({ provider: "crm", at: at(10), delivered: 100, backlog: 5 });
  const { status, body } = await chart("ats", `from=${at(0)}&to=${at(120)}&step=30`);
  expect(status).toBe(200);
  expect(() => Throughput.parse(body)).not.toThrow();
  expect(body.step).toBe(30);
  const { items } = Throughput.parse(body);
  expect(items.map((point) => point.at)).toEqual([0, 30, 60, 90].map(at));
  const [first, second] = items;
  expect(first).toMatchObject({
    delivered: 20,
    retried: 4,
    failed: 0,
    held: 1,
    backlog: 60,
    oldestMs: 1500,
    batchSize: 4,
  });
  expect(first?.byOutcome).toMatchObject({ delivered: 20, unavailable: 4, invalid: 0 });
  expect(Object.keys(first?.byOutcome ?? {})).toEqual([...outcomes]);
  expect(first?.p50Ms).toBeLessThan(30);
  expect(first?.p95Ms).toBeGreaterThan(1_500);
  expect(second).toMatchObject({
    delivered: 0,
    held: 0,
    backlog: null,
    oldestMs: null,
    batchSize: null,
    p50Ms: null,
  });

  const all = await chart(null, `from=${at(0)}&to=${at(120)}&step=30`);
  expect(all.body.items[0]).toMatchObject({ delivered: 120, backlog: 65, batchSize: 8 });
});

test("a chart of any range has at most 300 points and loses no delivery", async () => {
  for (const [from, to, step] of [
    [at(-600), at(600), ""],
    [at(-86_400), at(86_400), ""],
    [at(-86_400), at(86_400), "&step=10"],
    [at(-400 * 86_400), at(120), ""],
    [at(-3), at(133), ""],
  ]) {
    const { body } = await chart("ats", `from=${from}&to=${to}${step}`);
    expect(body.items.length).toBeLessThanOrEqual(300);
    expect(body.items.length).toBeGreaterThan(10);
    expect(sum(Throughput.parse(body).items, ({ delivered }) => delivered)).toBe(21);
  }
});

test("without a range a chart shows the last half hour", async () => {
  const { body } = await chart(null, "");
  expect(body.step).toBe(10);
  expect(body.items.length).toBeGreaterThanOrEqual(180);
  expect(Math.abs(Date.parse(body.items.at(-1)?.at ?? "") - Date.now())).toBeLessThan(20_000);
});

test.each([
  [`from=${at(10)}&to=${at(0)}`, "from"],
  ["from=now", "from"],
  ["from=0001-01-01T00:00:00Z", "from"],
  ["step=5", "step"],
  ["step=a", "step"],
])("a chart refuses %s and names the field", async (query, field) => {
  const { status, body } = await chart("ats", query);
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ field }]);
});

test("a chart of a provider that does not exist is not found", async () => {
  expect((await chart("nobody", "")).status).toBe(404);
  expect((await call(getChanges, { as: api.admin, params: { slug: "nobody" } })).status).toBe(404);
});

test("changes of the batch size are told newest first, with their reason and figures", async () => {
  for (const [seconds, from, to] of [
    [0, 1, 2],
    [5, 2, 4],
  ] as const) {
    await api.sql`
      insert into redrive.batch_changes (provider, at, from_size, to_size, breaker, reason, figures)
      values ('ats', ${at(seconds)}, ${from}, ${to}, 'closed', ${`to ${to}`}, ${api.sql.json({ n: to })})`;
  }
  const { body } = await call(getChanges, {
    as: api.admin,
    params: { slug: "ats" },
    path: `/api/v1/x?from=${at(0)}&to=${at(60)}`,
  });
  expect(() => BatchChanges.parse(body)).not.toThrow();
  expect(body.items).toMatchObject([
    { from: 2, to: 4, reason: "to 4", figures: { n: 4 }, breaker: "closed" },
    { from: 1, to: 2, reason: "to 2" },
  ]);
});

test("the providers' list and the overview show the last minutes' figures", async () => {
  await aProvider(api.sql, "live");
  const now = Date.now();
  const ago = (seconds: number) => new Date(now - seconds * 1_000).toISOString();
  await aBucket({ provider: "live", at: ago(30), delivered: 30, unavailable: 10, backlog: 100, ms: 40 });
  await aBucket({ provider: "live", at: ago(20), delivered: 30, backlog: 60, ms: 40 });
  await aBucket({ provider: "live", at: ago(240), delivered: 30, ms: 40 });
  await api.sql`insert into redrive.workers (id, host, pid) values ('w', 'h', 1)`;
  await aRecord.waiting(api, "live");
  await aRecord.failed(api, { provider: "live", category: "client_data" });

  const { body: list } = await call(getProviders, { as: api.admin });
  const live = list.items.map((item) => ProviderSummary.parse(item)).find(({ slug }) => slug === "live");
  expect(live).toMatchObject({ name: "LIVE", deliveredPerMinute: 60, successRate: 0.9, batchSizeMax: 10 });
  expect(live?.sparkline).toHaveLength(30);
  expect(live?.sparkline.reduce((a, b) => a + b, 0)).toBe(90);
  expect(live?.drainSeconds).toBe(15);
  expect(live?.p95Ms).toBeGreaterThan(20);
  expect(live?.p95Ms).toBeLessThan(80);
  expect(live?.state).toMatchObject({ waiting: 1, failed: 1, oldestDueAt: expect.any(String) });

  const { body } = await call(getOverview, { as: api.admin });
  expect(() => Overview.parse(body)).not.toThrow();
  expect(body).toMatchObject({
    deliveredPerMinute: 60,
    needHuman: { technical: 0, client_data: 1 },
    breakersOpen: 0,
    workerSeenAt: expect.stringMatching(/Z$/),
    newestFailures: [{ provider: "live" }],
  });
  expect(body.oldestDueAt).toBe(live?.state.oldestDueAt);
  expect(sum(Overview.parse(body).throughput, ({ delivered }) => delivered)).toBe(90);
});

test("a provider's latest deliveries are found behind a long backlog", async () => {
  await aProvider(api.sql, "backlog");
  const delivered = [await aRecord.delivered(api, "backlog"), await aRecord.delivered(api, "backlog")];
  await api.sql`insert into redrive.outbox (provider, payload) select 'backlog', '{}' from generate_series(1, 2500)`;
  const latest = await readLatestDeliveries(api.db, "backlog", 5);
  expect(latest.map(({ id }) => id)).toEqual(delivered.toReversed());
  expect(latest[0]).toMatchObject({
    status: "delivered",
    attempts: 1,
    settledAt: expect.stringMatching(/Z$/),
  });
});

test("a provider's oldest due record is found behind others of a higher priority, and what is not due is not", async () => {
  await aProvider(api.sql, "lanes");
  const oldest = async () => {
    const { body } = await call(getProviders, { as: api.admin });
    return body.items.find(({ slug }) => slug === "lanes")?.state.oldestDueAt;
  };
  expect(await oldest()).toBeNull();
  const [first, later, low] = [
    await aRecord.waiting(api, "lanes"),
    await aRecord.waiting(api, "lanes"),
    await aRecord.waiting(api, "lanes"),
  ];
  const move = (id: string, priority: number, due: string) =>
    api.sql`update redrive.queue set priority = ${priority}, due_at = ${due} where record_id = ${id}`;
  await move(first, -1, "2026-03-01T12:00:05Z");
  await move(later, 0, "2100-01-01T00:00:00Z");
  expect(await oldest()).toBe("2026-03-01T12:00:05Z");
  await move(low, 7, "2026-03-01T12:00:00.000001Z");
  expect(await oldest()).toBe("2026-03-01T12:00:00.000001Z");
});
