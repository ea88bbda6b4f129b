// Canaries: records that prove that the pipe flows, by a real worker to a real provider, and that are nobody's business.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCanaries } from "#db/reads/canaries.ts";
import { readFailures } from "#db/reads/failures.ts";
import { readOverview } from "#db/reads/overview.ts";
import { readProviderStates } from "#db/reads/provider-states.ts";
import { readRecords } from "#db/reads/records.ts";
import { endLateCanaries } from "#db/writes/end-late-canaries.ts";
import { ensureLoopback } from "#db/writes/ensure-loopback.ts";
import { sampleBacklog } from "#db/writes/sample-backlog.ts";
import { absorbLateSuccesses, settle } from "#db/writes/settle.ts";
import { runCanary, startCanary } from "#db/writes/start-canary.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { interruptionsMax, takeOver } from "#db/writes/take-over.ts";
import { FailuresQuery } from "#lib/contract/failure.ts";
import { RecordsQuery } from "#lib/contract/record.ts";
import { canaryType } from "#lib/core/desk.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { aWorker, enqueue, eventually, patchPolicy, standing, statusOf } from "#tests/support/engine.ts";
import { aProviderServer, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { aResult, aSettlement } from "#tests/support/settlement.ts";
import { runCanaries } from "#worker/canary/canaries.ts";
import type { Worker } from "#worker/main.ts";

let base: TestDatabase;
let worker: Worker;
let server: ProviderServer;

beforeAll(async () => {
  base = await aDatabase();
  server = await aProviderServer();
  worker = await aWorker(base.url);
});
afterAll(async () => {
  await worker.stop();
  await server[Symbol.asyncDispose]();
  await base[Symbol.asyncDispose]();
});

/** A day that no test runs on: the clock of the worker starts nothing by itself. */
const never = "0 0 29 2 *";

type Given = {
  cron?: string;
  timeZone?: string;
  expect?: object;
  limitMs?: number;
  enabled?: boolean;
  on?: TestDatabase;
};

/** A canary of a provider of its own, which is made if need be. */
async function aCanary(slug: string, given: Given = {}, policy: Parameters<typeof aProvider>[2] = {}) {
  const { cron = never, timeZone = "UTC", expect = {}, limitMs = 10_000, enabled = true, on = base } = given;
  const [known] = await on.sql`select from redrive.providers where slug = ${slug}`;
  if (!known) await aProvider(on.sql, slug, { url: `${server.url}/${slug}`, ...policy });
  await on.sql`
    insert into redrive.canaries
      (slug, provider, cron, time_zone, payload, expect, limit_ms, enabled, updated_at, updated_by)
    values (
      ${slug}, ${slug}, ${cron}, ${timeZone}, '{"is": "a canary"}', ${on.sql.json(expect as never)}, ${limitMs}, ${enabled},
      now() - interval '2 years', 'test'
    )`;
}

type Run = {
  dueAt: string;
  startedBy: string;
  recordId: string;
  ended: boolean;
  ok: boolean | null;
  slow: boolean;
  tookMs: number | null;
  error: string | null;
};

const runsOf = (canary: string, on = base) => on.sql<Run[]>`
  select due_at, started_by, record_id, ended_at is not null as ended, ok, slow, took_ms, error
  from redrive.canary_runs where canary = ${canary} order by due_at`;

/** Starts one as a person does, and waits for its end. */
async function ran(slug: string): Promise<Run> {
  const { recordId } = await runCanary(base.sql, { slug }, { actor: "Ana" });
  return eventually(async () => {
    const run = (await runsOf(slug)).find((each) => each.recordId === recordId);
    expect(run?.ended).toBe(true);
    return run as Run;
  });
}

const queued = async (provider: string) => (await standing(base.sql, provider)).queued;

/** The server answers those of one provider so. */
const answers = new Map<string, Parameters<ProviderServer["answer"]>[0]>();
beforeAll(() => {
  server.answer((received, response) => {
    const answer = answers.get(received.url.slice(1)) ?? says(200, { state: "up" });
    answer(received, response);
  });
});

describe("a run", () => {
  test("is ok when it is delivered, answered as expected, and in time", async () => {
    await aCanary("well", { expect: { status: 200, jsonPath: "$.state", equals: "up" } });
    const run = await ran("well");
    expect(run).toMatchObject({ ok: true, slow: false, error: null, startedBy: "Ana" });
    expect(run.tookMs).toBeGreaterThan(0);
    const [received] = server.received.filter(({ url }) => url === "/well");
    expect(JSON.parse(received?.body ?? "")).toEqual({ is: "a canary" });
    expect(received?.headers["x-correlation-id"]).toMatch(/^well@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await statusOf(base.sql, run.recordId)).toMatchObject({ status: "delivered", attempts: 1 });
  });

  test("fails when the answer is another than the expected, delivered or not", async () => {
    await aCanary("wrong", { expect: { status: 200, jsonPath: "$.state", equals: "fine" } });
    expect(await ran("wrong")).toMatchObject({
      ok: false,
      slow: false,
      error: 'Its answer has "up" at $.state, not "fine".',
    });
    await base.sql`update redrive.canaries set expect = '{"status": 202}' where slug = 'wrong'`;
    expect((await ran("wrong")).error).toBe("It answered 200, not 202.");
  });

  test("is slow when it took longer than its limit, and nothing else is wrong", async () => {
    answers.set("slow", (_, response) => setTimeout(() => response.writeHead(200).end("{}"), 300));
    await aCanary("slow", { limitMs: 200 });
    const run = await ran("slow");
    expect(run).toMatchObject({ ok: false, slow: true });
    expect(run.tookMs).toBeGreaterThan(200);
    expect(run.error).toMatch(/^It took \d+ ms, and may take 200 ms\.$/);
  });

  test("fails at once when the provider does: it goes once, is no failure, and is never tried again", async () => {
    answers.set("down", says(503));
    await aCanary("down");
    const run = await ran("down");
    expect(run).toMatchObject({ ok: false, slow: false });
    expect(run.error).toContain("503");
    expect(await standing(base.sql, "down")).toMatchObject({ queued: 0, failed: 0 });
    expect(await statusOf(base.sql, run.recordId)).toMatchObject({ status: "discarded", attempts: 1 });
    expect(server.received.filter(({ url }) => url === "/down")).toHaveLength(1);
  });

  test.each([
    ["refused", says(422, { message: "no canaries" }), /no canaries/],
    ["throttled", says(429, {}, { "retry-after": "1" }), /429/],
  ])("fails when it is %s", async (slug, answer, error) => {
    answers.set(slug, answer);
    await aCanary(slug);
    expect((await ran(slug)).error).toMatch(error);
    expect(await standing(base.sql, slug)).toMatchObject({ queued: 0, failed: 0 });
  });

  test("fails when everything but the call is done", async () => {
    await aCanary("shadowed", {}, { flags: { enabled: true, shadow: true, percentage: 100 } });
    expect(await ran("shadowed")).toMatchObject({ ok: false, error: expect.stringContaining("in shadow") });
    expect(server.received.filter(({ url }) => url === "/shadowed")).toHaveLength(0);
  });

  test("opens the breaker as any record does", async () => {
    answers.set("breaking", says(503));
    await aCanary("breaking", {}, { batchSizeMax: 1 });
    for (let n = 0; n < 12; n += 1) {
      const [state] = await readProviderStates(base.db, "breaking");
      if (state?.state.breaker === "open") break;
      await ran("breaking");
    }
    expect((await readProviderStates(base.db, "breaking"))[0]?.state.breaker).toBe("open");
  });
});

describe("a provider that is held", () => {
  test("has its canary end as not delivered in time, and its queue stays empty of them", async () => {
    await aCanary("held");
    await base.sql`
      update redrive.provider_state set paused_at = now(), paused_by = 'Ana', pause_reason = 'a rest' where provider = 'held'`;
    const started = await runCanary(base.sql, { slug: "held" }, { actor: "Ana" });
    await expect(runCanary(base.sql, { slug: "held" }, { actor: "Ben" })).rejects.toMatchObject({
      code: "conflict",
      extras: { by: "Ana" },
    });
    expect(await queued("held")).toBe(1);
    // Not before its time.
    await endLateCanaries(base.sql);
    expect((await runsOf("held"))[0]?.ended).toBe(false);
    await base.sql`
      update redrive.canary_runs set started_at = started_at - interval '61 seconds' where canary = 'held'`;
    await eventually(async () => expect((await runsOf("held"))[0]?.ended).toBe(true));
    const [run] = await runsOf("held");
    expect(run).toMatchObject({ ok: false, slow: false });
    expect(run?.error).toMatch(/^It was not delivered in time: after 6\d s the provider was paused\.$/);
    expect(await queued("held")).toBe(0);
    expect(await statusOf(base.sql, started.recordId)).toMatchObject({
      status: "discarded",
      lastError: run?.error,
    });
    expect(server.received.filter(({ url }) => url === "/held")).toHaveLength(0);
  });

  test("has one of each canary in its queue at most, however often the clock looks", async () => {
    await aCanary("held-long", { cron: "* * * * *" });
    await base.sql`
      update redrive.provider_state set paused_at = now(), paused_by = 'Ana', pause_reason = 'a rest' where provider = 'held-long'`;
    const nowMs = Date.now();
    for (let minute = 0; minute < 5; minute += 1) await runCanaries(base.sql, nowMs + minute * 60_000);
    expect(await queued("held-long")).toBe(1);
    expect(await runsOf("held-long")).toHaveLength(1);
  });

  test("is waited for three times the limit where that is longer than a minute", async () => {
    await aCanary("patient", { limitMs: 60_000 });
    await base.sql`
      update redrive.provider_state set paused_at = now(), paused_by = 'Ana', pause_reason = 'a rest' where provider = 'patient'`;
    await runCanary(base.sql, { slug: "patient" }, { actor: "Ana" });
    const age = (seconds: number) => base.sql`
      update redrive.canary_runs set started_at = clock_timestamp() - ${seconds} * interval '1 second' where canary = 'patient'`;
    await age(170);
    await endLateCanaries(base.sql);
    expect((await runsOf("patient"))[0]?.ended).toBe(false);
    await age(181);
    await endLateCanaries(base.sql);
    expect((await runsOf("patient"))[0]?.ended).toBe(true);
  });
});

describe("by the clock", () => {
  const runs = async (slug: string) => (await runsOf(slug)).map(({ dueAt }) => dueAt);

  test("it runs when it is due, once over two workers", async () => {
    await using two = await aDatabase();
    await aCanary("twice", { cron: "* * * * *", on: two });
    const workers = await Promise.all([aWorker(two.url), aWorker(two.url)]);
    try {
      await Promise.all(Array.from({ length: 20 }, () => runCanaries(two.sql)));
      await eventually(async () => expect((await runsOf("twice", two))[0]?.ok).toBe(true));
      const started = await runsOf("twice", two);
      expect(new Set(started.map(({ dueAt }) => dueAt)).size).toBe(started.length);
      expect(started.every(({ startedBy }) => startedBy === "Redrive")).toBe(true);
      expect(await two.sql`select from redrive.outbox where provider = 'twice'`).toHaveLength(started.length);
    } finally {
      for (const each of workers) await each.stop();
    }
  });

  test("what was missed is not made up for", async () => {
    await aCanary("missed", { cron: "0 6 * * *" });
    await runCanaries(base.sql, Date.parse("2026-03-02T06:01:01Z"));
    expect(await runs("missed")).toEqual([]);
    await runCanaries(base.sql, Date.parse("2026-03-03T06:00:59Z"));
    expect(await runs("missed")).toEqual(["2026-03-03T06:00:00Z"]);
  });

  test("its times are of its zone, over a change of the clock", async () => {
    await aCanary("london", { cron: "30 1 * * *", timeZone: "Europe/London" });
    const look = async (at: string) => {
      await runCanaries(base.sql, Date.parse(at));
      await eventually(async () => expect((await runsOf("london")).every(({ ended }) => ended)).toBe(true));
    };
    await look("2026-03-28T01:30:10Z");
    // The clock goes forward at 01:00 UTC: 01:30 is skipped, and the run comes at the end of the gap.
    await look("2026-03-29T00:30:10Z");
    await look("2026-03-29T01:00:10Z");
    await look("2026-03-30T00:30:10Z");
    // It goes back at 01:00 UTC: 01:30 comes twice, and the run once.
    await look("2026-10-25T00:30:10Z");
    await look("2026-10-25T01:30:10Z");
    expect(await runs("london")).toEqual([
      "2026-03-28T01:30:00Z",
      "2026-03-29T01:00:00Z",
      "2026-03-30T00:30:00Z",
      "2026-10-25T00:30:00Z",
    ]);
  });

  test("one that is switched off, or whose provider is or is in shadow, does not run", async () => {
    await aCanary("off", { cron: "* * * * *", enabled: false });
    await aCanary("switched-off", { cron: "* * * * *" });
    await patchPolicy(base.sql, "switched-off", { flags: { enabled: false } });
    const already = (await runs("switched-off")).length;
    await aCanary(
      "in-shadow",
      { cron: "* * * * *" },
      { flags: { enabled: true, shadow: true, percentage: 100 } },
    );
    const laterMs = Date.now() + 600_000;
    await runCanaries(base.sql, laterMs);
    expect(await runs("off")).toEqual([]);
    expect(await runs("in-shadow")).toEqual([]);
    expect(await runs("switched-off")).toHaveLength(already);
    await expect(runCanary(base.sql, { slug: "switched-off" }, { actor: "Ana" })).rejects.toThrow(
      "switched off",
    );
    await eventually(async () =>
      expect(await readStates("off", "switched-off", "in-shadow")).toEqual(["off", "off", "off"]),
    );
  });

  test("a person's run is beside the clock's, and in their name", async () => {
    await aCanary("asked", { cron: "0 6 * * *" });
    await ran("asked");
    await runCanaries(base.sql, Date.parse("2027-03-03T06:00:10Z"));
    expect((await runsOf("asked")).map(({ startedBy }) => startedBy)).toEqual(["Ana", "Redrive"]);
    const [row] = await base.sql`
      select actor, subject_kind from redrive.audit where action = 'canary.started' and subject_id = 'asked'`;
    expect(row).toEqual({ actor: "Ana", subjectKind: "canary" });
    await expect(runCanary(base.sql, { slug: "nobody" }, { actor: "Ana" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

const readStates = async (...slugs: string[]) => {
  const canaries = await readCanaries(base.db, {}, { payload: false });
  return slugs.map((slug) => canaries.find((canary) => canary.slug === slug)?.state);
};

describe("the figures of business", () => {
  /** Everything that counts something of a provider. */
  async function figures(provider: string) {
    const [state] = await readProviderStates(base.db, provider);
    const [rollup] = await base.sql`
      select
        coalesce(sum(delivered), 0)::int as delivered, coalesce(sum(retried), 0)::int as retried,
        coalesce(sum(failed), 0)::int as failed, coalesce(sum(backlog), 0)::int as backlog, count(*)::int as buckets
      from redrive.throughput where provider = ${provider}`;
    const { waiting, retrying, sending, held, failed, oldestDueAt } = state?.state ?? {};
    const failures = await readFailures(base.db, FailuresQuery.parse({ provider }));
    const records = await readRecords(base.db, RecordsQuery.parse({ provider }));
    return {
      rollup,
      state: { waiting, retrying, sending, held, failed, oldestDueAt },
      failures: failures.items.length,
      counts: failures.counts,
      records: records.items.length,
    };
  }
  const nothing = {
    rollup: { delivered: 0, retried: 0, failed: 0, backlog: 0, buckets: 0 },
    state: { waiting: 0, retrying: 0, sending: 0, held: 0, failed: 0, oldestDueAt: null },
    failures: 0,
    counts: { technical: 0, client_data: 0, rejected: 0, teams: { technical: 0, client_data: 0 } },
    records: 0,
  };

  test("know nothing of canaries that were delivered, failed, or are refused", async () => {
    await aCanary("quiet");
    await ran("quiet");
    answers.set("quiet", says(422));
    await ran("quiet");
    answers.set("quiet", says(200));
    await ran("quiet");
    await sampleBacklog(base.sql);
    expect(await figures("quiet")).toEqual(nothing);
    const groups = await base.sql`select from redrive.failure_groups where provider = 'quiet'`;
    expect(groups).toHaveLength(0);
  });

  test("know nothing of a canary that waits", async () => {
    await aCanary("waits");
    await base.sql`
      update redrive.provider_state set paused_at = now(), paused_by = 'Ana', pause_reason = 'a rest' where provider = 'waits'`;
    await runCanary(base.sql, { slug: "waits" }, { actor: "Ana" });
    expect(await queued("waits")).toBe(1);
    await base.sql`delete from redrive.throughput where bucket > now() - interval '10 seconds'`;
    await sampleBacklog(base.sql);
    expect(await figures("waits")).toEqual(nothing);
    expect((await readOverview(base.db)).oldestDueAt).toBeNull();
    // A record of business beside it is counted.
    await enqueue(base.sql, "waits");
    expect((await figures("waits")).state).toMatchObject({ held: 1, oldestDueAt: expect.any(String) });
  });

  test("are those of business alone where both go together", async () => {
    await aCanary("both");
    const record = await enqueue(base.sql, "both");
    const run = await ran("both");
    await eventually(async () => expect((await statusOf(base.sql, record)).status).toBe("delivered"));
    expect((await figures("both")).rollup).toMatchObject({ delivered: 1, failed: 0 });
    const listed = async (canaries?: "show" | "only") =>
      (
        await readRecords(base.db, RecordsQuery.parse({ provider: "both", ...(canaries && { canaries }) }))
      ).items
        .map(({ id }) => id)
        .sort();
    expect(await listed()).toEqual([record]);
    expect(await listed("only")).toEqual([run.recordId]);
    expect(await listed("show")).toEqual([record, run.recordId].sort());
    // Whoever looks for it by its id finds it.
    const found = await readRecords(base.db, RecordsQuery.parse({ q: run.recordId }));
    expect(found.items.map(({ id }) => id)).toEqual([run.recordId]);
  });

  test("are those of business alone where both are settled in one statement", async () => {
    await using apart = await aDatabase();
    await aCanary("mixed", { on: apart });
    const started = await startCanary(apart.sql, { slug: "mixed", dueAt: new Date().toISOString() });
    const record = await enqueue(apart.sql, "mixed");
    const lease = await takeLease(apart.sql, "mixed", "a worker");
    if (!started || !lease) throw new Error("not started");
    const written = await settle(
      apart.sql,
      aSettlement("mixed", lease.owner, lease.epoch, [
        aResult.delivered(record),
        aResult.delivered(started.recordId, { kind: "discarded", canary: { fault: "It was refused." } }),
      ]),
    );
    expect(written?.found).toBe(2);
    const [rollup] = await apart.sql`
      select delivered, failed, (select sum(n)::int from unnest(by_outcome) as n) as attempts from redrive.throughput`;
    expect(rollup).toEqual({ delivered: 1, failed: 0, attempts: 1 });
    expect((await runsOf("mixed", apart))[0]).toMatchObject({ ok: false, error: "It was refused." });
  });

  test("a record of business that takes the type of canaries is delivered and tried again as any other", async () => {
    answers.set("poser", says(503));
    await aProvider(base.sql, "poser", {
      url: `${server.url}/poser`,
      backoff: { baseMs: 10, factor: 1, jitter: 0, attemptsMax: 2 },
    });
    await base.sql`insert into redrive.outbox (provider, payload, type) values ('poser', '{}', ${canaryType})`;
    await eventually(() =>
      expect(server.received.filter(({ url }) => url === "/poser").length).toBeGreaterThan(1),
    );
  });
});

describe("a worker that dies", () => {
  test("with a canary on its way leaves a run that says so, and no poison", async () => {
    await using apart = await aDatabase();
    await aCanary("orphan", { on: apart });
    const started = await startCanary(apart.sql, { slug: "orphan", dueAt: new Date().toISOString() });
    const lease = await takeLease(apart.sql, "orphan", "a worker");
    if (!started || !lease) throw new Error("not started");
    await apart.sql`
      update redrive.queue set interruptions = ${interruptionsMax - 1} where record_id = ${started.recordId}`;
    await takeOver(apart.sql, { ...lease, interrupted: [started.recordId] }, 1);
    const [run] = await runsOf("orphan", apart);
    expect(run).toMatchObject({ ok: false, error: expect.stringContaining("The worker died") });
    expect(await standing(apart.sql, "orphan")).toMatchObject({ queued: 0, failed: 0 });
    expect((await statusOf(apart.sql, started.recordId)).status).toBe("discarded");
  });

  test("or loses its lease still has its success count", async () => {
    await using apart = await aDatabase();
    await aCanary("late", { on: apart });
    const started = await startCanary(apart.sql, { slug: "late", dueAt: new Date().toISOString() });
    const id = started?.recordId ?? "";
    await absorbLateSuccesses(apart.sql, "late", [aResult.delivered(id, { canary: { fault: null } })]);
    expect((await runsOf("late", apart))[0]).toMatchObject({ ok: true, ended: true });
  });
});

describe("the loopback", () => {
  test("is made once with its canary, and its first run goes through outbox, worker, HTTP and settlement", async () => {
    await using apart = await aDatabase();
    const made = await Promise.all(Array.from({ length: 5 }, () => ensureLoopback(apart.sql)));
    expect(made.filter(Boolean)).toHaveLength(1);
    // With no worker alive no run ends, and one that is due does not even begin.
    expect((await runsOf("loopback", apart)).map(({ ended }) => ended)).toEqual([false]);
    const laterMs = Date.now() + 600_000;
    const [silent] = await readCanaries(apart.db, {}, { payload: true }, laterMs);
    expect(silent?.state).toBe("silent");

    // Private networks are refused to all others.
    await aProvider(apart.sql, "private", { url: `${server.url}/private` });
    const worker = await aWorker(apart.url, { REDRIVE_ALLOW_PRIVATE_NETWORKS: "0" });
    try {
      await eventually(async () => expect((await runsOf("loopback", apart))[0]?.ok).toBe(true));
      const [canary] = await readCanaries(apart.db, {}, { payload: true });
      expect(canary).toMatchObject({
        slug: "loopback",
        builtIn: true,
        state: "ok",
        enabled: true,
        limitMs: 10_000,
      });
      const run = (await runsOf("loopback", apart))[0];
      const [event] = await apart.sql<{ status: number; detail: { response: string } }[]>`
        select status, detail from redrive.events where record_id = ${run?.recordId ?? ""} and kind = 'delivered'`;
      expect(event?.status).toBe(200);
      expect(JSON.parse(event?.detail.response ?? "")).toEqual({
        worker: worker.id,
        echo: { canary: "loopback" },
      });

      const refused = await enqueue(apart.sql, "private");
      await eventually(async () =>
        expect((await statusOf(apart.sql, refused)).lastError).toContain("loopback or private"),
      );
    } finally {
      await worker.stop();
    }
  });

  test("can be switched off, and nothing else of it be changed; no other provider can become it", async () => {
    await using apart = await aDatabase();
    await ensureLoopback(apart.sql);
    await expect(patchPolicy(apart.sql, "loopback", { url: "https://example.org" })).rejects.toThrow(
      "built in",
    );
    await expect(patchPolicy(apart.sql, "loopback", { batchSizeMax: 2 })).rejects.toThrow("built in");
    expect((await patchPolicy(apart.sql, "loopback", { flags: { enabled: false } })).flags.enabled).toBe(
      false,
    );
    await aProvider(apart.sql, "other");
    await expect(
      patchPolicy(apart.sql, "other", { adapter: "loopback", url: "loopback:echo" }),
    ).rejects.toThrow("Redrive's own");
  });

  test("leaves a provider of the same name that people made as it is", async () => {
    await using apart = await aDatabase();
    await aProvider(apart.sql, "loopback", { url: "https://loopback.example" });
    expect(await ensureLoopback(apart.sql)).toBe(false);
    const [row] = await apart.sql`select policy ->> 'url' as url from redrive.providers`;
    expect(row).toEqual({ url: "https://loopback.example" });
    expect(await apart.sql`select from redrive.canaries`).toHaveLength(0);
  });
});
