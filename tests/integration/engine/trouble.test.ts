// A provider in trouble, and a worker in trouble: nothing is lost, nobody is blamed who is not to blame.
import { afterAll, beforeAll, expect, test } from "vitest";
import { settle } from "#db/writes/settle.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import {
  aWorker,
  enqueue,
  enqueueMany,
  eventually,
  standing,
  stateOf,
  statusOf,
} from "#tests/support/engine.ts";
import { aProviderServer, ok, says } from "#tests/support/provider-server.ts";
import type { Worker } from "#worker/main.ts";

let base: TestDatabase;
let worker: Worker;
let simulator: Simulator;
beforeAll(async () => {
  base = await aDatabase();
  worker = await aWorker(base.url);
  simulator = await startSimulator();
});
afterAll(async () => {
  await worker.stop();
  await simulator.close();
  await base[Symbol.asyncDispose]();
});

const fast = {
  backoff: { baseMs: 100, factor: 1.5, jitter: 0.2, attemptsMax: 3 },
  breaker: { probeEveryMs: 300, goodTrials: 3 },
  timeoutMs: { connect: 500, headers: 1_000, total: 2_000 },
};

test("an outage opens the breaker, fails no record and charges no attempt; afterwards all is delivered", async () => {
  const { sql } = base;
  const provider = simulator.provider("down");
  provider.set({ outage: "503", latency: { distribution: "fixed", medianMs: 2 } });
  await aProvider(sql, "down", { url: provider.url, ...fast });
  await enqueueMany(sql, "down", 60);
  await eventually(async () => expect((await stateOf(sql, "down")).breaker).toBe("open"));
  const [change] =
    await sql`select reason, figures from redrive.batch_changes where provider = 'down' and breaker = 'open' order by id limit 1`;
  expect(change?.reason).toMatch(/\d/);
  // Several probes fail meanwhile, each with one record.
  await eventually(async () => {
    const [row] =
      await sql`select count(*)::int as n from redrive.batch_changes where provider = 'down' and breaker = 'half_open'`;
    expect(row?.n).toBeGreaterThan(2);
  });
  expect(await standing(sql, "down")).toMatchObject({ accepted: 60, queued: 60, failed: 0, delivered: 0 });
  const [charged] =
    await sql`select coalesce(max(attempts), 0)::int as n from redrive.queue where provider = 'down'`;
  expect(charged?.n).toBe(0);
  provider.set({ outage: "none" });
  await eventually(async () =>
    expect(await standing(sql, "down")).toMatchObject({ queued: 0, failed: 0, delivered: 60 }),
  );
  expect((await stateOf(sql, "down")).breaker).toBe("closed");
  // Every change is there: each begins with the size at which the one before it ended.
  const changes = await sql<{ fromSize: number; toSize: number; breaker: string }[]>`
    select from_size, to_size, breaker from redrive.batch_changes where provider = 'down' order by id`;
  for (const [index, change] of changes.entries()) {
    expect(change.fromSize).toBe(index === 0 ? 1 : changes[index - 1]?.toSize);
  }
  const breakers = changes.map(({ breaker }) => breaker);
  expect(breakers.filter((state) => state === "half_open").length).toBe(
    breakers.filter((state, index) => state === "open" && breakers[index + 1] === "half_open").length,
  );
  expect(provider.counts()).toMatchObject({ keys: 60, doubled: 0 });
});

test("an open breaker sends its probe and nothing else", async () => {
  const { sql } = base;
  const provider = simulator.provider("shut");
  provider.set({ outage: "503", latency: { distribution: "fixed", medianMs: 2 } });
  await aProvider(sql, "shut", {
    url: provider.url,
    ...fast,
    breaker: { probeEveryMs: 3_600_000, goodTrials: 3 },
  });
  await enqueueMany(sql, "shut", 30);
  await eventually(async () => expect((await stateOf(sql, "shut")).breaker).toBe("open"));
  await eventually(async () => expect((await stateOf(sql, "shut")).owner).toBeNull());
  const before = provider.counts().received;
  await enqueueMany(sql, "shut", 30);
  // Another provider's deliveries show that time passes and the worker is awake.
  const other = simulator.provider("awake");
  await aProvider(sql, "awake", { url: other.url });
  const id = await enqueue(sql, "awake");
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  expect(provider.counts().received).toBe(before);
  expect((await statusOf(sql, (await enqueue(sql, "shut")) ?? "")).status).toBe("held");
});

test("the batch size grows to its maximum and the provider never sees more at once", async () => {
  const { sql } = base;
  const provider = simulator.provider("ramp");
  provider.set({ latency: { distribution: "fixed", medianMs: 10 } });
  await aProvider(sql, "ramp", { url: provider.url, batchSizeMax: 8 });
  await enqueueMany(sql, "ramp", 3_000);
  await eventually(async () => expect((await standing(sql, "ramp")).delivered).toBe(3_000));
  expect(provider.counts()).toMatchObject({ peakInFlight: 8, keys: 3_000, doubled: 0 });
  const sizes =
    await sql`select from_size, to_size from redrive.batch_changes where provider = 'ramp' order by id`;
  expect(sizes[0]).toMatchObject({ fromSize: 1 });
  expect(sizes.at(-1)).toMatchObject({ toSize: 8 });
});

test("a 429 with Retry-After holds the provider, charges nobody, and shrinks the batch size", async () => {
  const { sql } = base;
  await using server = await aProviderServer(says(429, {}, { "retry-after": "2" }));
  await aProvider(sql, "slowdown", { url: server.url, ...fast });
  const [first] = await enqueueMany(sql, "slowdown", 5);
  await eventually(async () => expect((await statusOf(sql, first ?? "")).attempts).toBe(1));
  const calls = server.received.length;
  server.answer(ok);
  await eventually(async () =>
    expect(await standing(sql, "slowdown")).toMatchObject({ delivered: 5, failed: 0 }),
  );
  const [waited] = await sql<{ ms: number }[]>`
    select extract(epoch from max(at) - min(at)) * 1000 as ms from redrive.events where record_id = ${first ?? ""}`;
  expect(Number(waited?.ms)).toBeGreaterThan(1_800);
  expect(calls).toBeLessThanOrEqual(2);
});

test("a paused provider is sent nothing until it is resumed", async () => {
  const { sql } = base;
  const provider = simulator.provider("paused");
  await aProvider(sql, "paused", { url: provider.url });
  await sql`update redrive.provider_state set paused_at = now(), paused_by = 'Maria', pause_reason = 'maintenance' where provider = 'paused'`;
  const id = await enqueue(sql, "paused");
  const other = await enqueue(sql, "awake");
  await eventually(async () => expect((await statusOf(sql, other)).status).toBe("delivered"));
  expect((await statusOf(sql, id)).status).toBe("held");
  await sql`update redrive.provider_state set paused_until = now() where provider = 'paused'`;
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
});

test("two workers never send more to a provider than its batch size, and no record twice", async () => {
  const { sql } = base;
  const second = await aWorker(base.url);
  try {
    const provider = simulator.provider("shared");
    provider.set({ latency: { distribution: "fixed", medianMs: 5 } });
    await aProvider(sql, "shared", { url: provider.url, batchSizeMax: 4 });
    for (let burst = 0; burst < 10; burst += 1) {
      await enqueueMany(sql, "shared", 50);
      await eventually(async () => expect((await standing(sql, "shared")).queued).toBe(0));
    }
    expect(provider.counts()).toMatchObject({ keys: 500, doubled: 0 });
    expect(provider.counts().peakInFlight).toBeLessThanOrEqual(4);
  } finally {
    await second.stop();
  }
});

test("a stopping worker finishes what is on its way and hands over without doubles", async () => {
  await using own = await aDatabase();
  const provider = simulator.provider("handover");
  provider.set({ latency: { distribution: "fixed", medianMs: 50 } });
  await aProvider(own.sql, "handover", { url: provider.url, batchSizeMax: 10 });
  await enqueueMany(own.sql, "handover", 300);
  const first = await aWorker(own.url);
  await provider.nextRequest();
  await first.stop();
  expect(await stateOf(own.sql, "handover")).toMatchObject({ owner: null });
  expect(provider.inFlight()).toBe(0);
  const second = await aWorker(own.url);
  await eventually(async () => expect((await standing(own.sql, "handover")).delivered).toBe(300));
  await second.stop();
  expect(provider.counts()).toMatchObject({ keys: 300, doubled: 0 });
  const [interrupted] =
    await own.sql`select count(*)::int as n from redrive.events where kind = 'interrupted'`;
  expect(interrupted?.n).toBe(0);
});

test("an owner whose lease went to another writes nothing, but its late success is kept", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  await aProvider(sql, "fenced");
  const id = await enqueue(sql, "fenced");
  const zombie = await takeLease(sql, "fenced", "zombie");
  await sql`update redrive.provider_state set lease_until = now() - interval '1 second'`;
  const heir = await takeLease(sql, "fenced", "heir");
  expect(heir?.epoch).toBe((zombie?.epoch ?? 0) + 1);
  const result = await settle(sql, {
    provider: "fenced",
    owner: "zombie",
    epoch: zombie?.epoch ?? 0,
    journal: [],
    deadlineMs: 1_000,
    changes: [],
    columns: {
      control: null,
      batchSize: 1,
      breaker: "closed",
      breakerReason: null,
      breakerSinceMs: null,
      nextProbeAtMs: null,
      nextHealthAtMs: null,
    },
    settled: [
      {
        id,
        kind: "delivered",
        outcome: "delivered",
        attempts: 0,
        tries: 1,
        atMs: Date.now(),
        durationMs: 5,
        status: 200,
        detail: null,
        dueInMs: null,
        failure: null,
        continuation: null,
      },
    ],
  });
  expect(result).toBeNull();
  expect(await standing(sql, "fenced")).toMatchObject({ queued: 1, delivered: 0 });
});

test("records of a dead owner wait for their deadline; one that is there at three deaths is poison", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  const provider = simulator.provider("poison");
  provider.set({ outage: "black_hole" });
  await aProvider(sql, "poison", {
    url: provider.url,
    timeoutMs: { connect: 500, headers: 60_000, total: 60_000 },
  });
  const id = await enqueue(sql, "poison");
  for (let death = 1; death <= 3; death += 1) {
    // What a worker leaves that died with the record on its way.
    await sql`
      update redrive.provider_state
      set owner = 'dead', epoch = epoch + 1, lease_until = now() - interval '1 second', in_flight = ${[id]}::uuid[],
        in_flight_until = now() + interval '1 second'
      where provider = 'poison'`;
    const worker = await aWorker(own.url);
    await eventually(async () => {
      const [row] =
        await sql`select count(*)::int as n from redrive.events where record_id = ${id} and kind in ('interrupted', 'failed')`;
      expect(row?.n).toBe(death);
    });
    await worker.drains.stop(0);
    await worker.stop();
  }
  expect(await standing(sql, "poison")).toMatchObject({ queued: 0, failed: 1 });
  const [failure] = await sql`select category, team from redrive.failures where record_id = ${id}`;
  expect(failure).toEqual({ category: "poison", team: "technical" });
});

test("a database that drops every connection costs retries, not records", async () => {
  await using own = await aDatabase();
  const provider = simulator.provider("cut");
  provider.set({ latency: { distribution: "fixed", medianMs: 20 } });
  await aProvider(own.sql, "cut", { url: provider.url, batchSizeMax: 4 });
  const own2 = await aWorker(own.url);
  try {
    await enqueueMany(own.sql, "cut", 400);
    for (let cut = 0; cut < 3; cut += 1) {
      await provider.nextRequest();
      await base.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = ${new URL(own.url).pathname.slice(1)} and application_name = 'redrive worker'`;
    }
    await eventually(async () => expect((await standing(own.sql, "cut")).delivered).toBe(400), 40_000);
    expect(provider.counts()).toMatchObject({ keys: 400, doubled: 0 });
  } finally {
    await own2.stop();
  }
});
