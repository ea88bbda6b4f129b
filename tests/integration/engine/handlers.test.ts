// What a handler writes happens once: whatever dies, throws, hangs or comes twice between its first statement and the
// settlement.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Sql, TransactionSql } from "#db/client.ts";
import { handleOnce } from "#db/writes/handle-once.ts";
import { upkeep } from "#db/writes/upkeep.ts";
import {
  anEngine,
  aWorker,
  createdProvider,
  type Engine,
  enqueue,
  enqueueMany,
  eventually,
  type Policy,
  standing,
  untilStatus,
} from "#tests/support/engine.ts";
import type { Handler } from "#worker/adapters/handler.ts";

/** What the functions under the names do, as each test says. */
const handlers: Record<string, Handler> = {};
const named =
  (name: string): Handler =>
  (payload, given) => {
    const handler = handlers[name];
    if (typeof handler !== "function") throw new Error(`no test says what ${name} does`);
    return handler(payload, given);
  };
const names = [
  "plain",
  "throws",
  "careless",
  "slow",
  "stray",
  "resting",
  "late",
  "lost",
  "many",
  "zombie",
  "known",
];

let base: Engine;
let sql: Sql;
beforeAll(async () => {
  base = await anEngine({
    application: {
      handlers: {
        ...Object.fromEntries(names.map((name) => [name, named(name)])),
        outside: { transaction: false, run: () => inside },
      },
    },
  });
  sql = base.sql;
  await sql`create sequence runs`;
  await sql`create table effects (record_id uuid not null, what text not null)`;
  await sql`
    create function rest() returns trigger language plpgsql as $$
    begin perform pg_sleep(substring(new.what from '[0-9.]+')::float8); return null; end $$`;
  // What a commit takes when it has much to do.
  await sql`
    create constraint trigger rest after insert on effects deferrable initially deferred
    for each row when (new.what like 'rest %') execute function rest()`;
});
afterAll(() => base[Symbol.asyncDispose]());

let runs = 0;
let inside: unknown = null;
beforeEach(() => {
  runs = 0;
});

const quick: Policy = {
  adapter: "handler",
  timeoutMs: { connect: 100, headers: 1_000, total: 1_000 },
  backoff: { baseMs: 100, factor: 1, jitter: 0, attemptsMax: 5 },
  breaker: { probeEveryMs: 200, goodTrials: 1 },
  keepResponse: true,
};
const aHandler = (slug: string, policy: Policy = {}) =>
  createdProvider(sql, slug, { ...quick, url: `handler:${slug}`, ...policy });
const effectsOf = async (id: string): Promise<string[]> =>
  (await sql<{ what: string }[]>`select what from effects where record_id = ${id}`).map(({ what }) => what);
const add = (transaction: TransactionSql, id: string, what: string) =>
  transaction`insert into effects values (${id}, ${what})`;
const attemptsOf = async (id: string) => [
  ...(await sql<{ outcome: string; error: string | null; response: string | null }[]>`
    select outcome, detail ->> 'error' as error, detail ->> 'response' as response
    from redrive.events where record_id = ${id} and attempt is not null order by at`),
];
/** How the sessions of a provider's handlers stand. */
const sessionsOf = async (slug: string): Promise<string[]> =>
  (
    await sql<{ state: string }[]>`
      select state from pg_stat_activity
      where datname = current_database() and application_name = ${`redrive handlers ${slug}`}`
  ).map(({ state }) => state);

test("what a handler writes is there when its record is delivered, and what it answers is kept", async () => {
  handlers.plain = async (payload, { record, sql }) => {
    await add(sql, record.id, "plain");
    return { had: payload };
  };
  await aHandler("plain");
  const id = await enqueue(sql, "plain", { product: 7 });
  await untilStatus(sql, id, "delivered");
  expect(await effectsOf(id)).toEqual(["plain"]);
  expect((await attemptsOf(id)).at(-1)?.response).toBe('{"had":{"product":7}}');
});

test("what a handler wrote before it threw is taken back, and it is run again", async () => {
  handlers.throws = async (_, { record, sql }) => {
    runs += 1;
    await add(sql, record.id, `run ${runs}`);
    if (runs === 1) throw new Error("the shelf is full");
  };
  await aHandler("throws");
  const id = await enqueue(sql, "throws");
  await untilStatus(sql, id, "delivered");
  expect(await effectsOf(id)).toEqual(["run 2"]);
  expect(await attemptsOf(id)).toMatchObject([
    { outcome: "unavailable", error: "500: the shelf is full" },
    { outcome: "delivered" },
  ]);
});

test("a handler that overlooks its statement's error is not taken for one that succeeded", async () => {
  handlers.careless = async (_, { record, sql }) => {
    runs += 1;
    await add(sql, record.id, "careless");
    if (runs === 1) await sql`select 1 / 0`.catch(() => null);
  };
  await aHandler("careless");
  const id = await enqueue(sql, "careless");
  await untilStatus(sql, id, "delivered");
  expect(runs).toBe(2);
  expect(await effectsOf(id)).toEqual(["careless"]);
  expect((await attemptsOf(id))[0]).toMatchObject({ error: "500: division by zero" });
});

test("a handler whose time is over in a statement is ended at the server too, and nothing of it is left", async () => {
  handlers.slow = async (_, { record, sql }) => {
    runs += 1;
    await add(sql, record.id, "slow");
    if (runs === 1) await sql`select pg_sleep(60)`;
  };
  await aHandler("slow", { timeoutMs: { connect: 100, headers: 300, total: 300 } });
  const id = await enqueue(sql, "slow");
  await eventually(async () => expect(await attemptsOf(id)).toMatchObject([{ outcome: "ambiguous" }]));
  expect(await sessionsOf("slow")).not.toContain("active");
  await untilStatus(sql, id, "delivered");
  expect(await effectsOf(id)).toEqual(["slow"]);
});

test("a handler that ignores its signal can write nothing any more once its time is over", async () => {
  const mayGoOn = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<unknown>();
  handlers.late = async (_, { record, sql, signal }) => {
    runs += 1;
    if (runs > 1) return;
    await add(sql, record.id, "in time");
    await mayGoOn.promise;
    expect(signal.aborted).toBe(true);
    await add(sql, record.id, "too late").then(refused.reject, refused.resolve);
  };
  // Long enough that a busy machine has written the first by then.
  await aHandler("late", { timeoutMs: { connect: 100, headers: 1_000, total: 1_000 } });
  const id = await enqueue(sql, "late");
  await eventually(async () => expect(await attemptsOf(id)).toHaveLength(1));
  mayGoOn.resolve();
  expect(await refused.promise).toMatchObject({ code: "CONNECTION_CLOSED" });
  await untilStatus(sql, id, "delivered");
  expect(await effectsOf(id)).toEqual([]);
});

test("a commit that was under way when the time was over is told as what became of it", async () => {
  handlers.resting = async (_, { record, sql }) => {
    runs += 1;
    await add(sql, record.id, "rest 0.6");
  };
  await aHandler("resting", { timeoutMs: { connect: 100, headers: 300, total: 300 } });
  const id = await enqueue(sql, "resting");
  await untilStatus(sql, id, "delivered");
  expect(await attemptsOf(id)).toMatchObject([{ outcome: "delivered" }]);
  expect(runs).toBe(1);
  expect(await effectsOf(id)).toEqual(["rest 0.6"]);
});

test("a statement that a handler left behind goes into no other record's transaction", async () => {
  const kept: TransactionSql[] = [];
  handlers.stray = (_, { sql }) => kept.push(sql);
  await aHandler("stray");
  await untilStatus(sql, await enqueue(sql, "stray"), "delivered");
  expect(() => kept[0]?.unsafe("select 1")).toThrow("revoked");
});

test("the server ends the transaction of a worker that has gone silent", async () => {
  await aHandler("silent", { url: "handler:plain", flags: { enabled: false } });
  const id = await enqueue(sql, "silent");
  const { signal } = new AbortController();
  const once = { recordId: id, provider: "silent", totalMs: 50, signal };
  const silent = handleOnce(sql, sql, once, async (sql) => {
    await add(sql, id, "silent");
    return new Promise(() => {});
  });
  await expect(silent).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(await effectsOf(id)).toEqual([]);
});

test("a handler whose connection is lost is run again, and the worker lives", async () => {
  handlers.lost = async (_, { record, sql }) => {
    runs += 1;
    await add(sql, record.id, `lost ${runs}`);
    // In a statement; while it commits; not at all.
    if (runs === 1) await sql`select pg_terminate_backend(pg_backend_pid())`;
    if (runs === 2) await add(sql, record.id, "rest 0.5");
  };
  await aHandler("lost");
  const id = await enqueue(sql, "lost");
  await eventually(async () => {
    const [ended] = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'redrive handlers lost'
        and query = 'commit' and state = 'active'`;
    expect(ended).toBeDefined();
  });
  await untilStatus(sql, id, "delivered");
  expect(await effectsOf(id)).toEqual(["lost 3"]);
});

test("a record whose commit nobody heard of is answered as it was then, and not run", async () => {
  handlers.known = () => {
    runs += 1;
  };
  await aHandler("known", { flags: { enabled: false } });
  const id = await enqueue(sql, "known");
  await sql`insert into redrive.handled (record_id, provider, answer) values (${id}, 'known', '{"was": "here"}')`;
  await sql`
    update redrive.providers set policy = jsonb_set(policy, '{flags,enabled}', 'true'), version = version + 1
    where slug = 'known'`;
  await untilStatus(sql, id, "delivered");
  expect(runs).toBe(0);
  expect((await attemptsOf(id)).at(-1)?.response).toBe('{"was": "here"}');
});

test("a record that somebody settled meanwhile is not run", async () => {
  const settled = handleOnce(
    sql,
    sql,
    {
      recordId: "0191e2a4-5b6c-7d8e-9f01-23456789abcd",
      provider: "plain",
      totalMs: 1_000,
      signal: new AbortController().signal,
    },
    async () => {
      runs += 1;
      return "";
    },
  );
  await expect(settled).rejects.toThrow("somebody else settled this record meanwhile");
  expect(runs).toBe(0);
});

test("an owner that has lost its provider, and the next one, have one record's effect once between them", async () => {
  const mayGoOn = Promise.withResolvers<void>();
  handlers.zombie = async (_, { record, sql }) => {
    runs += 1;
    await add(sql, record.id, "zombie");
    await mayGoOn.promise;
    return { run: runs };
  };
  await aHandler("zombie", { timeoutMs: { connect: 100, headers: 20_000, total: 20_000 } });
  const id = await enqueue(sql, "zombie");
  await eventually(() => expect(runs).toBe(1));
  // Somebody has taken the provider, and is dead: the next owner need not wait for what may still be on its way.
  await sql`
    update redrive.provider_state
    set owner = 'a thief', epoch = epoch + 1, lease_until = now() - interval '1 second', in_flight = '{}'
    where provider = 'zombie'`;
  const application = { handlers: { zombie: named("zombie") } };
  const heir = await aWorker(base.url, {}, application);
  await eventually(async () => {
    const waiting = await sql`
      select from pg_stat_activity
      where datname = current_database() and application_name = 'redrive handlers zombie'
        and wait_event_type = 'Lock'`;
    expect(waiting).toHaveLength(1);
  });
  mayGoOn.resolve();
  await untilStatus(sql, id, "delivered");
  expect(runs).toBe(1);
  expect(await effectsOf(id)).toEqual(["zombie"]);
  await heir.stop();
});

test("two workers have each of 600 effects once, three at a time, though handlers throw now and then", async () => {
  let now = 0;
  let most = 0;
  const thrown = new Set<string>();
  handlers.many = async (payload, { record, sql }) => {
    const { n } = payload as { n: number };
    now += 1;
    most = Math.max(most, now);
    try {
      await add(sql, record.id, "many");
      if (n % 97 === 0 && !thrown.has(record.id)) {
        thrown.add(record.id);
        throw new Error("now and then");
      }
    } finally {
      now -= 1;
    }
  };
  const other = await aWorker(base.url, {}, { handlers: { many: named("many") } });
  await aHandler("many");
  await enqueueMany(sql, "many", 600);
  await eventually(async () => expect((await standing(sql, "many")).delivered).toBe(600));
  await other.stop();
  const [effects] = await sql`
    select count(*)::int as all, count(distinct record_id)::int as different from effects where what = 'many'`;
  expect(effects).toEqual({ all: 600, different: 600 });
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
});

test("a handler that wants no transaction holds none", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  inside = promise;
  await createdProvider(sql, "outside", { ...quick, url: "handler:outside" });
  const id = await enqueue(sql, "outside");
  await eventually(async () => expect((await standing(sql, "outside")).queued).toBe(1));
  expect(await sessionsOf("outside")).toEqual([]);
  resolve();
  await untilStatus(sql, id, "delivered");
});

test("what was handled is forgotten a day after nobody can ask for it any more", async () => {
  await aHandler("plain-held", { url: "handler:plain", flags: { enabled: false } });
  const [gone, held] = [crypto.randomUUID(), await enqueue(sql, "plain-held")];
  await sql`
    insert into redrive.handled (record_id, provider, at)
    select id, 'plain-held', now() - interval '25 hours' from unnest(${[gone, held]}::uuid[]) as id`;
  await upkeep(sql);
  const left = await sql`select record_id from redrive.handled where provider = 'plain-held'`;
  expect(left).toEqual([{ recordId: held }]);
});
