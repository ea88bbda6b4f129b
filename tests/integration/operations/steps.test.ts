// How a bulk operation walks: each record once, only what it covers, whoever else is at it.
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Sql } from "#db/client.ts";
import { readOperation } from "#db/reads/operations.ts";
import { changeOperation } from "#db/writes/change-operation.ts";
import { previewOperation } from "#db/writes/preview-operation.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { stepOperation } from "#db/writes/step-operation.ts";
import { ana, bob, fail, failed, groupOf, whoMay } from "#tests/integration/desk/support.ts";
import {
  actsOn,
  aKeyMaker,
  aMaker,
  standingOf,
  started,
  stepAll,
} from "#tests/integration/operations/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { standing } from "#tests/support/engine.ts";

let base: TestDatabase;
beforeEach(async () => {
  await base?.[Symbol.asyncDispose]();
  base = await aDatabase();
  await aProvider(base.sql, "ats");
  await aProvider(base.sql, "crm");
});
afterAll(() => base[Symbol.asyncDispose]());

const failedIn = async (provider: string) => (await standing(base.sql, provider)).failed;

test("it retries each failure once, tells its timeline and its group, and leaves other providers' alone", async () => {
  const { sql, db } = base;
  const ids = await failed(sql, 2_500);
  await failed(sql, 3, { provider: "crm", fingerprint: "other" });
  const operation = await started(sql, { expected: 2_500 });
  const steps = await stepAll(sql);
  expect(steps.map(({ acted }) => acted)).toEqual([1_000, 1_000, 500]);
  expect(await actsOn(sql, ids)).toEqual(new Array(2_500).fill(1));
  expect(await standing(sql, "ats")).toMatchObject({ queued: 2_500, failed: 0 });
  expect(await failedIn("crm")).toBe(3);
  expect(await readOperation(db, operation.id)).toMatchObject({
    state: "done",
    acted: 2_500,
    left: 0,
    skipped: { notAllowed: 0, taken: 0, busy: 0 },
    failedAgain: 0,
  });
  const [event] = await sql<{ actor: string; detail: Record<string, unknown> }[]>`
    select actor, detail from redrive.events where record_id = ${ids[0] ?? ""} and kind = 'retried'`;
  expect(event).toMatchObject({
    actor: ana.actor,
    detail: { operation: operation.id, failure: { provider: "ats" } },
  });
  expect(await groupOf(sql)).toMatchObject({ openRecords: 0, lastAct: "retried", lastActBy: ana.actor });
  expect(
    await sql`select last_act_records as n from redrive.failure_groups where fingerprint = 'f'`,
  ).toMatchObject([{ n: 2_500 }]);
  expect(
    await sql`select actor, action, subject_id from redrive.audit where subject_kind = 'operation' order by id`,
  ).toMatchObject([
    { actor: ana.actor, action: "operation.created", subjectId: operation.id },
    { actor: "Redrive", action: "operation.finished", subjectId: operation.id },
  ]);
});

test("it rejects with a reason and a code, and starts what each record asked for", async () => {
  const { sql } = base;
  const ids = await failed(sql, 20);
  const [asking = ""] = ids;
  await sql`alter table redrive.outbox disable trigger user`;
  await sql`update redrive.outbox set on_rejected = 'give_up' where id = ${asking}`;
  await sql`alter table redrive.outbox enable trigger user`;
  await started(sql, { action: "reject", expected: 20, reason: "obsolete by now", code: "obsolete" });
  await stepAll(sql);
  expect(await standing(sql, "ats")).toMatchObject({ queued: 0, failed: 0, rejected: 20 });
  expect(await sql`select distinct closed_reason, closed_by from redrive.failures`).toEqual([
    { closedReason: "obsolete by now", closedBy: ana.actor },
  ]);
  const jobs = await sql`
    select task.identifier, job.payload
    from graphile_worker._private_jobs as job
    join graphile_worker._private_tasks as task on task.id = job.task_id
    where task.identifier = 'give_up'`;
  expect(jobs).toMatchObject([{ payload: { recordId: asking, outcome: "rejected", code: "obsolete" } }]);
});

test("a rejected record lets the next of its ordering key go", async () => {
  const { sql } = base;
  await failed(sql, 1);
  const [stuck = ""] = await failed(sql, 1, { fingerprint: "stuck" });
  await sql`update redrive.failures set ordering_key = 'k' where record_id = ${stuck}`;
  const [next] = await sql<{ id: string }[]>`
    select redrive.enqueue('ats', '{}', ordering_key => 'k') as id`;
  await sql`update redrive.queue set due_at = 'infinity' where record_id = ${next?.id ?? ""}`;
  await started(sql, { action: "reject", filter: { fingerprint: "stuck" }, expected: 1 });
  await stepAll(sql);
  const [queued] = await sql`
    select due_at < 'infinity' as due from redrive.queue where record_id = ${next?.id ?? ""}`;
  expect(queued).toEqual({ due: true });
});

test("what fails after the cutoff is not covered, even if it had failed before", async () => {
  const { sql } = base;
  await failed(sql, 5, { failedAt: "2026-03-01T10:00:00Z" });
  const [late] = await failed(sql, 1, { failedAt: "2026-03-01T10:00:00.000001Z" });
  await started(sql, { cutoff: "2026-03-01T10:00:00Z", expected: 5 });
  await stepAll(sql);
  const rows = await sql<{ recordId: string }[]>`select record_id from redrive.failures`;
  expect(rows.map(({ recordId }) => recordId)).toEqual([late]);
});

test("first takes only the oldest few", async () => {
  const { sql, db } = base;
  const newer = await failed(sql, 5, { failedAt: "2026-03-01T10:00:00Z" });
  const older = await failed(sql, 5, { failedAt: "2026-03-01T09:00:00Z" });
  const { id } = await started(sql, { expected: 10, first: 7 });
  await stepAll(sql);
  expect(await readOperation(db, id)).toMatchObject({ state: "done", acted: 7, left: 0 });
  expect(await actsOn(sql, older)).toEqual([1, 1, 1, 1, 1]);
  expect((await actsOn(sql, newer)).reduce((sum, acts) => sum + acts)).toBe(2);
});

test("two operations over one filter, stepped at once by several workers, act on each record once", async () => {
  const { sql, db } = base;
  const ids = await failed(sql, 6_000);
  const [one, two] = await Promise.all([
    started(sql, { expected: 6_000 }),
    started(sql, { expected: 6_000, action: "reject" }, bob),
  ]);
  await Promise.all([stepAll(sql), stepAll(sql), stepAll(sql)]);
  expect(new Set(await actsOn(sql, ids))).toEqual(new Set([1]));
  const [first, second] = await Promise.all([readOperation(db, one.id), readOperation(db, two.id)]);
  expect((first?.acted ?? 0) + (second?.acted ?? 0)).toBe(6_000);
  expect([first?.acted, second?.acted]).not.toContain(0);
  expect(first).toMatchObject({ state: "done", skipped: { taken: second?.acted, busy: 0 } });
  expect(second).toMatchObject({ state: "done", skipped: { taken: first?.acted, busy: 0 } });
  expect((await groupOf(sql)).openRecords).toBe(0);
});

test("people who retry single records meanwhile, and the operation, act on each record once", async () => {
  const { sql } = base;
  const ids = await failed(sql, 2_000);
  const { id } = await started(sql, { expected: 2_000 });
  const pressed = ids.filter((_, nth) => nth % 40 === 0);
  const [presses] = await Promise.all([
    Promise.allSettled(pressed.map((id) => retryRecord(sql, { id }, bob))),
    stepAll(sql),
  ]);
  await stepAll(sql);
  const won = presses.filter(({ status }) => status === "fulfilled").length;
  for (const press of presses) {
    if (press.status === "rejected")
      expect(press.reason).toMatchObject({ code: "conflict", extras: { by: ana.actor } });
  }
  expect(await actsOn(sql, ids)).toEqual(new Array(2_000).fill(1));
  expect(await standingOf(sql, id)).toMatchObject({ state: "done", acted: 2_000 - won });
});

test("a failure that somebody has in hands is passed over, and looked for again when they let go", async () => {
  const { sql, db } = base;
  const ids = await failed(sql, 10);
  const held = ids[3] ?? "";
  const { id } = await started(sql, { expected: 10 });
  let letGo = () => {};
  const holding = new Promise<void>((done) => {
    letGo = done;
  });
  let hasIt = () => {};
  const locked = new Promise<void>((done) => {
    hasIt = done;
  });
  const other = sql.begin(async (sql) => {
    await sql`select from redrive.failures where record_id = ${held} for update`;
    hasIt();
    await holding;
  });
  await locked;
  expect(await stepOperation(sql)).toMatchObject({ acted: 9, isOver: false });
  expect(await stepOperation(sql)).toMatchObject({ acted: 0, isOver: false });
  expect(await standingOf(sql, id)).toMatchObject({ state: "running", round: 2, acted: 9 });
  letGo();
  await other;
  await stepAll(sql);
  expect(await actsOn(sql, ids)).toEqual(new Array(10).fill(1));
  expect(await readOperation(db, id)).toMatchObject({
    state: "done",
    acted: 10,
    skipped: { taken: 0, busy: 0 },
  });
});

test("a retry that a person took back is not repeated by a later round", async () => {
  const { sql } = base;
  const ids = await failed(sql, 4);
  const { id } = await started(sql, { expected: 4, first: 2 });
  await stepAll(sql);
  // As though it had to look again for others, with one of its own back among the failures.
  const [mine = ""] = ids;
  await sql`
    with back as (delete from redrive.queue where record_id = ${mine} returning record_id)
    insert into redrive.failures
    select (jsonb_populate_record(null::redrive.failures, events.detail -> 'failure')).*
    from redrive.events, back
    where events.record_id = back.record_id and kind = 'retried'`;
  await sql`
    update redrive.operations
    set state = 'running', ended_at = null, first = null, round = 2, place_at = null, place_id = null
    where id = ${id}`;
  await stepAll(sql);
  expect((await actsOn(sql, ids)).toSorted()).toEqual([1, 1, 1, 1]);
  expect(await sql`select record_id from redrive.failures`).toEqual([{ recordId: mine }]);
});

test("where few match, a step walks a bounded stretch, and the next goes on behind it", async () => {
  const { sql } = base;
  await failed(sql, 5_003, { status: 500, failedAt: "2026-03-01T10:00:00Z" });
  await failed(sql, 3, { status: 503 });
  await started(sql, { filter: { statusCode: 503 }, expected: 3 });
  expect(await stepOperation(sql)).toMatchObject({ acted: 0, isOver: false });
  expect(await stepOperation(sql)).toMatchObject({ acted: 3, isOver: true });
});

test("paused, it stands still; resumed, it goes on where it stopped; cancelled, the rest stays as it is", async () => {
  const { sql } = base;
  const ids = await failed(sql, 3_000);
  const { id } = await started(sql, { expected: 3_000 });
  const by = await aMaker(sql, bob);
  await stepOperation(sql);
  await changeOperation(sql, { id, change: "pause", reason: "look first" }, by);
  expect(await stepAll(sql)).toEqual([]);
  expect(await standingOf(sql, id)).toMatchObject({ state: "paused", acted: 1_000 });
  await expect(changeOperation(sql, { id, change: "pause" }, await aMaker(sql, ana))).rejects.toMatchObject({
    code: "conflict",
    extras: { by: bob.actor },
  });
  await changeOperation(sql, { id, change: "resume" }, by);
  await stepOperation(sql);
  await changeOperation(sql, { id, change: "cancel" }, by);
  expect(await stepAll(sql)).toEqual([]);
  expect(await standingOf(sql, id)).toMatchObject({ state: "cancelled", acted: 2_000 });
  expect((await actsOn(sql, ids)).reduce((sum, acts) => sum + acts)).toBe(2_000);
  for (const change of ["pause", "resume", "cancel"] as const) {
    await expect(changeOperation(sql, { id, change }, await aMaker(sql, ana))).rejects.toMatchObject({
      code: "conflict",
    });
  }
});

test("of any number of people who press at once one pauses it", async () => {
  const { sql } = base;
  await failed(sql, 10);
  const { id } = await started(sql, { expected: 10 });
  const by = await aMaker(sql, bob);
  const presses = await Promise.allSettled(
    Array.from({ length: 5 }, () => changeOperation(sql, { id, change: "pause" }, by)),
  );
  expect(presses.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const noted = await sql`select from redrive.audit where action = 'operation.paused'`;
  expect(noted).toHaveLength(1);
});

type Ending = { by: "user" | "key"; says: string; end: (sql: Sql, id: string) => Promise<unknown> };

const endings: Ending[] = [
  {
    by: "user",
    says: "Cleo <cleo@example.org> can't sign in any more",
    end: (sql, id) => sql`update redrive.users set disabled_at = now() where id = ${id}`,
  },
  {
    by: "user",
    says: "Cleo <cleo@example.org> can't sign in any more",
    end: (sql, id) => sql`delete from redrive.users where id = ${id}`,
  },
  {
    by: "user",
    says: "Cleo <cleo@example.org> lacks the permission retry_technical now",
    end: (sql, id) => sql`update redrive.users set role = 'support_data' where id = ${id}`,
  },
  {
    by: "user",
    says: "Cleo <cleo@example.org> lacks the permission bulk_many now",
    end: async (sql, id) => {
      await sql`update redrive.operations set matched = 1011, eligible = 1011 where state = 'running'`;
      await sql`update redrive.users set role = 'support_tech' where id = ${id}`;
    },
  },
  {
    by: "key",
    says: 'The key "robot" was revoked',
    end: (sql, id) =>
      sql`update redrive.api_keys set revoked_at = now(), revoked_by = 'Ana' where id = ${id}`,
  },
  {
    by: "key",
    says: 'The key "robot" has expired',
    end: (sql, id) => sql`update redrive.api_keys set expires_at = now() where id = ${id}`,
  },
  {
    by: "key",
    says: 'The key "robot" lacks the permission bulk now',
    end: (sql, id) => sql`update redrive.api_keys set grants = '{read}' where id = ${id}`,
  },
  {
    by: "key",
    says: 'The key "robot" is kept to the owner customer-1 now',
    end: (sql, id) => sql`update redrive.api_keys set owner = 'customer-1' where id = ${id}`,
  },
];

test("it stops when whoever made it may no longer do it, and says why; what it did stays done", async () => {
  const { sql, db } = base;
  const ids = await failed(sql, 20);
  for (const { by: kind, says, end } of endings) {
    const by = kind === "user" ? await aMaker(sql, whoMay("bulk", "retry_technical")) : await aKeyMaker(sql);
    await sql`update redrive.users set role = 'admin', disabled_at = null where id = ${by.id}`;
    // Ten slots lie ahead.
    const { id } = await started(sql, { expected: 20, filter: { ids }, rate: 5 }, by);
    expect(await stepOperation(sql)).toMatchObject({ acted: 10, isOver: false });
    await end(sql, by.id);
    expect((await stepAll(sql)).map(({ acted, isOver }) => [acted, isOver])).toEqual([[0, true]]);
    const why = `${says}, so it stopped; what it did stays done`;
    expect(await readOperation(db, id)).toMatchObject({
      ...{ state: "cancelled", acted: 10, changedBy: "Redrive", changeReason: why },
      endedAt: expect.any(String),
    });
    expect(await standing(sql, "ats")).toMatchObject({ queued: 10, failed: 10 });
    expect(
      await sql`select actor, reason from redrive.audit where action = 'operation.cancelled' and subject_id = ${id}`,
    ).toEqual([{ actor: "Redrive", reason: why }]);
    const gone = await sql<{ recordId: string }[]>`select record_id from redrive.queue`;
    await fail(
      sql,
      gone.map(({ recordId }) => recordId),
    );
  }
});

test("whoever resumed it answers for it; a name that passed to another key gives that one's operation nothing", async () => {
  const { sql } = base;
  await failed(sql, 3);
  const robot = await aKeyMaker(sql);
  const { id } = await started(sql, { expected: 3 }, robot);
  await changeOperation(sql, { id, change: "pause" }, await aMaker(sql, bob));
  await sql`update redrive.api_keys set revoked_at = now(), revoked_by = 'Ana' where id = ${robot.id}`;
  await aKeyMaker(sql);
  await changeOperation(sql, { id, change: "resume" }, await aMaker(sql, bob));
  expect(await stepOperation(sql)).toMatchObject({ acted: 3 });
  await failed(sql, 3);
  await started(sql, { expected: 3 }, robot);
  expect(await stepOperation(sql)).toMatchObject({ acted: 0, isOver: true });
});

test("what comes to match after its start does not make it act on more", async () => {
  const { sql, db } = base;
  await failed(sql, 20, { failedAt: "2026-03-01T10:00:00Z" });
  await sql`update redrive.failures set team = 'client_data' where record_id in (
    select record_id from redrive.failures limit 15)`;
  const { id } = await started(sql, { filter: { team: "technical" }, expected: 5 });
  await sql`update redrive.failures set team = 'technical'`;
  await stepAll(sql);
  expect(await readOperation(db, id)).toMatchObject({ state: "done", acted: 5, eligible: 5, left: 0 });
  expect(await failedIn("ats")).toBe(15);
});

test("records leave evenly at the rate, whoever steps, and never faster", async () => {
  const { sql } = base;
  await failed(sql, 300);
  await started(sql, { expected: 300, rate: 50 });
  while ((await stepOperation(sql)) !== null);
  const [ahead] = await sql<{ n: number }[]>`select count(*)::int as n from redrive.queue`;
  // Two seconds ahead at most: 100 slots.
  expect(ahead?.n).toBe(100);
  const gaps = await sql<{ gap: number }[]>`
    select (extract(epoch from due_at - lag(due_at) over (order by due_at)) * 1000)::float8 as gap from redrive.queue`;
  const between = gaps.flatMap(({ gap }) => gap ?? []);
  expect(Math.min(...between)).toBeGreaterThan(19.9);
  expect(Math.max(...between)).toBeLessThan(20.1);
  // Half of it is used up: the next slots follow without a gap, and none is made up for.
  await sql`update redrive.operations set next_at = next_at - interval '1.5 seconds'`;
  await sql`update redrive.queue set due_at = due_at - interval '1.5 seconds'`;
  while ((await stepOperation(sql)) !== null);
  const [all] = await sql<{ n: number; least: number }[]>`
    select count(*)::int as n, (extract(epoch from min(gap)) * 1000)::float8 as least
    from (select due_at - lag(due_at) over (order by due_at) as gap from redrive.queue) as gaps`;
  expect(all?.n).toBeGreaterThan(160);
  expect(all?.n).toBeLessThanOrEqual(180);
  expect(all?.least).toBeGreaterThan(19.9);
});

test("a step that fails leaves nothing, keeps no other operation from going, and is tried again", async () => {
  const { sql } = base;
  const ids = await failed(sql, 5);
  await failed(sql, 5, { provider: "crm", fingerprint: "other" });
  const broken = await started(sql, { expected: 5 });
  const { id } = await started(sql, { filter: { provider: "crm" }, expected: 5 });
  await sql`create function redrive.test_refuses() returns trigger language plpgsql as
    $$ begin if new.provider = 'ats' then raise exception 'no'; end if; return new; end $$`;
  await sql`create trigger test_refuses before insert on redrive.queue for each row execute function redrive.test_refuses()`;
  expect(await stepOperation(sql)).toMatchObject({ id: broken.id, acted: 0, fault: expect.any(Error) });
  expect(await stepOperation(sql)).toMatchObject({ id, acted: 5, isOver: true });
  expect(await stepOperation(sql)).toBeNull();
  expect(await failedIn("ats")).toBe(5);
  expect(await standingOf(sql, broken.id)).toMatchObject({ state: "running", acted: 0, placeId: null });
  await sql`drop trigger test_refuses on redrive.queue`;
  await stepAll(sql);
  expect(await actsOn(sql, ids)).toEqual([1, 1, 1, 1, 1]);
});

test("what a filter finds in a list, a preview counts", async () => {
  const { sql } = base;
  await failed(sql, 3, { message: "100% broken", status: 503 });
  await failed(sql, 2, { message: "1000 broken", status: 500, fingerprint: "g", team: "client_data" });
  await sql`update redrive.failures set assignee = ${bob.actor} where fingerprint = 'g'`;
  const count = async (filter: Parameters<typeof previewOperation>[1]["filter"]) =>
    (await previewOperation(sql, { action: "retry", filter }, ana)).matched;
  expect(await count({})).toBe(5);
  expect(await count({ q: "100%" })).toBe(3);
  expect(await count({ q: "  " })).toBe(5);
  expect(await count({ statusCode: 500 })).toBe(2);
  expect(await count({ category: "poison" })).toBe(0);
  expect(await count({ team: "client_data" })).toBe(2);
  expect(await count({ fingerprint: "g", statusCode: 503 })).toBe(0);
  expect(await count({ assignee: bob.actor })).toBe(2);
  expect(await count({ owner: "nobody" })).toBe(0);
  expect(await count({ from: "2999-01-01T00:00:00Z" })).toBe(0);
  const [one] = await sql<{ recordId: string }[]>`select record_id from redrive.failures limit 1`;
  expect(await count({ ids: [one?.recordId ?? ""] })).toBe(1);
  expect(await count({ q: one?.recordId ?? "" })).toBe(1);
});
