// Failures that come back by themselves when their provider recovers.
import { afterAll, beforeAll, expect, test } from "vitest";
import { redriveFailures } from "#db/writes/redrive-failures.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  anEngine,
  type Engine,
  enqueue,
  enqueueMany,
  eventually,
  standing,
  stateOf,
  statusOf,
} from "#tests/support/engine.ts";
import { aProviderServer, ok, says } from "#tests/support/provider-server.ts";

let base: Engine;
beforeAll(async () => {
  base = await anEngine();
});
afterAll(() => base[Symbol.asyncDispose]());

const fast = {
  backoff: { baseMs: 50, factor: 1, jitter: 0, attemptsMax: 1 },
  breaker: { probeEveryMs: 300, goodTrials: 3 },
  timeoutMs: { connect: 500, headers: 1_000, total: 2_000 },
};

type Failed = { category?: string; redrives?: number; ago?: string; priority?: number };

/** Records that failed a while ago. */
async function failures(provider: string, count: number, given: Failed = {}): Promise<string[]> {
  const { category = "technical", redrives = 0, ago = "1 hour" } = given;
  return base.sql.begin(async (sql) => {
    const rows = await sql<{ id: string }[]>`
      insert into redrive.outbox (provider, payload)
      select ${provider}, jsonb_build_object('failed', n) from generate_series(1, ${count}::int) as n
      returning id`;
    const ids = rows.map(({ id }) => id);
    await sql`delete from redrive.queue where record_id = any (${ids}::uuid[])`;
    await sql`
      insert into redrive.failures
        (record_id, provider, category, team, fingerprint, message, attempts, tries, failed_at, redrives)
      select id, ${provider}, ${category}, 'technical', 'f', 'm', 1, 1, now() - ${ago}::interval, ${redrives}
      from unnest(${ids}::uuid[]) as id`;
    return ids;
  }) as Promise<string[]>;
}

const kindsOf = async (id: string) =>
  (
    await base.sql<{ kind: string }[]>`select kind from redrive.events where record_id = ${id} order by at`
  ).map(({ kind }) => kind);

test("when the breaker closes technical failures come back, a few at a time behind fresh records; others never", async () => {
  const { sql } = base;
  const came: boolean[] = [];
  await using provider = await aProviderServer(says(503));
  await aProvider(sql, "recovering", { url: provider.url, ...fast, batchSizeMax: 5 });
  const technical = await failures("recovering", 12);
  const [data] = await failures("recovering", 1, { category: "client_data" });
  const [adapter] = await failures("recovering", 1, { category: "adapter_error" });
  const [poison] = await failures("recovering", 1, { category: "poison" });
  const [tired] = await failures("recovering", 1, { redrives: 5 });
  await enqueueMany(sql, "recovering", 200);
  await eventually(async () => expect((await stateOf(sql, "recovering")).breaker).toBe("open"));
  expect((await standing(sql, "recovering")).failed).toBe(16);

  provider.answer((received, response) => {
    came.push(received.body.includes("failed"));
    setTimeout(() => ok(received, response), 10);
  });
  await eventually(async () => {
    expect(await standing(sql, "recovering")).toMatchObject({ queued: 0, delivered: 212, failed: 4 });
  });
  for (const id of technical) expect(await kindsOf(id)).toEqual(["redriven", "delivered"]);
  for (const id of [data, adapter, poison, tired]) expect(await kindsOf(id ?? "")).toEqual([]);
  const firstHundred = came.slice(0, 100).filter((isBack) => isBack).length;
  expect(firstHundred).toBeLessThanOrEqual(13);
  expect(came.filter((isBack) => isBack).length).toBe(12);
});

test("where the provider's policy says so they never come back by themselves, and nobody keeps looking", async () => {
  const { sql } = base;
  await using provider = await aProviderServer(says(503));
  await aProvider(sql, "manual", { url: provider.url, ...fast, autoRedrive: false });
  const [id] = await failures("manual", 1);
  await enqueueMany(sql, "manual", 10);
  await eventually(async () => expect((await stateOf(sql, "manual")).breaker).toBe("open"));
  provider.answer(ok);
  await eventually(async () =>
    expect(await standing(sql, "manual")).toMatchObject({ queued: 0, delivered: 10 }),
  );
  await eventually(async () => expect((await stateOf(sql, "manual")).owner).toBeNull());
  const { epoch } = await stateOf(sql, "manual");
  // Two sweeps later, as another provider's record that waits for its time shows.
  await aProvider(sql, "clock", { url: provider.url });
  const [row] = await sql<{ id: string }[]>`
    select redrive.enqueue('clock', '{}', not_before => now() + interval '2 seconds') as id`;
  await eventually(async () => expect((await statusOf(sql, row?.id ?? "")).status).toBe("delivered"));
  expect((await stateOf(sql, "manual")).epoch).toBe(epoch);
  expect((await statusOf(sql, id ?? "")).status).toBe("failed");
});

test("a record that fails while others succeed comes back after something got through, five times at most", async () => {
  const { sql } = base;
  await using provider = await aProviderServer((received, response) =>
    (received.body.includes("bad") ? says(500) : ok)(received, response),
  );
  await aProvider(sql, "mixed", { url: provider.url, ...fast, batchSizeMax: 5 });
  await enqueueMany(sql, "mixed", 30);
  await eventually(async () => expect((await standing(sql, "mixed")).queued).toBe(0));
  const bad = await enqueue(sql, "mixed", { bad: true });
  for (const returned of [0, 4, 5]) {
    await eventually(async () => {
      // Others keep succeeding, so the record is to blame.
      await enqueue(sql, "mixed", { good: true });
      const [failure] = await sql<{ redrives: number }[]>`
        select redrives from redrive.failures where record_id = ${bad} and state = 'open'`;
      expect(failure?.redrives).toBe(returned);
    });
    // It has rested for long enough, and has come back three times more.
    await sql`
      update redrive.failures set failed_at = now() - interval '1 hour', redrives = greatest(3, redrives)
      where record_id = ${bad}`;
  }
  const before = (await kindsOf(bad)).length;
  for (let more = 0; more < 20; more += 1) {
    const id = await enqueue(sql, "mixed", { good: true });
    await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  }
  const kinds = await kindsOf(bad);
  expect(kinds.length).toBe(before);
  expect(kinds.filter((kind) => kind === "redriven").length).toBe(2);
  expect((await statusOf(sql, bad)).status).toBe("failed");
});

test("what failed since the recovery began, or has not rested for long enough, stays; the rest grows with each return", async () => {
  const { sql } = base;
  await aProvider(sql, "resting", { flags: { enabled: false, shadow: false, percentage: 100 } });
  const lease = await takeLease(sql, "resting", "test");
  if (!lease) throw new Error("no lease");
  const given = { most: 10, sinceMs: lease.takenAtMs - 60_000, restMs: 0, coolDownBaseMs: 60_000 };
  await failures("resting", 1, { ago: "30 seconds" });
  const ready = [
    ...(await failures("resting", 1, { ago: "90 seconds" })),
    ...(await failures("resting", 1, { ago: "90 seconds", redrives: 1 })),
    ...(await failures("resting", 1, { ago: "130 seconds", redrives: 2 })),
  ];
  await failures("resting", 1, { ago: "90 seconds", redrives: 2 });
  await failures("resting", 1, { ago: "200 seconds", redrives: 3 });
  const { back, againInMs } = await redriveFailures(sql, lease, given);
  expect(back).toBe(3);
  // The one of 90 s has 120 to rest, the one of 200 s has 240.
  expect(againInMs).toBeGreaterThan(20_000);
  expect(againInMs).toBeLessThanOrEqual(30_000);
  const queued = await sql<{ id: string; priority: number; redrives: number }[]>`
    select record_id as id, priority, redrives from redrive.queue where provider = 'resting' order by redrives`;
  expect(queued.map(({ id }) => id)).toEqual(ready);
  expect(queued.map(({ redrives }) => redrives)).toEqual([1, 2, 3]);
  expect(new Set(queued.map(({ priority }) => priority))).toEqual(new Set([32_767]));
  // As many as may are under way.
  await failures("resting", 2, { ago: "90 seconds" });
  expect(await redriveFailures(sql, lease, { ...given, most: 3 })).toEqual({ back: 0, againInMs: 0 });
  expect(await redriveFailures(sql, { ...lease, epoch: lease.epoch + 1 }, given)).toMatchObject({ back: 0 });
});
