// A provider in trouble, and a worker in trouble: nothing is lost, nobody is blamed who is not to blame.
import { afterAll, beforeAll, expect, test } from "vitest";
import { releaseLease } from "#db/writes/release-lease.ts";
import { absorbLateSuccesses, settle } from "#db/writes/settle.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import { newControl } from "#lib/core/control.ts";
import type { Simulator } from "#simulator/server.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import {
  aSimulatedEngine,
  aWorker,
  enqueue,
  enqueueMany,
  eventually,
  type SimulatedEngine,
  standing,
  stateOf,
  statusOf,
} from "#tests/support/engine.ts";
import { aProviderServer, ok, says } from "#tests/support/provider-server.ts";
import { anOpenGate, aResult, aSettlement } from "#tests/support/settlement.ts";

let base: SimulatedEngine;
let simulator: Simulator;
beforeAll(async () => {
  base = await aSimulatedEngine();
  simulator = base.simulator;
});
afterAll(() => base[Symbol.asyncDispose]());

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

test("an owner whose lease went to another writes nothing; its late success is kept, its late failure is not", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  await aProvider(sql, "fenced");
  const [row] = await sql<
    { id: string }[]
  >`select redrive.enqueue('fenced', '{}', on_delivered => 'go_on') as id`;
  const arrived = row?.id ?? "";
  const lost = await enqueue(sql, "fenced");
  const zombie = await takeLease(sql, "fenced", "zombie");
  await sql`update redrive.provider_state set lease_until = now() - interval '1 second'`;
  const heir = await takeLease(sql, "fenced", "heir");
  expect(heir?.epoch).toBe((zombie?.epoch ?? 0) + 1);
  const late = [
    aResult.delivered(arrived, { continuation: { task: "go_on", payload: { recordId: arrived } } }),
    aResult.failed(lost),
  ];
  expect(await settle(sql, aSettlement("fenced", "zombie", zombie?.epoch ?? 0, late))).toBeNull();
  expect(await standing(sql, "fenced")).toMatchObject({ queued: 2, delivered: 0, failed: 0 });

  await absorbLateSuccesses(sql, "fenced", late);
  await absorbLateSuccesses(sql, "fenced", late);
  expect(await standing(sql, "fenced")).toMatchObject({ queued: 1, delivered: 1, failed: 0 });
  expect((await statusOf(sql, lost)).status).not.toBe("failed");
  const jobs = await sql`select 1 from graphile_worker.jobs where task_identifier = 'go_on'`;
  expect(jobs).toHaveLength(1);
});

test("a record that is on its way at three deaths is poison, and its flow is told", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  await aProvider(sql, "poison");
  const [row] = await sql<
    { id: string }[]
  >`select redrive.enqueue('poison', '{}', on_failed => 'tell') as id`;
  const id = row?.id ?? "";
  for (let death = 1; death <= 3; death += 1) {
    await leaveInFlight(sql, "poison", [id]);
    const lease = await takeLease(sql, "poison", "heir");
    if (!lease) throw new Error("the dead owner's lease has run out");
    const taken = await takeOver(sql, lease, 1);
    expect(taken).toMatchObject({ interrupted: death < 3 ? 1 : 0, poisoned: death < 3 ? 0 : 1, phantoms: 1 });
    if (death < 3)
      expect(Date.parse((await statusOf(sql, id)).dueAt ?? "")).toBeGreaterThan(Date.now() + 30_000);
    await releaseLease(sql, lease, { version: 1, restsUntilMs: null, gate: anOpenGate });
  }
  const [failure] = await sql`select category, team from redrive.failures where record_id = ${id}`;
  expect(failure).toEqual({ category: "poison", team: "technical" });
  expect(await sql`select 1 from graphile_worker.jobs where task_identifier = 'tell'`).toHaveLength(1);
});

test("of the records that were there at a death only one is on its way at a time, and the journal says so", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  const provider = simulator.provider("suspects");
  provider.set({ outage: "black_hole" });
  await aProvider(sql, "suspects", { url: provider.url, batchSizeMax: 10 });
  const suspects = await enqueueMany(sql, "suspects", 5);
  await sql`update redrive.queue set interruptions = 1`;
  await sql`update redrive.provider_state set control = ${sql.json(grownTo(4) as never)}, batch_size = 4`;
  const own2 = await aWorker(own.url);
  try {
    await provider.nextRequest();
    const innocent = await enqueue(sql, "suspects");
    await eventually(async () => {
      const [state] = await sql<{ inFlight: string[] }[]>`select in_flight from redrive.provider_state`;
      expect(state?.inFlight).toContain(innocent);
      expect(state?.inFlight.filter((id) => suspects.includes(id))).toHaveLength(1);
    });
  } finally {
    await own2.drains.stop(0);
    await own2.stop();
  }
});

test("a call that is given up at a stop is written down, uncharged, and waits until it must be over", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  const provider = simulator.provider("givenup");
  provider.set({ outage: "black_hole" });
  await aProvider(sql, "givenup", { url: provider.url });
  const id = await enqueue(sql, "givenup");
  const hasty = await aWorker(own.url);
  await provider.nextRequest();
  await hasty.drains.stop(0);
  await hasty.stop();
  const [queued] =
    await sql`select attempts, tries, interruptions, due_at > now() + interval '80 seconds' as later from redrive.queue`;
  expect(queued).toEqual({ attempts: 0, tries: 1, interruptions: 0, later: true });
  const [event] = await sql`select kind from redrive.events where record_id = ${id}`;
  expect(event?.kind).toBe("interrupted");
  expect(await stateOf(sql, "givenup")).toMatchObject({ owner: null });
});

test("requests of a dead owner take up places only until their deadline, and new records go beside them", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  const provider = simulator.provider("beside");
  await aProvider(sql, "beside", { url: provider.url, batchSizeMax: 10 });
  const id = await enqueue(sql, "beside");
  // A batch size of 4, as an earlier owner reached it, and one request of that owner still out.
  await sql`update redrive.provider_state set control = ${sql.json(grownTo(4) as never)}, batch_size = 4`;
  await leaveInFlight(sql, "beside", [id]);
  const own2 = await aWorker(own.url);
  try {
    await eventually(async () => {
      const [row] = await sql`select count(*)::int as n from redrive.events where kind = 'interrupted'`;
      expect(row?.n).toBe(1);
    });
    await eventually(async () => expect((await stateOf(sql, "beside")).owner).toBeNull());
    const fresh = await enqueue(sql, "beside");
    await eventually(async () => expect((await statusOf(sql, fresh)).status).toBe("delivered"));
    expect((await statusOf(sql, id)).status).not.toBe("delivered");
  } finally {
    await own2.stop();
  }
});

test("an answer that Postgres can't hold is settled all the same, and holds up no other", async () => {
  const { sql } = base;
  const half = `${"x".repeat(1_999)}😀`;
  await using server = await aProviderServer(({ body }, response) => {
    if (body.includes('"n": 1}')) response.writeHead(422).end(half);
    else if (body.includes('"n": 2}'))
      response.writeHead(422).end(JSON.stringify({ message: `a\u0000b ${half}` }));
    else response.writeHead(200).end();
  });
  await aProvider(sql, "words", { url: server.url, ...fast });
  await enqueueMany(sql, "words", 20);
  await eventually(async () =>
    expect(await standing(sql, "words")).toMatchObject({ failed: 2, delivered: 18 }),
  );
  expect(server.received).toHaveLength(20);
});

test("one result that the database refuses is set aside alone; the others are written, and none is sent again", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  // A database that refuses one record's event, as a full disk of constraints might.
  await sql`create function refuse() returns trigger language plpgsql as ${sql.unsafe(`$$begin
    if new.detail ->> 'body' like '%unspeakable%' then raise exception 'refused' using errcode = '23514'; end if;
    return new; end$$`)}`;
  await sql`create trigger refuse before insert on redrive.events for each row execute function refuse()`;
  await using server = await aProviderServer(({ body }, response) => {
    response
      .writeHead(body.includes('"n": 3}') ? 422 : 200)
      .end(body.includes('"n": 3}') ? "unspeakable" : "");
  });
  await aProvider(sql, "refused", { url: server.url, ...fast });
  await enqueueMany(sql, "refused", 12);
  const own2 = await aWorker(own.url);
  try {
    await eventually(async () =>
      expect(await standing(sql, "refused")).toMatchObject({ queued: 0, failed: 1, delivered: 11 }),
    );
    expect(server.received).toHaveLength(12);
  } finally {
    await own2.stop();
  }
});

test("a provider whose secrets can't be opened is left alone, and no other waits for it", async () => {
  const { sql } = base;
  const provider = simulator.provider("sealed");
  await aProvider(sql, "sealed", { url: provider.url });
  await sql`update redrive.providers set sealed_auth = 'v1.not.a.secret' where slug = 'sealed'`;
  await enqueue(sql, "sealed");
  const other = await enqueue(sql, "awake");
  await eventually(async () => expect((await statusOf(sql, other)).status).toBe("delivered"));
  await eventually(async () => {
    const [row] =
      await sql`select owner is null and rests_until > now() as rests from redrive.provider_state where provider = 'sealed'`;
    expect(row?.rests).toBe(true);
  });
  expect(provider.counts().received).toBe(0);
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

/** What a worker leaves that died with these records on their way. */
async function leaveInFlight(sql: TestDatabase["sql"], provider: string, ids: string[]): Promise<void> {
  await sql`
    update redrive.provider_state
    set owner = 'dead', epoch = epoch + 1, lease_until = now() - interval '1 second', in_flight = ${ids}::uuid[],
      in_flight_until = now() + interval '1 minute'
    where provider = ${provider}`;
}

function grownTo(size: number) {
  const control = newControl(Date.now());
  return { ...control, batch: { ...control.batch, size } };
}
