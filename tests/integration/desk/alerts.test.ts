// Every kind of alert made real in the database, seen to fire and to resolve within one look; one look by however many ask;
// acts of people, silences with their end, rules that go away.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectSql } from "#db/client.ts";
import { readAlerts } from "#db/reads/alerts.ts";
import { acknowledgeAlert } from "#db/writes/acknowledge-alert.ts";
import { createAlertRule } from "#db/writes/create-alert-rule.ts";
import { deleteAlertRule } from "#db/writes/delete-alert-rule.ts";
import { type DiskSeen, type Evaluation, evaluateAlerts } from "#db/writes/evaluate-alerts.ts";
import { patchAlertRule } from "#db/writes/patch-alert-rule.ts";
import { silenceAlert, unsilenceAlert } from "#db/writes/silence-alert.ts";
import { silenceRule, unsilenceRule } from "#db/writes/silence-rule.ts";
import { type Alert, AlertsQuery, parseAlertParams } from "#lib/contract/alert.ts";
import type { AlertKind } from "#lib/core/desk.ts";
import { readEnv } from "#lib/node/env.ts";
import { createLog } from "#lib/node/log.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { aWorker, enqueue, enqueueMany, eventually, stateOf } from "#tests/support/engine.ts";
import { aProviderServer, ok, says } from "#tests/support/provider-server.ts";
import { startAlertClock } from "#worker/upkeep/alerts.ts";

const ana = { actor: "Ana" };
const ben = { actor: "Ben" };

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "ats");
});
afterAll(() => base[Symbol.asyncDispose]());

// Each test has its own rule, so that what one leaves behind is not another's alert.
beforeEach(async () => {
  await base.sql`delete from redrive.alert_rules`;
  await base.sql`delete from redrive.alerts`;
  await base.sql`insert into redrive.workers (id, host, pid) values ('w', 'h', 1) on conflict (id) do update set seen_at = now()`;
});

/** A look at the rules now, however long ago the last one was. */
async function look(disk: DiskSeen | null = null): Promise<Evaluation | null> {
  await base.sql`
    update redrive.settings set value = value || jsonb_build_object('evaluatedMs', extract(epoch from now()) * 1000 - 10000)
    where key = 'alerts'`;
  return evaluateAlerts(base.sql, { disk });
}

const aRule = (
  kind: AlertKind,
  params: Record<string, unknown> = {},
  more: { forMs?: number; provider?: string } = {},
) =>
  createAlertRule(
    base.sql,
    {
      slug: "rule",
      kind,
      severity: "warning",
      provider: more.provider ?? null,
      params: { calmMs: 0, ...params },
      forMs: more.forMs ?? 0,
      enabled: true,
    },
    ana,
  );

const alertsNow = async (state?: Alert["state"] | "silenced"): Promise<Alert[]> =>
  (await readAlerts(base.db, AlertsQuery.parse({ state }))).items;

/** The one alert that stands. */
async function theAlert(): Promise<Alert> {
  const [alert, ...others] = await alertsNow();
  expect(others).toEqual([]);
  if (!alert) throw new Error("there is no alert");
  return alert;
}

/** It fires at the first look after it began, and is resolved by the first look after it is over. */
async function firesAndResolves(begin: () => Promise<unknown>, end: () => Promise<unknown>): Promise<Alert> {
  await look();
  expect(await alertsNow()).toEqual([]);
  await begin();
  expect(await look()).toMatchObject({ opened: 1, resolved: 0 });
  const alert = await theAlert();
  expect(alert.state).toBe("open");
  expect(await look()).toMatchObject({ opened: 0, resolved: 0 });
  await end();
  expect(await look()).toMatchObject({ opened: 0, resolved: 1 });
  expect(await alertsNow()).toEqual([]);
  const [over] = await alertsNow("resolved");
  expect(over).toMatchObject({ id: alert.id, state: "resolved", resolvedAt: expect.any(String) });
  expect(Date.parse(over?.changedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(alert.changedAt));
  return alert;
}

describe("each kind fires and resolves", () => {
  test("backlog growing", async () => {
    const { sql } = base;
    await aRule("backlog_growing");
    const samples = (growth: number) => sql`
      insert into redrive.throughput (provider, bucket, backlog, delivered)
      select 'ats', date_bin('10 seconds', now(), '2000-01-01Z') - ago * interval '10 seconds', 5000 - ${growth}::int * ago, 50
      from generate_series(0, 11) as ago
      on conflict (provider, bucket) do update set backlog = excluded.backlog`;
    const alert = await firesAndResolves(
      () => samples(100),
      () => samples(-100),
    );
    expect(alert).toMatchObject({
      about: "ats",
      provider: "ats",
      figures: { backlog: 5000, deliveredPerMinute: 300 },
    });
    expect(alert.figures.arrivingPerMinute).toBe(900);
    expect(alert.figures.drainMs).toBe(1_000_000);
    await sql`delete from redrive.throughput`;
  });

  test("oldest record too old, though something holds it", async () => {
    const { sql } = base;
    await aRule("oldest_record");
    await sql`update redrive.provider_state set paused_at = now(), paused_by = 'Ana', pause_reason = 'their move' where provider = 'ats'`;
    const alert = await firesAndResolves(
      async () => {
        const id = await enqueue(sql, "ats");
        // Behind a younger one of a more urgent lane, it is the oldest all the same.
        await sql`insert into redrive.outbox (provider, payload, priority) values ('ats', '{}', -5)`;
        await sql`update redrive.queue set due_at = now() - interval '11 minutes' where record_id = ${id}`;
      },
      () => sql`delete from redrive.queue`,
    );
    expect(alert.title).toBe(
      "ATS: the oldest record has been due for 11 min, the target is 10 min; it is held (paused).",
    );
    await sql`update redrive.provider_state set paused_at = null, paused_by = null, pause_reason = null`;
  });

  test("breaker open for long, through its tests and until it is closed", async () => {
    const { sql } = base;
    await aRule("breaker_open", {}, { forMs: 600_000 });
    const breaker = (state: string, since: string | null) => sql`
      update redrive.provider_state
      set breaker = ${state}, breaker_reason = ${since && "failing"}, next_probe_at = ${since}::text::timestamptz,
        breaker_since = ${since}::text::timestamptz
      where provider = 'ats'`;
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await breaker("open", ago(9));
    expect(await look()).toMatchObject({ opened: 0 });
    await breaker("half_open", ago(9));
    expect(await look()).toMatchObject({ opened: 0 });
    // Since it was first seen open, not since it opened anew after a test.
    await sql`update redrive.alert_watches set since = since - interval '2 minutes'`;
    await breaker("open", ago(0));
    expect(await look()).toMatchObject({ opened: 1 });
    await breaker("half_open", ago(0));
    expect(await look()).toMatchObject({ resolved: 0 });
    await breaker("closed", null);
    expect(await look()).toMatchObject({ resolved: 1 });
  });

  test("a breaker whose tests hang is told of though each look finds it half-open", async () => {
    const { sql } = base;
    await aRule("breaker_open", {}, { forMs: 600_000 });
    await sql`
      insert into redrive.batch_changes (provider, at, from_size, to_size, breaker, reason, figures)
      values ('ats', now() - interval '11 minutes', 1, 1, 'open', 'failing', '{}')`;
    await sql`update redrive.provider_state set breaker = 'half_open', breaker_since = now() where provider = 'ats'`;
    expect(await look()).toMatchObject({ opened: 0 });
    await enqueue(sql, "ats");
    expect(await look()).toMatchObject({ opened: 1 });
    await sql`delete from redrive.queue`;
    expect(await look()).toMatchObject({ resolved: 0 });
    await sql`update redrive.provider_state set breaker = 'closed', breaker_since = null where provider = 'ats'`;
    expect(await look()).toMatchObject({ resolved: 1 });
    await sql`delete from redrive.batch_changes`;
  });

  test("success rate", async () => {
    const { sql } = base;
    await aRule("success_rate", { below: 0.9 });
    const attempts = (delivered: number, unavailable: number) => sql`
      insert into redrive.throughput (provider, bucket, by_outcome)
      values ('ats', date_bin('10 seconds', now(), '2000-01-01Z'), ${[delivered, 1, 0, 0, 0, unavailable]})
      on conflict (provider, bucket) do update set by_outcome = excluded.by_outcome`;
    const alert = await firesAndResolves(
      () => attempts(79, 20),
      () => attempts(990, 9),
    );
    expect(alert.figures).toMatchObject({ attempts: 100, successShare: 0.8, limitShare: 0.9 });
    await sql`delete from redrive.throughput`;
  });

  test("failures that pile up, and a new kind of failure; none about messages of our own", async () => {
    const { sql } = base;
    await aRule("failures", { when: "growing", count: 20 });
    const group = (fingerprint: string, type: string | null = null) => sql`
      insert into redrive.failure_groups
        (fingerprint, provider, type, category, team, title, opened_at, last_at, records, changed_at)
      values (${fingerprint}, 'ats', ${type}, 'technical', 'technical', '503 Service Unavailable', now(), now(), 1, now())
      on conflict do nothing`;
    const failed = async (fingerprint: string, count: number) => {
      const ids = await enqueueMany(sql, "ats", count);
      await sql`delete from redrive.queue where record_id = any (${ids}::uuid[])`;
      await sql`
        insert into redrive.failures
          (record_id, provider, category, team, fingerprint, message, attempts, tries, failed_at)
        select id, 'ats', 'technical', 'technical', ${fingerprint}, '503', 1, 1, now() from unnest(${ids}::uuid[]) as id`;
    };
    const alert = await firesAndResolves(
      async () => {
        await group("f");
        await failed("f", 20);
        await group("m", "redrive.message");
        await failed("m", 30);
      },
      () => sql`update redrive.failures set failed_at = failed_at - interval '20 minutes'`,
    );
    expect(alert).toMatchObject({ about: "f", provider: "ats", figures: { failures: 20 } });

    await sql`delete from redrive.alert_rules`;
    await aRule("failures", { when: "new" });
    const isNew = await firesAndResolves(
      async () => {
        await group("g");
        await failed("g", 1);
      },
      () => sql`update redrive.failure_groups set emptied_at = now()`,
    );
    expect(isNew.title).toBe("ATS: a new kind of failure, “503 Service Unavailable”.");
    for (const table of ["failures", "failure_groups", "queue"]) await sql`delete from redrive.${sql(table)}`;
  });

  test("canary failed", async () => {
    const { sql } = base;
    await aRule("canary");
    await sql`
      insert into redrive.canaries (slug, provider, cron, payload, limit_ms, updated_by)
      values ('pulse', 'ats', '* * * * *', '{}', 10000, 'Ana')`;
    const run = (ok: boolean, error: string | null) => sql`
      insert into redrive.canary_runs (canary, due_at, started_by, ended_at, took_ms, ok, error)
      values ('pulse', clock_timestamp(), 'clock', clock_timestamp(), 900, ${ok}, ${error})`;
    await run(true, null);
    const alert = await firesAndResolves(
      () => run(false, "It was not delivered in time."),
      () => run(true, null),
    );
    expect(alert).toMatchObject({ about: "pulse", provider: "ats" });
    expect(alert.title).toBe("The canary pulse failed: It was not delivered in time (limit 10 s).");
  });

  test("no worker, and a worker that vanished", async () => {
    const { sql } = base;
    await aRule("worker_silent", { who: "all" });
    const none = await firesAndResolves(
      () => sql`update redrive.workers set seen_at = now() - interval '61 seconds'`,
      () => sql`update redrive.workers set seen_at = now()`,
    );
    expect(none).toMatchObject({ about: "", provider: null });
    await sql`delete from redrive.alert_rules`;
    await aRule("worker_silent", { who: "each" });
    const one = await firesAndResolves(
      () =>
        sql`insert into redrive.workers (id, host, pid, seen_at) values ('gone', 'h', 2, now() - interval '61 seconds')`,
      () => sql`delete from redrive.workers where id = 'gone'`,
    );
    expect(one.about).toBe("gone");
  });

  test("a queue that nobody serves", async () => {
    const { sql } = base;
    await aRule("queue_without_owner");
    const alert = await firesAndResolves(
      () => enqueue(sql, "ats"),
      () => sql`update redrive.provider_state set owner = 'w', lease_until = now() + interval '1 hour'`,
    );
    expect(alert.title).toContain("no worker delivers them");
    await sql`update redrive.provider_state set owner = null, lease_until = null`;
    await sql`delete from redrive.queue`;
  });

  test("an access token that can't be fetched", async () => {
    const { sql } = base;
    await aRule("token_failing");
    await firesAndResolves(
      () => sql`
        insert into redrive.tokens (credential, error, failed_until)
        values ('0123456789abcdef', 'The token endpoint said 401.', now() + interval '5 seconds')`,
      () => sql`update redrive.tokens set error = null, failed_until = null`,
    );
  });

  test("partitions missing, and rows in the default one", async () => {
    const { sql } = base;
    await aRule("partitions");
    const [day] = await sql<{ part: string }[]>`
      select 'events_' || to_char((now() at time zone 'UTC')::date + 2, 'YYYYMMDD') as part`;
    const part = day?.part ?? "";
    const alert = await firesAndResolves(
      () => sql`alter table redrive.${sql(part)} rename to elsewhere`,
      () => sql`alter table redrive.elsewhere rename to ${sql(part)}`,
    );
    expect(alert.title).toContain(part);
    await base.sql`delete from redrive.alerts`;
    const inDefault = await firesAndResolves(
      () => sql`
        insert into redrive.events (record_id, at, kind)
        values ('00000000-0000-7000-8000-000000000000', now(), 'edited')`,
      () => sql`delete from redrive.events_default`,
    );
    expect(inDefault.title).toContain("events_default");
  });

  test("a disk nearly full, and a database over its limit", async () => {
    await aRule("disk", { databaseBytesMax: 1_000_000 });
    expect(await look({ freeBytes: 5e9, totalBytes: 100e9 })).toMatchObject({ opened: 2 });
    const found = await alertsNow();
    expect(found.map(({ about }) => about).toSorted()).toEqual(["database", "disk"]);
    await patchAlertRule(
      base.sql,
      { slug: "rule", patch: { params: { databaseBytesMax: null } }, ifVersion: null },
      ana,
    );
    expect(await look({ freeBytes: 50e9, totalBytes: 100e9 })).toMatchObject({ resolved: 2 });
  });

  test("no data: samples that stopped while records wait, and an evaluation that stopped", async () => {
    const { sql } = base;
    await aRule("no_data", { what: "samples" });
    await enqueue(sql, "ats");
    expect(await look()).toMatchObject({ opened: 0 });
    await sql`update redrive.alert_watches set since = since - interval '61 seconds'`;
    expect(await look()).toMatchObject({ opened: 1 });
    await sql`insert into redrive.throughput (provider, bucket, backlog) values ('ats', date_bin('10 seconds', now(), '2000-01-01Z'), 1)`;
    expect(await look()).toMatchObject({ resolved: 1 });
    await sql`delete from redrive.queue`;
    await sql`delete from redrive.throughput`;

    await sql`delete from redrive.alert_rules`;
    await aRule("no_data", { what: "evaluation" });
    await look();
    await sql`update redrive.settings set value = value || '{"evaluatedMs": 1}' where key = 'alerts'`;
    expect(await evaluateAlerts(sql)).toMatchObject({ opened: 1 });
    expect((await theAlert()).title).toContain("were not looked at for");
    expect(await look()).toMatchObject({ resolved: 1 });
  });
});

test("four who look at the same moment look once: one alert, and nobody looks again within ten seconds", async () => {
  const { sql, url } = base;
  await aRule("queue_without_owner");
  await enqueue(sql, "ats");
  await sql`delete from redrive.settings where key = 'alerts'`;
  const four = Array.from({ length: 4 }, (_, index) =>
    connectSql(url, { name: `evaluator ${index}`, max: 1 }),
  );
  // Connected before they begin, so that they do begin together.
  await Promise.all(four.map((one) => one`select 1`));
  const looks = await Promise.all(four.map((one) => evaluateAlerts(one)));
  expect(looks.filter((one) => one !== null)).toEqual([{ opened: 1, resolved: 0, unreadable: [] }]);
  expect(await alertsNow()).toHaveLength(1);
  const again = await Promise.all(four.map((one) => evaluateAlerts(one)));
  expect(again).toEqual([null, null, null, null]);
  await Promise.all(four.map((one) => one.end()));
  await sql`delete from redrive.queue`;
});

test("one that comes back within ten minutes goes on as the same alert; later it is another", async () => {
  const { sql } = base;
  await aRule("queue_without_owner");
  const begin = () => enqueue(sql, "ats");
  const end = () => sql`delete from redrive.queue`;
  const first = await firesAndResolves(begin, end);
  await begin();
  expect(await look()).toMatchObject({ opened: 1 });
  const again = await theAlert();
  expect(again).toMatchObject({ id: first.id, openedAt: first.openedAt, state: "open", resolvedAt: null });
  expect(Date.parse(again.changedAt)).toBeGreaterThan(Date.parse(first.changedAt));
  await end();
  await look();
  await sql`update redrive.alerts set resolved_at = resolved_at - interval '11 minutes'`;
  await begin();
  await look();
  expect((await theAlert()).id).not.toBe(first.id);
  await end();
});

test("acknowledged it stays until it is over; who comes second is told who was first", async () => {
  const { sql } = base;
  await aRule("queue_without_owner");
  await enqueue(sql, "ats");
  await look();
  const { id, changedAt } = await theAlert();
  await expect(acknowledgeAlert(sql, { id }, ana)).resolves.toMatchObject({
    state: "acknowledged",
    acknowledgedBy: "Ana",
  });
  await expect(acknowledgeAlert(sql, { id }, ben)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/^Ana acknowledged this alert at /),
    extras: { by: "Ana" },
  });
  await look();
  const kept = await theAlert();
  expect(kept.state).toBe("acknowledged");
  expect(Date.parse(kept.changedAt)).toBeGreaterThan(Date.parse(changedAt));
  await sql`delete from redrive.queue`;
  await look();
  await expect(acknowledgeAlert(sql, { id }, ben)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("was resolved at"),
  });
  const missing = crypto.randomUUID();
  await expect(acknowledgeAlert(sql, { id: missing }, ben)).rejects.toMatchObject({ code: "not_found" });
  const [noted] =
    await sql`select actor, action from redrive.audit where subject_kind = 'alert' and subject_id = ${id}`;
  expect(noted).toMatchObject({ actor: "Ana", action: "alert.acknowledged" });
});

test("two who acknowledge at once: one does, the other learns of it", async () => {
  const { sql } = base;
  await aRule("queue_without_owner");
  await enqueue(sql, "ats");
  await look();
  const { id } = await theAlert();
  const both = await Promise.allSettled([
    acknowledgeAlert(sql, { id }, ana),
    acknowledgeAlert(sql, { id }, ben),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  await sql`delete from redrive.queue`;
});

describe("silence", () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  test("of an alert ends by itself, and what still holds then is told", async () => {
    const { sql } = base;
    await aRule("queue_without_owner");
    await enqueue(sql, "ats");
    await look();
    const { id } = await theAlert();
    await silenceAlert(sql, { id, until: inAnHour(), reason: "they move house" }, ana);
    expect(await alertsNow("open")).toEqual([]);
    const [silenced] = await alertsNow("silenced");
    expect(silenced).toMatchObject({ silencedBy: "Ana", silenceReason: "they move house", state: "open" });
    await expect(silenceAlert(sql, { id, until: inAnHour(), reason: "me too" }, ben)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Ana silenced this alert until .+: they move house/),
    });
    await look();
    expect((await theAlert()).changedAt).toBe(silenced?.changedAt);
    await sql`update redrive.alerts set silenced_until = now() - interval '1 second'`;
    await look();
    const told = await theAlert();
    expect(told).toMatchObject({ silencedUntil: null, silencedBy: null });
    expect(Date.parse(told.changedAt)).toBeGreaterThan(Date.parse(silenced?.changedAt ?? ""));
    await sql`delete from redrive.queue`;
  });

  test("has an end, within 30 days, and can be ended", async () => {
    const { sql } = base;
    await aRule("queue_without_owner");
    await enqueue(sql, "ats");
    await look();
    const { id } = await theAlert();
    for (const until of [new Date(Date.now() - 1_000), new Date(Date.now() + 31 * 86_400_000)]) {
      await expect(
        silenceAlert(sql, { id, until: until.toISOString(), reason: "x" }, ana),
      ).rejects.toMatchObject({
        code: "invalid_input",
        extras: { errors: [{ field: "until" }] },
      });
    }
    await expect(unsilenceAlert(sql, { id }, ana)).rejects.toMatchObject({ code: "conflict" });
    await silenceAlert(sql, { id, until: inAnHour(), reason: "x" }, ana);
    await unsilenceAlert(sql, { id }, ben);
    expect(await alertsNow("open")).toHaveLength(1);
    await sql`delete from redrive.queue`;
  });

  test("of a rule silences what it has found and what it finds; ended, all of that is told", async () => {
    const { sql } = base;
    await aProvider(sql, "crm");
    await aRule("queue_without_owner");
    await enqueue(sql, "ats");
    await look();
    await silenceRule(sql, { slug: "rule", until: inAnHour(), reason: "a move" }, ana);
    await expect(
      silenceRule(sql, { slug: "rule", until: inAnHour(), reason: "?" }, ben),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Ana silenced this rule until/),
    });
    await enqueue(sql, "crm");
    await look();
    expect(await alertsNow("open")).toEqual([]);
    expect((await alertsNow("silenced")).map(({ about }) => about).toSorted()).toEqual(["ats", "crm"]);
    await unsilenceRule(sql, { slug: "rule" }, ben);
    expect(await alertsNow("open")).toHaveLength(2);
    await sql`delete from redrive.queue`;
    await sql`delete from redrive.providers where slug = 'crm'`;
  });
});

describe("rules", () => {
  test("one that is switched off or deleted resolves what it found, and forgets what it watched", async () => {
    const { sql } = base;
    await enqueue(sql, "ats");
    await aRule("queue_without_owner");
    await look();
    await patchAlertRule(sql, { slug: "rule", patch: { enabled: false }, ifVersion: 1 }, ana);
    expect(await look()).toMatchObject({ resolved: 1 });
    await sql`delete from redrive.alerts`;
    await patchAlertRule(sql, { slug: "rule", patch: { enabled: true, forMs: 60_000 }, ifVersion: 2 }, ana);
    await look();
    expect(await sql`select from redrive.alert_watches`).toHaveLength(1);
    await patchAlertRule(sql, { slug: "rule", patch: { forMs: 0 }, ifVersion: null }, ana);
    await look();
    expect(await alertsNow()).toHaveLength(1);
    await deleteAlertRule(sql, { slug: "rule" }, ana);
    expect(await alertsNow()).toEqual([]);
    expect(await sql`select from redrive.alert_watches`).toHaveLength(0);
    await sql`delete from redrive.queue`;
  });

  test("one whose stored parameters can't be read is told of, and keeps no other from being looked at", async () => {
    const { sql } = base;
    await aRule("queue_without_owner");
    await sql`
      insert into redrive.alert_rules (slug, name, kind, severity, params, for_ms, updated_by)
      values ('broken', 'Broken', 'disk', 'info', '{"freeShareMin": "much"}', 0, 'Ana')`;
    await enqueue(sql, "ats");
    expect(await look()).toEqual({ opened: 1, resolved: 0, unreadable: ["broken"] });
    await sql`delete from redrive.queue`;
  });
});

test("what an installation begins with are rules of every kind, each readable as it is", async () => {
  await using fresh = await aDatabase();
  const rules = await fresh.sql<{ slug: string; kind: AlertKind; params: unknown }[]>`
    select slug, kind, params from redrive.alert_rules`;
  expect(new Set(rules.map(({ kind }) => kind)).size).toBe(12);
  for (const { slug, kind, params } of rules) {
    expect({ slug, parsed: parseAlertParams(kind, params) }).toEqual({ slug, parsed: { params } });
  }
});

test("without any worker a dashboard's clock tells that none lives", async () => {
  await using own = await aDatabase();
  const { sql } = own;
  await sql`insert into redrive.workers (id, host, pid, seen_at) values ('w', 'h', 1, now() - interval '2 minutes')`;
  const clock = startAlertClock(
    sql,
    readEnv({ NODE_ENV: "test", DATABASE_URL: own.url }),
    createLog("web", "silent"),
  );
  await eventually(async () => {
    const rows = await sql`select state from redrive.alerts where rule = 'worker-silent' and about = ''`;
    expect(rows).toMatchObject([{ state: "open" }]);
  });
  await clock.stop();
});

test("a worker by itself tells of a breaker within one evaluation of its time, and of its end", async () => {
  await using own = await aDatabase();
  await using server = await aProviderServer(says(503));
  const { sql } = own;
  const { calmMs, exceptProviders } = { calmMs: 0, exceptProviders: [] };
  await sql`update redrive.alert_rules set for_ms = 1000, params = ${sql.json({ calmMs, exceptProviders })} where slug = 'breaker-open'`;
  await aProvider(sql, "down", {
    url: server.url,
    backoff: { baseMs: 100, factor: 1.5, jitter: 0, attemptsMax: 3 },
    breaker: { probeEveryMs: 500, goodTrials: 1 },
  });
  const workers = await Promise.all([aWorker(own.url), aWorker(own.url)]);
  await enqueueMany(sql, "down", 30);
  const found = () => sql<{ state: string; lateMs: number }[]>`
    select alerts.state, extract(epoch from alerts.opened_at - first.at)::float8 * 1000 as late_ms
    from redrive.alerts,
      (select min(at) as at from redrive.batch_changes where breaker = 'open') as first
    where rule = 'breaker-open'`;
  await eventually(async () => expect(await found()).toHaveLength(1), 30_000);
  const [alert] = await found();
  expect(alert?.lateMs).toBeGreaterThanOrEqual(1_000);
  expect(alert?.lateMs).toBeLessThan(1_000 + 10_000 + 1_500);
  server.answer(ok);
  await eventually(async () => expect((await stateOf(sql, "down")).breaker).toBe("closed"));
  await eventually(async () => expect(await found()).toMatchObject([{ state: "resolved" }]), 30_000);
  await Promise.all(workers.map((worker) => worker.stop()));
});
