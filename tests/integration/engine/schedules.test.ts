// Schedules: the application's functions, started by the clock of the provider's zone, each time once.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freeJobsOfDeadWorkers } from "#db/writes/free-jobs.ts";
import { runSchedule } from "#db/writes/start-schedule.ts";
import { localDay } from "#lib/core/zoned.ts";
import { aProvider } from "#tests/support/database.ts";
import { aServedEngine, eventually, type ServedEngine, standing } from "#tests/support/engine.ts";
import type { ProviderServer } from "#tests/support/provider-server.ts";
import type { ScheduleFunction } from "#worker/application.ts";
import { startDueSchedules } from "#worker/upkeep/schedules.ts";

type Ran = { provider: string; scheduledAt: string; day: string };

let base: ServedEngine;
let server: ProviderServer;
const ran: Ran[] = [];
/** What a schedule's function does here; by default it enqueues three records. */
let work: ScheduleFunction = async ({ enqueue }) => enqueue([1, 2, 3].map((n) => ({ payload: { n } })));

beforeAll(async () => {
  const schedules: Record<string, ScheduleFunction> = {
    fetch: async (given) => {
      ran.push({ provider: given.provider, scheduledAt: given.scheduledAt, day: given.day });
      await work(given);
    },
  };
  base = await aServedEngine({ workers: 2, application: { schedules } });
  server = base.server;
});
afterAll(() => base[Symbol.asyncDispose]());

const hourMs = 3_600_000;
const runsOf = (provider: string) => ran.filter((each) => each.provider === provider);
const rowsOf = (provider: string) =>
  base.sql<
    { dueAt: string; startedBy: string; enqueued: number | null; error: string | null; ended: boolean }[]
  >`
    select due_at, started_by, enqueued, error, ended_at is not null as ended
    from redrive.schedule_runs where provider = ${provider} order by due_at`;

/** Daily at the UTC time of `atMs`. */
function dailyAt(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
}
const wholeMinute = (ms: number): number => Math.floor(ms / 60_000) * 60_000;

type Scheduled = {
  cron: string;
  agoMs: number | null;
  timeZone?: string;
  run?: string;
  /** A person started one so long ago, ms. */
  ana?: number;
};

/** A provider with a schedule that last ran `agoMs` ago; null: it is new. */
async function aScheduled(slug: string, { cron, agoMs, timeZone = "UTC", run = "fetch", ana }: Scheduled) {
  await base.sql.begin(async (sql) => {
    await aProvider(sql as never, slug, {
      url: `${server.url}/${slug}`,
      windows: { timeZone, deliver: [], maintenance: [] },
      schedules: [{ name: "daily", cron, run }],
    });
    const ranBefore = async (ms: number, by: string) => {
      await sql`
        insert into redrive.schedule_runs (provider, schedule, due_at, started_by, form, ended_at, enqueued)
        values (${slug}, 'daily', now() - ${ms}::float8 * interval '1 millisecond', ${by}, ${`${cron} ${timeZone}`}, now(), 0)`;
    };
    if (agoMs !== null) await ranBefore(agoMs, "Redrive");
    if (ana !== undefined) await ranBefore(ana, "Ana");
  });
}

test("a schedule that is due runs once over two workers, and its records are delivered", async () => {
  await aScheduled("due", { cron: "* * * * *", agoMs: 90_000 });
  await eventually(async () => expect((await standing(base.sql, "due")).delivered).toBeGreaterThanOrEqual(3));
  const times = runsOf("due").map(({ scheduledAt }) => scheduledAt);
  expect(new Set(times).size).toBe(times.length);
  for (const time of times) expect(Date.parse(time) % 60_000).toBe(0);
  const rows = await rowsOf("due");
  expect(rows[1]).toMatchObject({ startedBy: "Redrive", enqueued: 3, error: null, ended: true });
  await patchAway("due");
});

/** So that it does not run each minute while other tests look. */
const patchAway = (slug: string) =>
  base.sql`update redrive.providers set policy = jsonb_set(policy, '{schedules}', '[]') where slug = ${slug}`;

test("what was missed while no worker lived is made up once, for its own day in the provider's zone", async () => {
  const dueMs = wholeMinute(Date.now() - 2 * hourMs);
  // A zone in which it is another day than in UTC.
  const [timeZone, aheadMs] =
    new Date(dueMs).getUTCHours() >= 10
      ? ["Pacific/Kiritimati", 14 * hourMs]
      : ["Pacific/Pago_Pago", -11 * hourMs];
  await aScheduled("missed", { cron: dailyAt(dueMs + aheadMs), agoMs: 3 * 24 * hourMs, timeZone });
  await eventually(async () => expect((await standing(base.sql, "missed")).delivered).toBe(3));
  const scheduledAt = new Date(dueMs).toISOString();
  expect(
    runsOf("missed").map((each) => ({ ...each, scheduledAt: new Date(each.scheduledAt).toISOString() })),
  ).toEqual([{ provider: "missed", scheduledAt, day: localDay(dueMs, timeZone) }]);
  for (let look = 0; look < 3; look += 1) await startDueSchedules(base.sql);
  expect((await rowsOf("missed")).length).toBe(2);
});

test("a schedule that is new does not run for the past", async () => {
  await aScheduled("new", { cron: dailyAt(Date.now() - 2 * hourMs), agoMs: null });
  await eventually(async () => expect((await rowsOf("new")).length).toBe(1));
  for (let look = 0; look < 3; look += 1) await startDueSchedules(base.sql);
  expect(await rowsOf("new")).toMatchObject([{ enqueued: 0, ended: true }]);
  expect(runsOf("new")).toEqual([]);
});

test("a person starts one now, beside what the clock says, and their name stands by it", async () => {
  await aScheduled("adhoc", { cron: dailyAt(Date.now() + 2 * hourMs), agoMs: 60_000 });
  const { startedAt } = await runSchedule(
    base.sql,
    { slug: "adhoc", name: "daily", reason: "a customer waits" },
    { actor: "Ana" },
  );
  await eventually(async () => expect((await standing(base.sql, "adhoc")).delivered).toBe(3));
  expect((await rowsOf("adhoc")).at(-1)).toMatchObject({ dueAt: startedAt, startedBy: "Ana", enqueued: 3 });
  const [audited] =
    await base.sql`select actor, reason, detail from redrive.audit where action = 'provider.schedule_started'`;
  expect(audited).toEqual({ actor: "Ana", reason: "a customer waits", detail: { schedule: "daily" } });
  // The clock's own run of today is not forgotten for it.
  await startDueSchedules(base.sql, Date.now() + 2 * hourMs + 60_000);
  await eventually(async () => expect((await standing(base.sql, "adhoc")).delivered).toBe(6));

  const refused = runSchedule(base.sql, { slug: "adhoc", name: "weekly", reason: "x" }, { actor: "Ana" });
  await expect(refused).rejects.toThrow('has no schedule "weekly"; it has daily');
});

test("a run that a person started does not stand for one that the clock missed", async () => {
  await aScheduled("beside", { cron: dailyAt(Date.now() - hourMs), agoMs: 24 * hourMs, ana: hourMs / 2 });
  await eventually(async () => expect((await standing(base.sql, "beside")).delivered).toBe(3));
});

test("a function that throws stores nothing, is tried again, and people read why", async () => {
  let tries = 0;
  work = async ({ enqueue }) => {
    tries += 1;
    enqueue([{ payload: { n: tries } }, { payload: { n: tries } }]);
    if (tries === 1) throw new Error("the register is closed");
  };
  await aScheduled("throwing", { cron: dailyAt(Date.now() - hourMs), agoMs: 24 * hourMs });
  await eventually(async () => {
    expect((await rowsOf("throwing")).at(-1)).toMatchObject({
      error: "the register is closed",
      ended: false,
    });
  });
  expect((await standing(base.sql, "throwing")).accepted).toBe(0);
  await eventually(async () => expect((await standing(base.sql, "throwing")).delivered).toBe(2));
  expect((await rowsOf("throwing")).at(-1)).toMatchObject({ error: null, ended: true, enqueued: 2 });
  expect(runsOf("throwing").length).toBe(2);
});

test("a function that no worker has registered says so, with the names that are", async () => {
  await aScheduled("unknown", { cron: dailyAt(Date.now() - hourMs), agoMs: 24 * hourMs, run: "fetsch" });
  await eventually(async () => {
    expect((await rowsOf("unknown")).at(-1)?.error).toMatch(
      /no schedule function is registered as "fetsch"; registered: fetch\./,
    );
  });
});

test("records of a day that are stored carry all that the function says of them", async () => {
  work = async ({ day, enqueue }) =>
    enqueue([
      {
        payload: [1, "two"],
        type: "quote",
        dedupeKey: `isin-1:${day}`,
        orderingKey: "isin-1",
        correlationId: "c",
        owner: "o",
        subject: "s",
        headers: { "x-a": "1" },
        priority: 5,
        onDelivered: "a",
        onFailed: "b",
        onRejected: "c",
        keepResponse: true,
      },
      { payload: {}, idempotencyKey: day },
      { payload: {}, idempotencyKey: day },
    ]);
  await aScheduled("whole", { cron: dailyAt(Date.now() - hourMs), agoMs: 24 * hourMs });
  await eventually(async () =>
    expect((await rowsOf("whole")).at(-1)).toMatchObject({ ended: true, enqueued: 2 }),
  );
  const [row] = await base.sql`select * from redrive.outbox where provider = 'whole' and type = 'quote'`;
  expect(row).toMatchObject({
    payload: [1, "two"],
    dedupeKey: expect.stringMatching(/^isin-1:\d{4}-/),
    orderingKey: "isin-1",
    correlationId: "c",
    owner: "o",
    subject: "s",
    headers: { "x-a": "1" },
    priority: 5,
    onDelivered: "a",
    onFailed: "b",
    onRejected: "c",
    keepResponse: true,
  });
});

test("a worker whose own clock is wrong starts nothing before its time", async () => {
  await aScheduled("clock", { cron: dailyAt(Date.now() + hourMs), agoMs: 60_000 });
  const wrong = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 2 * hourMs);
  try {
    await startDueSchedules(base.sql);
  } finally {
    wrong.mockRestore();
  }
  expect((await rowsOf("clock")).length).toBe(1);
});

test("a schedule that can't be read stops no other", async () => {
  await aScheduled("unreadable", { cron: "every now and then", agoMs: 60_000 });
  work = async ({ enqueue }) => enqueue([{ payload: {} }]);
  await aScheduled("zz-after", { cron: dailyAt(Date.now() - hourMs), agoMs: 24 * hourMs });
  await eventually(async () => expect((await standing(base.sql, "zz-after")).delivered).toBe(1));
});

test("a schedule that is changed begins with what is due from then on, not a second time today", async () => {
  await aScheduled("changed", { cron: dailyAt(Date.now() - 5 * hourMs), agoMs: 5 * hourMs });
  const earlier = [{ name: "daily", cron: dailyAt(Date.now() - hourMs), run: "fetch" }];
  await base.sql`
    update redrive.providers set policy = jsonb_set(policy, '{schedules}', ${base.sql.json(earlier)}) where slug = 'changed'`;
  await eventually(async () => expect((await rowsOf("changed")).length).toBe(2));
  expect(runsOf("changed")).toEqual([]);
  expect((await rowsOf("changed")).map(({ startedBy }) => startedBy)).toEqual([
    "Redrive",
    "Redrive, beginning",
  ]);
});

test("a job that a dead worker had in its hands goes to another", async () => {
  await base.sql`insert into redrive.workers (id, host, pid, seen_at, job_workers)
    values ('dead', 'host', 1, now() - interval '1 hour', '{worker-of-the-dead}')`;
  const [job] = await base.sql<{ id: string }[]>`
    select id from graphile_worker.add_job('nobody_knows_this_task')`;
  await base.sql`
    update graphile_worker._private_jobs set locked_by = 'worker-of-the-dead', locked_at = now() where id = ${job?.id ?? ""}`;
  await freeJobsOfDeadWorkers(base.sql);
  const [after] = await base.sql<{ lockedBy: string | null }[]>`
    select locked_by from graphile_worker._private_jobs where id = ${job?.id ?? ""}`;
  expect(after?.lockedBy).toBeNull();
  const [worker] = await base.sql<{ names: string[] }[]>`
    select job_workers as names from redrive.workers where id <> 'dead' order by started_at limit 1`;
  expect(worker?.names.length).toBeGreaterThan(0);
});
