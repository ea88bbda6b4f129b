// C5 to C8 and C10: what comes first, what comes once, what is repeated, what is kept, and how a provider is moved over.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { aScene, quick, type Scene, zoneAtNoon } from "#tests/scenarios/scene.ts";
import { enqueue, enqueueMany, eventually, standing, statusOf } from "#tests/support/engine.ts";
import { BadPayload, defineAdapter } from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";
import type { ScheduleFunction } from "#worker/application.ts";
import { startDueSchedules } from "#worker/upkeep/schedules.ts";

// ── the application ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The nightly bulk: every fund, once a day each, behind what somebody waits for. */
const allFunds: ScheduleFunction = async ({ day, enqueue }) => {
  enqueue(
    Array.from({ length: 800 }, (_, n) => ({
      payload: { id: `fund-${n}`, day },
      dedupeKey: `fund-${n}`,
      priority: 10,
      subject: `Fund ${n}`,
    })),
  );
};

const Price = z.object({ id: z.string(), value: z.number() });

/** This provider's own ways: it is asked by GET /records/{id}, says 422 for what it does not know, counts in cents. */
const prices = defineAdapter({
  options: z.strictObject({ currency: z.string() }),
  create({ policy, options, proofNames }) {
    const { pathname } = new URL(policy.url);
    const headers = contractHeaders(proofNames, ["accept", "application/json"]);
    return {
      kind: "http",
      build(record, moment) {
        const wanted = z.object({ id: z.string().min(1) }).safeParse(JSON.parse(record.payload));
        if (!wanted.success) throw new BadPayload("id: must name a fund");
        const path = `${pathname}/${encodeURIComponent(wanted.data.id)}?currency=${options.currency}`;
        return { method: "GET", path, headers: headers(record, moment), body: null };
      },
      read({ status, body }) {
        if (status === 422) return { outcome: "invalid", error: "the provider has no such fund" };
        if (status !== 200) return {};
        const { id, value } = Price.parse(JSON.parse(body));
        return { response: JSON.stringify({ fund: id, price: value / 100, currency: options.currency }) };
      },
    };
  },
});

const stored = new Map<string, unknown>();

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({
    workers: 2,
    application: {
      adapters: { prices },
      schedules: { "all-funds": allFunds },
      tasks: {
        "store-price": async (payload) => {
          const { recordId, response } = z
            .object({ recordId: z.string(), response: z.string() })
            .parse(payload);
          stored.set(recordId, JSON.parse(response));
        },
      },
    },
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

// ── the scenario ─────────────────────────────────────────────────────────────────────────────────────────────────────

const pause = (slug: string) => scene.sql`
  update redrive.provider_state set paused_at = now(), paused_by = 'ada', pause_reason = 'fill' where provider = ${slug}`;
const resume = (slug: string) => scene.sql`
  update redrive.provider_state set paused_at = null, paused_by = null, pause_reason = null where provider = ${slug}`;

const adHoc = async (slug: string, payload: unknown): Promise<string> => {
  const [row] = await scene.sql<{ id: string }[]>`
    select redrive.enqueue(${slug}, ${scene.sql.json(payload as never)}, priority => -10) as id`;
  return row?.id ?? "";
};

/** No day ends in this zone while the tests run. */
const windows = { timeZone: zoneAtNoon().name };

/** Priorities in the order in which records were delivered. */
const order = async (slug: string): Promise<number[]> => {
  const rows = await scene.sql<{ priority: number }[]>`
    select outbox.priority
    from redrive.events join redrive.outbox on outbox.id = events.record_id
    where outbox.provider = ${slug} and events.kind = 'delivered'
    order by events.at`;
  return rows.map(({ priority }) => priority);
};

test("C5: what a user asks for now overtakes the bulk that the schedule has enqueued", async () => {
  const { sql } = scene;
  const schedules = [{ name: "nightly", cron: "0 2 * * *", run: "all-funds" }];
  const policy = { batchSizeMax: 4, windows: { timeZone: "Europe/Berlin" }, schedules };
  const provider = await scene.provider("bulk", policy, { latency: { medianMs: 40 } });
  await eventually(async () => {
    // One that is new begins with its next time.
    expect(await sql`select due_at from redrive.schedule_runs where provider = 'bulk'`).toHaveLength(1);
  });
  // Tomorrow night has come.
  const night = Date.now() + 86_400_000;
  await startDueSchedules(sql, night);
  await startDueSchedules(sql, night);
  await eventually(() => expect(provider.counts().accepted).toBeGreaterThan(40));
  expect(
    await sql`select enqueued from redrive.schedule_runs where provider = 'bulk' and enqueued > 0`,
  ).toEqual([{ enqueued: 800 }]);

  const { delivered: before } = await standing(sql, "bulk");
  await adHoc("bulk", { id: "asked-1" });
  await adHoc("bulk", { id: "asked-2" });
  await eventually(
    async () => expect(await standing(sql, "bulk")).toMatchObject({ queued: 0, delivered: 802 }),
    40_000,
  );
  // Hundreds stood before them, and only those went first that went while they were being asked for.
  expect(before).toBeLessThan(400);
  expect((await order("bulk")).lastIndexOf(-10)).toBeLessThan(before + 200);
});

test("C5: a crowd of users does not starve the bulk: an eighth of the calls is its own", async () => {
  const { sql } = scene;
  await scene.provider("crowd", { batchSizeMax: 4 }, { latency: { medianMs: 5 } });
  await pause("crowd");
  await sql`
    insert into redrive.outbox (provider, payload, priority)
    select 'crowd', '{}', case when n <= 200 then 10 else -10 end from generate_series(1, 600) as n`;
  await resume("crowd");
  await eventually(async () => expect(await standing(sql, "crowd")).toMatchObject({ delivered: 600 }));
  const first = (await order("crowd")).slice(0, 320);
  const bulk = first.filter((priority) => priority === 10).length;
  expect(bulk).toBeGreaterThanOrEqual(320 / 8 - 8);
  expect(bulk).toBeLessThanOrEqual(320 / 8 + 8);
});

test("C6: of three records of one key one is fetched a day; the others point at it", async () => {
  const { sql } = scene;
  const provider = await scene.provider("once", { windows });
  const fund = async (key: string) => {
    const [row] = await sql<{ id: string }[]>`
      select redrive.enqueue('once', '{}', dedupe_key => ${key}) as id`;
    return row?.id ?? "";
  };
  const [first, second] = [await fund("fund-7"), await fund("fund-7")];
  const other = await fund("fund-8");
  for (const id of [first, other]) {
    await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  }
  // It is still the same day.
  const third = await fund("fund-7");
  for (const id of [second, third]) {
    await eventually(async () => expect((await statusOf(sql, id)).status).toBe("duplicate"));
    const [event] = await sql`select detail, attempt from redrive.events where record_id = ${id}`;
    expect(event).toEqual({ detail: { duplicateOf: first }, attempt: null });
  }
  expect(provider.counts()).toMatchObject({ received: 2, keys: 2 });
  // Another provider's day is its own.
  await scene.provider("once-too");
  await sql`insert into redrive.outbox (provider, payload, dedupe_key) values ('once-too', '{}', 'fund-7')`;
  await eventually(async () => expect(await standing(sql, "once-too")).toMatchObject({ delivered: 1 }));
});

test("C6: the bulk that comes twice on one day is fetched once, by whichever worker", async () => {
  const { sql } = scene;
  const provider = await scene.provider("twice", { batchSizeMax: 20, windows });
  const bulk = () => sql`
    insert into redrive.outbox (provider, payload, dedupe_key)
    select 'twice', '{}', 'fund-' || n from generate_series(1, 300) as n`;
  await Promise.all([bulk(), bulk(), bulk()]);
  await eventually(async () =>
    expect(await standing(sql, "twice")).toMatchObject({ delivered: 900, queued: 0 }),
  );
  expect(provider.counts()).toMatchObject({ received: 300, keys: 300, doubled: 0 });
});

test("C7: of a batch that fails in part only what failed is repeated, and each record counts its own attempts", async () => {
  const { sql } = scene;
  const policy = { ...quick, backoff: { ...quick.backoff, attemptsMax: 30 } };
  const provider = await scene.provider("partly", policy, { errorShare: 0.3 });
  const ids = await enqueueMany(sql, "partly", 200);
  await eventually(
    async () => expect(await standing(sql, "partly")).toMatchObject({ delivered: 200, queued: 0 }),
    40_000,
  );
  // None that had arrived was sent again.
  expect(provider.counts()).toMatchObject({ accepted: 200, keys: 200, doubled: 0 });
  const attempts = await Promise.all(ids.map(async (id) => (await statusOf(sql, id)).attempts));
  expect(attempts.reduce((sum, each) => sum + each, 0)).toBe(provider.counts().received);
  expect(Math.min(...attempts)).toBe(1);
  expect(Math.max(...attempts)).toBeGreaterThan(1);
  const odd = await sql`
    select record_id
    from redrive.events join redrive.outbox on outbox.id = events.record_id
    where outbox.provider = 'partly'
    group by record_id
    having count(*) <> max(attempt) or count(*) filter (where kind = 'delivered') <> 1
      or count(*) filter (where outcome = 'unavailable') <> max(attempt) - 1`;
  expect(odd).toEqual([]);
});

test("C8: an adapter of the application asks in the provider's way, reads its answer, and hands it to the application", async () => {
  const { sql } = scene;
  const provider = await scene.provider(
    "prices",
    {
      adapter: "prices",
      options: { currency: "EUR" },
      url: `${scene.simulator.provider("prices").url}/records`,
    },
    { reject: { path: "id", pattern: "^fund-", message: "unknown" } },
  );
  const ask = async (payload: unknown) => {
    const [row] = await sql<{ id: string }[]>`
      select redrive.enqueue('prices', ${sql.json(payload as never)}, on_delivered => 'store-price') as id`;
    return row?.id ?? "";
  };
  const known = await ask({ id: "fund-7" });
  await eventually(() => expect(stored.has(known)).toBe(true));
  const answer = { fund: "fund-7", price: expect.any(Number), currency: "EUR" };
  expect(stored.get(known)).toEqual(answer);
  expect(provider.last(1)[0]).toMatchObject({
    method: "GET",
    path: "/p/prices/records/fund-7?currency=EUR",
    body: "",
  });
  const [event] =
    await sql`select detail ->> 'response' as response from redrive.events where record_id = ${known}`;
  expect(JSON.parse(event?.response)).toEqual(answer);

  // What it can't ask for, and what the provider does not know, is the data's fault, and not tried again.
  const nameless = await ask({});
  const unknown = await ask({ id: "share-7" });
  for (const [id, words] of [
    [nameless, /id: must name a fund/],
    [unknown, /no such fund/],
  ] as const) {
    await eventually(async () => expect((await statusOf(sql, id)).status).toBe("failed"));
    expect((await statusOf(sql, id)).lastError).toMatch(words);
  }
  const failures = await sql`select category, team from redrive.failures where provider = 'prices'`;
  expect(failures).toEqual([
    { category: "client_data", team: "client_data" },
    { category: "client_data", team: "client_data" },
  ]);
  expect(provider.counts().received).toBe(2);
});

test("C8: where nothing is particular the built-in fetch adapter asks, and the answer is kept as it came", async () => {
  const { sql } = scene;
  const { url } = scene.simulator.provider("plain");
  const provider = await scene.provider("plain", { adapter: "fetch", url: `${url}/records/{id}?day={day}` });
  const id = await enqueue(sql, "plain", { id: "fund 9", day: "2026-11-21" });
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  expect(provider.last(1)[0]?.path).toBe("/p/plain/records/fund%209?day=2026-11-21");
  const [event] =
    await sql`select detail ->> 'response' as response from redrive.events where record_id = ${id}`;
  expect(JSON.parse(event?.response)).toEqual({ id: "fund 9", day: "2026-11-21", value: expect.any(Number) });
});

test("C10: a provider is moved over step by step: shadow, a quarter of the records, all", async () => {
  const { sql } = scene;
  const provider = await scene.provider("moved", { flags: { shadow: true } });
  await enqueueMany(sql, "moved", 60);
  await over("moved");
  expect(provider.counts().received).toBe(0);
  const [shadowed] = await sql`
    select count(*)::int as records, min(detail -> 'request' ->> 'method') as method
    from redrive.events join redrive.outbox on outbox.id = events.record_id
    where provider = 'moved' and kind = 'shadowed'`;
  // What would have gone is there to compare.
  expect(shadowed).toEqual({ records: 60, method: "POST" });

  await scene.change("moved", { flags: { shadow: false, percentage: 25 } });
  await enqueueMany(sql, "moved", 400);
  await over("moved");
  const quarter = provider.counts().received;
  expect(quarter).toBeGreaterThan(60);
  expect(quarter).toBeLessThan(140);
  expect(await standing(sql, "moved")).toMatchObject({ accepted: 460, delivered: quarter, failed: 0 });

  await scene.change("moved", { flags: { percentage: 100 } });
  await enqueueMany(sql, "moved", 60);
  await over("moved");
  expect(provider.counts()).toMatchObject({ received: quarter + 60, doubled: 0 });
});

test("C10: what belongs together is moved together, and stays moved as the percentage rises", async () => {
  const { sql } = scene;
  const provider = await scene.provider("portfolios", { flags: { percentage: 30 } });
  const portfolios = () => sql`
    insert into redrive.outbox (provider, payload, ordering_key)
    select 'portfolios', jsonb_build_object('portfolio', n % 20), 'portfolio-' || n % 20 from generate_series(1, 100) as n`;
  const moved = () =>
    new Set(
      provider
        .last(100)
        .map(({ body }) => z.object({ portfolio: z.number() }).parse(JSON.parse(body)).portfolio),
    );
  await portfolios();
  await over("portfolios");
  const early = moved();
  // All five of a portfolio, or none.
  expect(provider.counts().received).toBe(5 * early.size);
  expect(early.size).toBeGreaterThan(0);
  expect(early.size).toBeLessThan(20);
  provider.resetCounts();
  await scene.change("portfolios", { flags: { percentage: 70 } });
  await portfolios();
  await over("portfolios");
  const now = await sql<{ portfolio: number }[]>`
    select distinct (payload ->> 'portfolio')::int as portfolio
    from redrive.outbox join redrive.events on events.record_id = outbox.id
    where provider = 'portfolios' and kind = 'delivered'`;
  expect(provider.counts().received).toBe(5 * now.length);
  expect(now.length).toBeGreaterThan(early.size);
  expect(now.map(({ portfolio }) => portfolio)).toEqual(expect.arrayContaining([...early]));
});

const over = (slug: string) =>
  eventually(async () => expect((await standing(scene.sql, slug)).queued).toBe(0), 30_000);
