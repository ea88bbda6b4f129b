// Features switched per provider at run time: off, shadow, a percentage.
import { afterAll, beforeAll, expect, test } from "vitest";
import { isIncluded } from "#lib/core/rollout.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  aServedEngine,
  enqueue,
  enqueueMany,
  enqueueWith,
  eventually,
  holdOf,
  patchPolicy,
  type ServedEngine,
  standing,
  statusOf,
  untilStatus,
} from "#tests/support/engine.ts";
import { aProviderServer, ok, type ProviderServer } from "#tests/support/provider-server.ts";

let base: ServedEngine;
let server: ProviderServer;
beforeAll(async () => {
  base = await aServedEngine();
  server = base.server;
});
afterAll(() => base[Symbol.asyncDispose]());

const arrived = (slug: string) => server.received.filter(({ url }) => url === `/${slug}`);
const flagged = (
  slug: string,
  flags: Partial<{ enabled: boolean; shadow: boolean; percentage: number }>,
) => ({
  url: `${server.url}/${slug}`,
  flags: { enabled: true, shadow: false, percentage: 100, ...flags },
});

test("a provider that is switched off is sent nothing, and goes on within a second when it is switched on", async () => {
  const { sql } = base;
  await aProvider(sql, "off", flagged("off", { enabled: false }));
  const id = await enqueue(sql, "off");
  expect(await holdOf(sql, "off")).toMatchObject({ hold: "disabled", until: null });
  expect((await statusOf(sql, id)).status).toBe("held");
  // Another provider's record, enqueued later, is through: the worker has looked.
  await aProvider(sql, "on", flagged("on", {}));
  await untilStatus(sql, await enqueue(sql, "on"), "delivered");
  expect(arrived("off")).toEqual([]);
  const switchedMs = Date.now();
  await patchPolicy(sql, "off", { flags: { enabled: true } });
  await untilStatus(sql, id, "delivered");
  expect(Date.now() - switchedMs).toBeLessThan(2_000);
});

test("switched off amid its records a provider is soon sent nothing more, and what was on its way is settled", async () => {
  const { sql } = base;
  await using slow = await aProviderServer((received, response) =>
    setTimeout(() => ok(received, response), 20),
  );
  await aProvider(sql, "stopped", { url: slow.url, batchSizeMax: 2 });
  await enqueueMany(sql, "stopped", 1_000);
  await eventually(() => expect(slow.received.length).toBeGreaterThan(20));
  await patchPolicy(sql, "stopped", { flags: { enabled: false } });
  await eventually(async () => {
    const [state] = await sql`select owner, in_flight from redrive.provider_state where provider = 'stopped'`;
    expect(state).toEqual({ owner: null, inFlight: [] });
  }, 2_000);
  expect((await standing(sql, "stopped")).delivered).toBe(slow.received.length);
  expect(slow.received.length).toBeLessThan(500);
});

test("in shadow all is done but the call: what would have gone is written down, without what proves who we are", async () => {
  const { sql } = base;
  await aProvider(sql, "shadow", {
    ...flagged("shadow", { shadow: true }),
    auth: { kind: "header", name: "X-Api-Key", value: "a-secret-key" },
  });
  const id = await enqueueWith(sql, "shadow", { correlation_id: "c-1", dedupe_key: "k" }, { candidate: 7 });
  await untilStatus(sql, id, "discarded");
  expect(arrived("shadow")).toEqual([]);
  const events = await sql<{ kind: string; detail: { request: Record<string, unknown> } }[]>`
    select kind, detail from redrive.events where record_id = ${id}`;
  expect(events).toMatchObject([
    {
      kind: "shadowed",
      detail: {
        correlationId: "c-1",
        request: {
          method: "POST",
          path: "/shadow",
          body: '{"candidate": 7}',
          headers: { "idempotency-key": id, "x-api-key": "[hidden]" },
        },
      },
    },
  ]);
  const everything = await sql`select detail::text from redrive.events`;
  expect(JSON.stringify(everything)).not.toContain("a-secret-key");
  const [figures] = await sql`
    select coalesce(sum(delivered), 0)::int as delivered from redrive.throughput where provider = 'shadow'`;
  expect(figures?.delivered).toBe(0);

  // What was not sent keeps no dedupe key.
  await patchPolicy(sql, "shadow", { flags: { shadow: false } });
  const real = await enqueueWith(sql, "shadow", { dedupe_key: "k" });
  await untilStatus(sql, real, "delivered");
});

test("a percentage of the records is sent, always the same ones; what has one ordering key stays together", async () => {
  const { sql } = base;
  await aProvider(sql, "share", flagged("share", { percentage: 30 }));
  const ids = await enqueueMany(sql, "share", 300);
  await sql`
    insert into redrive.outbox (provider, payload, ordering_key)
    select 'share', jsonb_build_object('key', 'customer-' || n % 20), 'customer-' || n % 20 from generate_series(1, 100) as n`;
  await eventually(async () => expect((await standing(sql, "share")).queued).toBe(0));
  const sent = new Set(arrived("share").map(({ headers }) => String(headers["idempotency-key"])));
  const wanted = ids.filter((id) => isIncluded("share", id, 30));
  expect(ids.filter((id) => sent.has(id))).toEqual(wanted);
  expect(Math.abs(wanted.length / 300 - 0.3)).toBeLessThan(0.1);
  const fates = await sql<{ key: string; kinds: string[]; count: number }[]>`
    select ordering_key as key, array_agg(distinct kind) as kinds, count(*)::int as count
    from redrive.outbox join redrive.events on record_id = id
    where provider = 'share' and ordering_key is not null
    group by ordering_key`;
  expect(fates.length).toBe(20);
  for (const { key, kinds, count } of fates) {
    expect({ kinds, count }).toEqual({
      kinds: [isIncluded("share", key, 30) ? "delivered" : "shadowed"],
      count: 5,
    });
  }
});

test("a share is raised at run time, within a second, while records flow", async () => {
  const { sql } = base;
  await aProvider(sql, "raised", { ...flagged("raised", { percentage: 0 }), batchSizeMax: 5 });
  await enqueueMany(sql, "raised", 50);
  await eventually(async () => expect((await standing(sql, "raised")).queued).toBe(0));
  expect(arrived("raised")).toEqual([]);
  await patchPolicy(sql, "raised", { flags: { percentage: 100 } });
  const patchedMs = Date.now();
  await eventually(async () => {
    await enqueue(sql, "raised");
    expect(arrived("raised").length).toBeGreaterThan(0);
  });
  expect(Date.now() - patchedMs).toBeLessThan(1_500);
});

test("what is not sent uses up no quota and no run", async () => {
  const { sql } = base;
  await aProvider(sql, "thrifty", {
    ...flagged("thrifty", { shadow: true }),
    limits: { perSecond: null, perMinute: null, perDay: 2, perRun: 2, runEveryMs: 3_600_000 },
  });
  for (const id of await enqueueMany(sql, "thrifty", 7)) await untilStatus(sql, id, "discarded");
  await patchPolicy(sql, "thrifty", { flags: { shadow: false } });
  for (const id of await enqueueMany(sql, "thrifty", 2)) await untilStatus(sql, id, "delivered");
  const late = await enqueue(sql, "thrifty");
  await untilStatus(sql, late, "held");
});
