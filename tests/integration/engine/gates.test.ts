// What the calendar, the quota and the rate allow, with whole workers: as the provider sees it.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sql } from "#db/client.ts";
import { readIdleProviders } from "#db/reads/idle-providers.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { days } from "#lib/core/calendar.ts";
import { newGateMemory } from "#lib/core/gate.ts";
import { localDay, startOfDayMs } from "#lib/core/zoned.ts";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import {
  aServedEngine,
  enqueue,
  enqueueMany,
  eventually,
  holdOf,
  patchPolicy,
  type ServedEngine,
  standing,
  statusOf,
} from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { anOpenGate } from "#tests/support/settlement.ts";

let base: ServedEngine;
let server: ProviderServer;
/** When each request came, by provider: its path. */
const arrivals = new Map<string, number[]>();
const arrivedAt = (provider: string): number[] => arrivals.get(`/${provider}`) ?? [];

/** The next whole minute that is far enough away for a record to be held until then. */
const opensAtMs = Math.ceil((Date.now() + 5_000) / 60_000) * 60_000;

beforeAll(async () => {
  base = await aServedEngine({
    answer: (received, response) => {
      arrivals.set(received.url, [...(arrivals.get(received.url) ?? []), Date.now()]);
      ok(received, response);
    },
  });
  server = base.server;
  // Its test comes last, when the minute is nearly over.
  await aGated("opening", {
    windows: { timeZone: "UTC", deliver: [windowFrom(opensAtMs)], maintenance: [] },
  });
  await enqueueMany(base.sql, "opening", 3);
});
afterAll(() => base[Symbol.asyncDispose]());

const aGated = (slug: string, policy: Parameters<typeof aProvider>[2]) =>
  aProvider(base.sql, slug, { url: `${server.url}/${slug}`, ...policy });

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
/** Twelve hours of every day, from a minute on. */
const windowFrom = (ms: number) => ({ days: [...days], from: timeOf(ms), to: timeOf(ms + 12 * 3_600_000) });
const hourMs = 3_600_000;
const always = { days: [...days], from: "00:00", to: "24:00" };

const until = (sql: Sql, provider: string, hold: string | null) =>
  eventually(async () => expect((await holdOf(sql, provider)).hold).toBe(hold));

test("outside its window a provider is sent nothing, and people read until when; a changed window opens at once", async () => {
  const { sql } = base;
  const fromMs = Date.now() + 3 * hourMs;
  await aGated("shut", { windows: { timeZone: "UTC", deliver: [windowFrom(fromMs)], maintenance: [] } });
  const id = await enqueue(sql, "shut");
  await until(sql, "shut", "outside_window");
  const held = await holdOf(sql, "shut");
  expect(held.reason).toBe("it is outside the delivery window");
  expect(Date.parse(held.until ?? "")).toBe(Math.floor(fromMs / 60_000) * 60_000);
  expect((await statusOf(sql, id)).status).toBe("held");
  expect(arrivedAt("shut")).toEqual([]);

  const patchedMs = Date.now();
  await patchPolicy(sql, "shut", { windows: { deliver: [always] } });
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  expect((arrivedAt("shut")[0] ?? 0) - patchedMs).toBeLessThan(2_000);
  expect((await holdOf(sql, "shut")).hold).toBeNull();
});

test("maintenance comes before an open window, and its end before records go", async () => {
  const { sql } = base;
  const maintenance = [
    { days: [...days], from: timeOf(Date.now() - hourMs), to: timeOf(Date.now() + hourMs) },
  ];
  await aGated("mended", { windows: { timeZone: "UTC", deliver: [always], maintenance } });
  const id = await enqueue(sql, "mended");
  await until(sql, "mended", "outside_window");
  expect((await holdOf(sql, "mended")).reason).toBe("the provider is in its maintenance window");
  expect(arrivedAt("mended")).toEqual([]);
  await patchPolicy(sql, "mended", { windows: { maintenance: [] } });
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
});

test("an owner that lets go with an old policy leaves no rest behind that the new one would not know", async () => {
  const { sql } = base;
  await aGated("stale", { flags: { enabled: false, shadow: false, percentage: 100 } });
  const lease = await takeLease(sql, "stale", "an old one");
  if (!lease) throw new Error("no lease");
  await patchPolicy(sql, "stale", { slowMs: 1_000 });
  const gate = {
    ...anOpenGate,
    gateHold: "outside_window" as const,
    gateUntilMs: Date.now() + hourMs,
    gateReason: "it was",
  };
  const { version } = lease;
  expect(await releaseLease(sql, lease, { version, restsUntilMs: Date.now() + hourMs, gate })).toBe(true);
  const [state] = await sql`
    select owner, rests_until, gate_hold, gate_until, gate_reason from redrive.provider_state where provider = 'stale'`;
  expect(state).toEqual({ owner: null, restsUntil: null, gateHold: null, gateUntil: null, gateReason: null });
});

test("a window that shuts lets no more start, though records are ready", async () => {
  const { sql } = base;
  await aGated("shutting", {
    batchSizeMax: 2,
    limits: { perSecond: 20, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 },
  });
  await enqueueMany(sql, "shutting", 200);
  await eventually(() => expect(arrivedAt("shutting").length).toBeGreaterThan(5));
  await patchPolicy(sql, "shutting", { windows: { deliver: [windowFrom(Date.now() + 3 * hourMs)] } });
  await until(sql, "shutting", "outside_window");
  await eventually(async () =>
    expect((await standing(sql, "shutting")).delivered).toBe(arrivedAt("shutting").length),
  );
  expect((await standing(sql, "shutting")).queued).toBeGreaterThan(0);
});

const zone = "Pacific/Kiritimati";
const midnightMs = () => startOfDayMs(localDay(Date.now() + 24 * hourMs, zone), zone);
const perDay = (many: number) => ({
  perSecond: null,
  perMinute: null,
  perDay: many,
  perRun: null,
  runEveryMs: 60_000,
});

test("a day's quota is sent and no more, until midnight in the provider's zone; a restart forgets nothing", async () => {
  const { sql } = base;
  const windows = { timeZone: zone, deliver: [], maintenance: [] };
  await aGated("quota", { limits: perDay(7), windows });
  await enqueueMany(sql, "quota", 10);
  await until(sql, "quota", "quota_spent");
  expect(arrivedAt("quota").length).toBe(7);
  const held = await holdOf(sql, "quota");
  expect(held.reason).toBe("the 7 of a day are sent");
  expect(Date.parse(held.until ?? "")).toBe(midnightMs());

  await base.restart();
  // Whoever owns it next looks at once, not at midnight.
  await sql`update redrive.provider_state set rests_until = null where provider = 'quota'`;
  await until(sql, "quota", "quota_spent");
  expect(arrivedAt("quota").length).toBe(7);
  await patchPolicy(sql, "quota", { limits: { perDay: 9 } });
  await eventually(() => expect(arrivedAt("quota").length).toBe(9));
  await until(sql, "quota", "quota_spent");
  expect(await standing(sql, "quota")).toMatchObject({ delivered: 9, queued: 1 });
});

test("a day's quota is not exceeded by a worker that is killed amid it and the one that takes over", async () => {
  const { sql, url } = await aDatabase();
  let received = 0;
  await using provider = await aProviderServer((request, response) => {
    received += 1;
    setTimeout(() => ok(request, response), 30);
  });
  const timeoutMs = { connect: 500, headers: 500, total: 500 };
  await aProvider(sql, "killed", { url: provider.url, limits: perDay(100), timeoutMs });
  await enqueueMany(sql, "killed", 300);
  const env = { DATABASE_URL: url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" };
  await using victim = run("worker.ts", env);
  await eventually(() => expect(received, victim.output()).toBeGreaterThan(40), 40_000);
  await victim.kill("SIGKILL");
  expect(received).toBeLessThan(100);
  // Its lease ends by itself; a test need not wait for that.
  await sql`update redrive.provider_state set lease_until = now() - interval '1 second' where provider = 'killed'`;
  await using heir = run("worker.ts", env);
  await eventually(
    async () => expect((await holdOf(sql, "killed")).hold, heir.output()).toBe("quota_spent"),
    40_000,
  );
  expect(received).toBeLessThanOrEqual(100);
  // What the dead one might have sent counts; that is no more than its journal.
  expect(received).toBeGreaterThan(60);
  await heir.kill("SIGTERM");
});

test("what a dead worker may have sent counts as sent: its journal says what that is", async () => {
  const { sql } = base;
  await aGated("maybe", {
    limits: perDay(100),
    timeoutMs: { connect: 100, headers: 100, total: 100 },
    flags: { enabled: false, shadow: false, percentage: 100 },
  });
  const ids = await enqueueMany(sql, "maybe", 10);
  const memory = { ...newGateMemory, quota: { day: localDay(Date.now(), "UTC"), used: 95 } };
  await sql`
    update redrive.provider_state
    set owner = 'a dead one', lease_until = now() - interval '1 second', in_flight = ${ids.slice(0, 3)}::uuid[],
      in_flight_until = now(), gate = ${sql.json(memory as never)}
    where provider = 'maybe'`;
  await patchPolicy(sql, "maybe", { flags: { enabled: true } });
  await until(sql, "maybe", "quota_spent");
  await eventually(async () => expect((await standing(sql, "maybe")).delivered).toBe(2));
  expect(arrivedAt("maybe").length).toBe(2);
});

/** The most arrivals in any interval of so many ms. */
function mostIn(times: readonly number[], ms: number): number {
  let most = 0;
  for (const from of times) most = Math.max(most, times.filter((at) => at >= from && at < from + ms).length);
  return most;
}

test("a minute's limit is kept from its first second", async () => {
  const { sql } = base;
  const limits = { perSecond: null, perMinute: 120, perDay: null, perRun: null, runEveryMs: 60_000 };
  await aGated("slowly", { limits, batchSizeMax: 10 });
  await enqueueMany(sql, "slowly", 40);
  await eventually(() => expect(arrivedAt("slowly").length).toBeGreaterThan(12));
  const times = arrivedAt("slowly");
  // Six at once, then one in 522 ms.
  expect(mostIn(times, 2_000)).toBeLessThanOrEqual(10);
  expect(mostIn(times.slice(6), 2_000)).toBeLessThanOrEqual(5);
});

test("a run ends after its records; the next begins with the next insert", async () => {
  const { sql } = base;
  const limits = { perSecond: null, perMinute: null, perDay: null, perRun: 5, runEveryMs: hourMs };
  await aGated("runs", { limits });
  await enqueueMany(sql, "runs", 12);
  await until(sql, "runs", "quota_spent");
  await eventually(async () => expect((await standing(sql, "runs")).delivered).toBe(5));
  const held = await holdOf(sql, "runs");
  expect(held.reason).toBe("a run sends at most 5");
  expect(Date.parse(held.until ?? "")).toBeGreaterThan(Date.now() + hourMs - 60_000);
  await eventually(async () => {
    const [state] = await sql`select owner from redrive.provider_state where provider = 'runs'`;
    expect(state?.owner).toBeNull();
  });
  const insertedMs = Date.now();
  await enqueue(sql, "runs");
  await eventually(async () => expect((await standing(sql, "runs")).delivered).toBe(10));
  expect((arrivedAt("runs")[5] ?? 0) - insertedMs).toBeLessThan(1_000);
  await eventually(async () => expect((await holdOf(sql, "runs")).hold).toBe("quota_spent"));
  expect(await standing(sql, "runs")).toMatchObject({ delivered: 10, queued: 3 });
});

test.each([300, 2_000])(
  "without an insert the next run begins after its %i ms, down to the last record",
  async (runEveryMs) => {
    const { sql } = base;
    const slug = `every${runEveryMs}`;
    const limits = { perSecond: null, perMinute: null, perDay: null, perRun: 4, runEveryMs };
    await aGated(slug, { limits });
    await enqueueMany(sql, slug, 10);
    await eventually(async () => expect((await standing(sql, slug)).delivered).toBe(10));
    const times = arrivedAt(slug);
    expect((times[4] ?? 0) - (times[3] ?? 0)).toBeGreaterThanOrEqual(runEveryMs - 20);
    expect((times[8] ?? 0) - (times[7] ?? 0)).toBeGreaterThanOrEqual(runEveryMs - 20);
    expect((times[4] ?? 0) - (times[3] ?? 0)).toBeLessThan(runEveryMs + 1_500);
  },
);

test("a run whose last answer comes after its rest goes on with the next", async () => {
  const { sql } = base;
  await using slow = await aProviderServer((received, response) => {
    setTimeout(() => ok(received, response), 700);
  });
  const limits = { perSecond: null, perMinute: null, perDay: null, perRun: 1, runEveryMs: 200 };
  await aProvider(sql, "latelast", { url: slow.url, limits });
  await enqueueMany(sql, "latelast", 4);
  await eventually(async () => expect((await standing(sql, "latelast")).delivered).toBe(4));
});

test("Retry-After holds the provider for as long as it says, and names it", async () => {
  const { sql } = base;
  const times: number[] = [];
  await using busy = await aProviderServer((received, response) => {
    times.push(Date.now());
    const answer = times.length === 1 ? says(429, {}, { "retry-after": "3" }) : ok;
    answer(received, response);
  });
  await aProvider(sql, "busy", { url: busy.url });
  await enqueueMany(sql, "busy", 3);
  await until(sql, "busy", "quota_spent");
  expect((await holdOf(sql, "busy")).reason).toBe("the provider asked us to wait");
  await eventually(async () => expect((await standing(sql, "busy")).delivered).toBe(3));
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2_990);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(5_000);
});

test("a window opens by itself, in its minute and not before", { timeout: 90_000 }, async () => {
  const { sql } = base;
  await eventually(async () => expect((await standing(sql, "opening")).delivered).toBe(3), 80_000);
  const [first = 0] = arrivedAt("opening");
  expect(first).toBeGreaterThanOrEqual(opensAtMs - 5);
  expect(first).toBeLessThan(opensAtMs + 2_000);
});

test("a record that waited behind another of its ordering key is no insert: it begins no run", async () => {
  const { sql } = base;
  server.answer(ok);
  await aProvider(sql, "chained", {
    url: `${server.url}/chained`,
    limits: { perSecond: null, perMinute: null, perDay: null, perRun: 1, runEveryMs: 3_600_000 },
  });
  await sql`
    insert into redrive.outbox (provider, payload, ordering_key)
    select 'chained', jsonb_build_object('n', n), 'k' from generate_series(1, 3) as n`;
  await eventually(async () => expect((await standing(sql, "chained")).delivered).toBe(1));
  await eventually(async () => expect((await holdOf(sql, "chained")).hold).toBe("quota_spent"));
  const [next] = await sql`select from redrive.queue where provider = 'chained' and due_at <= now()`;
  expect(next).toBeDefined();
  expect((await readIdleProviders(sql)).map(({ provider }) => provider)).not.toContain("chained");
});
