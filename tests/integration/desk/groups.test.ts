// Failure groups: kept by the database whoever acts, and acted on by people, of whom one is first.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assignFailure } from "#db/writes/assign-failure.ts";
import { assignGroup } from "#db/writes/assign-group.ts";
import { cancelRetry } from "#db/writes/cancel-retry.ts";
import { createUser } from "#db/writes/create-user.ts";
import { moveFailure, moveGroup } from "#db/writes/move-failures.ts";
import { muteGroup } from "#db/writes/mute-group.ts";
import { noteGroup } from "#db/writes/note-group.ts";
import { Refused } from "#db/writes/refused.ts";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import { reopenRecord } from "#db/writes/reopen-record.ts";
import { resolveGroups } from "#db/writes/resolve-groups.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { absorbLateSuccesses, settle } from "#db/writes/settle.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import { ana, bob, fail, failed, groupOf, groupsOf, whoMay } from "#tests/integration/desk/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { enqueueMany, enqueueWith } from "#tests/support/engine.ts";
import { anOpenGate, aResult, aSettlement } from "#tests/support/settlement.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "ats");
});
afterAll(() => base[Symbol.asyncDispose]());

const reject = { reason: "no", code: "other" } as const;

test("failures of one fingerprint are one group, which counts them and empties when they are dealt with", async () => {
  const { sql } = base;
  await failed(sql, 12);
  const group = await groupOf(sql);
  expect(group).toMatchObject({ records: 12, openRecords: 12, emptiedAt: null, team: "technical" });
  expect(group.hours.at(-1)).toBe(12);

  const act = await retryGroup(sql, { id: group.id, first: 2, reason: "try" }, ana);
  expect(act).toMatchObject({ id: group.id, acted: 2, open: 10, by: ana.actor });
  expect(await groupOf(sql)).toMatchObject({ openRecords: 10, lastAct: "retried", lastActBy: ana.actor });
  expect(await rejectGroup(sql, { id: group.id, ...reject }, bob)).toMatchObject({ acted: 10, open: 0 });
  const empty = await groupOf(sql);
  expect(empty).toMatchObject({ openRecords: 0, records: 12, touchedBy: ana.actor, lastActBy: bob.actor });
  expect(empty.emptiedAt).not.toBeNull();
  const audited = await sql`
    select actor, action, reason, detail ->> 'records' as records from redrive.audit where subject_id = ${group.id} order by at`;
  expect(audited).toEqual([
    { actor: ana.actor, action: "group.retried", reason: "try", records: "2" },
    { actor: bob.actor, action: "group.rejected", reason: "no", records: "10" },
  ]);
});

test("who comes to an empty group is told who was first, also when something was noted since", async () => {
  const { sql } = base;
  await failed(sql, 3, { fingerprint: "first" });
  const { id } = await groupOf(sql, "first");
  await retryGroup(sql, { id }, ana);
  const second = () => rejectGroup(sql, { id, ...reject }, bob);
  const sentence = /^Ana <ana@example.org> retried these 3 at .+Z; nothing of it is open now\.$/;
  await expect(second()).rejects.toThrow(sentence);
  await noteGroup(sql, { id, note: "their database was full" }, bob);
  await expect(second()).rejects.toThrow(sentence);
  await expect(second()).rejects.toMatchObject({ code: "conflict", extras: { by: ana.actor } });
  await expect(retryGroup(sql, { id: "0190a0b0-0000-7000-8000-000000000000" }, ana)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a retried group leaves at once with its oldest, and at a pace", async () => {
  const { sql } = base;
  const ids = await failed(sql, 40, { fingerprint: "pace" });
  const { id } = await groupOf(sql, "pace");
  await retryGroup(sql, { id, reason: "fixed" }, ana);
  const queued = await sql<{ recordId: string; inMs: number; attempts: number; tries: number }[]>`
    select record_id, attempts, tries,
      (extract(epoch from due_at - min(due_at) over ()) * 1000)::int as in_ms
    from redrive.queue where record_id = any (${ids}::uuid[]) order by due_at`;
  expect(queued.map(({ inMs }) => inMs)).toEqual(ids.map((_, index) => index * 50));
  expect(queued[0]).toMatchObject({ recordId: ids.toSorted()[0], attempts: 0, tries: 1 });
  const [{ now } = { now: false }] = await sql<{ now: boolean }[]>`
    select min(due_at) <= now() as now from redrive.queue where record_id = any (${ids}::uuid[])`;
  expect(now).toBe(true);
  const events = await sql`
    select actor, reason from redrive.events where record_id = any (${ids}::uuid[]) and kind = 'retried'`;
  expect(events).toHaveLength(40);
  expect(events[0]).toEqual({ actor: ana.actor, reason: "fixed" });
  // The last of them has not left: that one alone can be taken back, into the same group.
  await cancelRetry(sql, queued.at(-1)?.recordId ?? "", bob);
  expect(await groupsOf(sql, "pace")).toMatchObject([{ records: 40, openRecords: 1, emptiedAt: null }]);
});

test("a rejected group closes each record, starts what it asked for, and lets the next of its key go", async () => {
  const { sql } = base;
  const asking = await enqueueWith(sql, "ats", { on_rejected: "tell", ordering_key: "k" });
  const next = await enqueueWith(sql, "ats", { ordering_key: "k" });
  await sql`update redrive.queue set due_at = 'infinity' where record_id = ${next}`;
  await fail(sql, [asking], { fingerprint: "closing" });
  const { id } = await groupOf(sql, "closing");
  await rejectGroup(sql, { id, ...reject }, ana);
  expect(
    await sql`select state, closed_by, closed_reason from redrive.failures where record_id = ${asking}`,
  ).toEqual([{ state: "rejected", closedBy: ana.actor, closedReason: "no" }]);
  expect(await sql`select from graphile_worker.jobs where task_identifier = 'tell'`).toHaveLength(1);
  const [{ due } = { due: false }] = await sql<{ due: boolean }[]>`
    select due_at <= clock_timestamp() as due from redrive.queue where record_id = ${next}`;
  expect(due).toBe(true);
});

test("a group is over after ten minutes without an open failure, and back again with the next", async () => {
  const { sql } = base;
  const [one = ""] = await failed(sql, 1, { fingerprint: "back" });
  await rejectRecord(sql, { id: one, ...reject }, ana);
  await resolveGroups(sql);
  expect((await groupOf(sql, "back")).resolvedAt).toBeNull();
  await sql`update redrive.failure_groups set emptied_at = emptied_at - interval '10 minutes' where fingerprint = 'back'`;
  await resolveGroups(sql);
  expect(await groupsOf(sql, "back")).toMatchObject([{ resolvedAt: expect.stringMatching(/Z$/) }]);
  await failed(sql, 2, { fingerprint: "back" });
  expect(await groupsOf(sql, "back")).toMatchObject([
    { openRecords: 0, records: 1 },
    { openRecords: 2, records: 2, resolvedAt: null },
  ]);
  // One that is reopened counts as open, though it is no new failure.
  await reopenRecord(sql, { id: one }, ana);
  expect(await groupOf(sql, "back")).toMatchObject({ openRecords: 3, records: 2 });
});

test("a group is moved and assigned as a whole, with what comes to it later", async () => {
  const { sql } = base;
  const [one = ""] = await failed(sql, 3, { fingerprint: "moved" });
  const { id } = await groupOf(sql, "moved");
  await assignGroup(sql, { id, assignee: ana.actor }, ana);
  expect(await moveGroup(sql, { id, team: "client_data" }, ana)).toMatchObject({ acted: 3 });
  await failed(sql, 1, { fingerprint: "moved" });
  expect(await sql`select distinct team from redrive.failures where fingerprint = 'moved'`).toEqual([
    { team: "client_data" },
  ]);
  await expect(moveGroup(sql, { id, team: "client_data" }, bob)).rejects.toThrow(
    /^Ana .+ moved it to the team/,
  );
  await expect(moveGroup(sql, { id, team: "nobody" }, bob)).rejects.toThrow(/there is no team "nobody"/);
  // One alone goes to another team; who may act on the group's may not act on that one with it.
  await moveFailure(sql, { id: one, team: "technical" }, bob);
  expect(await groupsOf(sql, "moved")).toMatchObject([
    { team: "client_data", assignee: ana.actor, openRecords: 4 },
  ]);
  const act = await rejectGroup(sql, { id, ...reject }, whoMay("reject_client_data"));
  expect(act).toMatchObject({ acted: 3, open: 1 });
  await expect(retryGroup(sql, { id }, whoMay("retry_technical"))).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(
    await sql`select count(*)::int as count from redrive.events where kind = 'moved' and actor = ${ana.actor}`,
  ).toEqual([{ count: 3 }]);
});

test("a retry that is taken back keeps its moved team, and counts once", async () => {
  const { sql } = base;
  const [one = ""] = await failed(sql, 2, { fingerprint: "undo" });
  await moveFailure(sql, { id: one, team: "client_data" }, ana);
  await retryRecord(sql, { id: one }, ana);
  expect(await groupOf(sql, "undo")).toMatchObject({ openRecords: 1, lastAct: "retried" });
  await cancelRetry(sql, one, ana);
  expect(await groupOf(sql, "undo")).toMatchObject({ openRecords: 2, records: 2, team: "technical" });
  expect(await sql`select team from redrive.failures where record_id = ${one}`).toEqual([
    { team: "client_data" },
  ]);
});

test("who assigns names a person; of two who take it at once one has it", async () => {
  const { sql } = base;
  const [one = ""] = await failed(sql, 2, { fingerprint: "mine" });
  const { id } = await groupOf(sql, "mine");
  await createUser(sql, {
    email: "dora@example.org",
    name: "Dora",
    role: "support_tech",
    passwordHash: "none",
  });
  await expect(assignGroup(sql, { id, assignee: "nobody@example.org" }, ana)).rejects.toThrow(
    /"nobody@example.org" is nobody here/,
  );
  const taken = await Promise.allSettled(
    [ana, bob].map((by) => assignGroup(sql, { id, assignee: by.actor, from: null }, by)),
  );
  expect(taken.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const lost = taken.find((each) => each.status === "rejected");
  expect(lost?.reason).toMatchObject({
    code: "conflict",
    message: expect.stringContaining("has it already"),
  });
  await assignGroup(sql, { id, assignee: "DORA@example.org" }, ana);
  expect((await groupOf(sql, "mine")).assignee).toBe("Dora <dora@example.org>");
  await assignFailure(sql, { id: one, assignee: bob.actor }, bob);
  await expect(assignFailure(sql, { id: one, assignee: ana.actor, from: null }, ana)).rejects.toThrow(
    /Bob .+ has it/,
  );
  await assignGroup(sql, { id, assignee: null }, ana);
  expect((await groupOf(sql, "mine")).assignee).toBeNull();
});

test("a group is muted until a time to come", async () => {
  const { sql } = base;
  await failed(sql, 1, { fingerprint: "mute" });
  const { id } = await groupOf(sql, "mute");
  for (const mutedUntil of ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
    await expect(muteGroup(sql, { id, mutedUntil }, ana)).rejects.toMatchObject({ code: "invalid_input" });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await muteGroup(sql, { id, mutedUntil: until }, ana);
  await expect(muteGroup(sql, { id, mutedUntil: null }, whoMay("see"))).rejects.toMatchObject({
    code: "forbidden",
  });
  const [row] = await sql<
    { mutedUntil: string }[]
  >`select muted_until from redrive.failure_groups where id = ${id}`;
  expect(Date.parse(row?.mutedUntil ?? "")).toBe(Date.parse(until));
});

test("of two people who press at once each record is one's, and no one waits for ever", async () => {
  const { sql } = base;
  for (let round = 0; round < 10; round++) {
    const fingerprint = `race${round}`;
    const ids = await failed(sql, 30, { fingerprint });
    const { id } = await groupOf(sql, fingerprint);
    const done = await Promise.allSettled([
      retryGroup(sql, { id }, ana),
      rejectGroup(sql, { id, ...reject }, bob),
      ...ids.slice(0, 5).map((one) => retryRecord(sql, { id: one }, bob)),
      ...ids.slice(5, 10).map((one) => rejectRecord(sql, { id: one, ...reject }, bob)),
      moveGroup(sql, { id, team: "client_data" }, ana),
    ]);
    for (const each of done)
      if (each.status === "rejected") expect(each.reason, String(each.reason)).toBeInstanceOf(Refused);
    await expectGroupsHold();
    expect(await groupOf(sql, fingerprint)).toMatchObject({ openRecords: 0 });
    const [places] = await sql<{ queued: number; rejected: number }[]>`
      select
        (select count(*)::int from redrive.queue where record_id = any (${ids}::uuid[])) as queued,
        (select count(*)::int from redrive.failures where record_id = any (${ids}::uuid[]) and state = 'rejected') as rejected`;
    expect((places?.queued ?? 0) + (places?.rejected ?? 0)).toBe(30);
  }
});

test("settlements go on while a group of 2,000 is retried", async () => {
  const { sql } = base;
  await failed(sql, 2_000, { fingerprint: "busy" });
  const { id } = await groupOf(sql, "busy");
  const lease = await takeLease(sql, "ats", "worker");
  if (!lease) throw new Error("the lease is free here");
  const settling = async () => {
    for (let turn = 0; turn < 10; turn++) {
      const ids = await enqueueMany(sql, "ats", 50);
      const results = ids.map((one) =>
        aResult.failed(one, {
          failure: { category: "technical", team: "technical", fingerprint: "busy", message: "m" },
        }),
      );
      expect(await settle(sql, aSettlement("ats", "worker", lease.epoch, results))).not.toBeNull();
    }
  };
  const late = (
    await sql<{ recordId: string }[]>`
    select record_id from redrive.failures where fingerprint = 'busy' and state = 'open' limit 20`
  ).map(({ recordId }) => aResult.delivered(recordId));
  const [, act] = await Promise.all([
    settling(),
    retryGroup(sql, { id }, ana),
    absorbLateSuccesses(sql, "ats", late),
  ]);
  expect(act.acted).toBeGreaterThanOrEqual(1_900);
  await releaseLease(sql, lease, { version: 1, restsUntilMs: null, gate: anOpenGate });
  await expectGroupsHold();
  expect(await groupOf(sql, "busy")).toMatchObject({ records: 2_500 });
}, 120_000);

const steps = [
  "fail",
  "die",
  "retry",
  "undo",
  "reject",
  "reopen",
  "retry group",
  "reject group",
  "move group",
  "move",
  "deliver late",
  "resolve",
] as const;
type Step = (typeof steps)[number];

test("whatever is done, in whatever order, a group's counts equal its failures", async () => {
  const { sql } = base;
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...steps), fc.nat(5)), { minLength: 5, maxLength: 30 }),
      async (acts) => {
        run += 1;
        const prints = [`p${run}a`, `p${run}b`];
        const ids = await enqueueMany(sql, "ats", 6);
        await fail(sql, ids.slice(0, 3), { fingerprint: prints[0] });
        for (const [step, which] of acts) {
          await perform(step, ids[which] ?? "", prints[which % 2] ?? "");
          await expectGroupsHold();
        }
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

async function perform(step: Step, id: string, fingerprint: string): Promise<void> {
  const { sql } = base;
  const [group] = (await groupsOf(sql, fingerprint)).filter(({ resolvedAt }) => resolvedAt === null);
  const of = group?.id ?? "0190a0b0-0000-7000-8000-000000000000";
  try {
    if (step === "fail") await fail(sql, [id], { fingerprint });
    else if (step === "die") {
      const lease = await takeLease(sql, "ats", "worker");
      if (!lease) throw new Error("the lease is free here");
      await sql`update redrive.queue set interruptions = 2 where record_id = ${id}`;
      await takeOver(sql, { ...lease, interrupted: [id] }, 1);
      await releaseLease(sql, lease, { version: 1, restsUntilMs: null, gate: anOpenGate });
    } else if (step === "retry") await retryRecord(sql, { id }, ana);
    else if (step === "undo") await cancelRetry(sql, id, ana);
    else if (step === "reject") await rejectRecord(sql, { id, ...reject }, ana);
    else if (step === "reopen") await reopenRecord(sql, { id }, ana);
    else if (step === "retry group") await retryGroup(sql, { id: of }, ana);
    else if (step === "reject group") await rejectGroup(sql, { id: of, ...reject }, ana);
    else if (step === "move group") await moveGroup(sql, { id: of, team: "client_data" }, ana);
    else if (step === "move") await moveFailure(sql, { id, team: "technical" }, ana);
    else if (step === "deliver late") await absorbLateSuccesses(sql, "ats", [aResult.delivered(id)]);
    else {
      await sql`
        update redrive.failure_groups set emptied_at = emptied_at - interval '10 minutes'
        where fingerprint = ${fingerprint} and emptied_at is not null and resolved_at is null`;
      await resolveGroups(sql);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** Each open failure is in one group that is not over, which counts as many as there are, and is empty when there are none. */
async function expectGroupsHold(): Promise<void> {
  const wrong = await base.sql`
    select coalesce(groups.fingerprint, counted.fingerprint) as fingerprint, groups.open_records, counted.open,
      groups.emptied_at
    from (
      select fingerprint, count(*)::int as open from redrive.failures where state = 'open' group by fingerprint
    ) as counted
    full join (select * from redrive.failure_groups where resolved_at is null) as groups
      on groups.fingerprint = counted.fingerprint
    where groups.open_records is distinct from coalesce(counted.open, 0)
      or (groups.emptied_at is null) <> (groups.open_records > 0)`;
  expect([...wrong]).toEqual([]);
}
