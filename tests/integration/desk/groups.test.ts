// Failure groups: kept by the database whoever acts, and acted on by people, of whom one is first.
import { afterAll, beforeAll, expect, test } from "vitest";
import { assignGroup } from "#db/writes/assign-group.ts";
import { moveFailure, moveGroup } from "#db/writes/move-failures.ts";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { ana, bob, failed, groupOf, groupsOf } from "#tests/integration/desk/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "ats");
});
afterAll(() => base[Symbol.asyncDispose]());

test("failures of one fingerprint are one group, which counts them and empties when they are dealt with", async () => {
  const { sql } = base;
  await failed(sql, 12);
  const group = await groupOf(sql);
  expect(group).toMatchObject({ records: 12, openRecords: 12, emptiedAt: null, team: "technical" });
  expect(group.hours.at(-1)).toBe(12);

  const act = await retryGroup(sql, { id: group.id, first: 2, reason: "try" }, ana);
  expect(act).toMatchObject({ id: group.id, acted: 2, open: 10, by: ana.actor });
  expect(await groupOf(sql)).toMatchObject({ openRecords: 10, lastAct: "retried", lastActBy: ana.actor });
  expect(await rejectGroup(sql, { id: group.id, reason: "no", code: "other" }, bob)).toMatchObject({
    acted: 10,
    open: 0,
  });
  const empty = await groupOf(sql);
  expect(empty).toMatchObject({ openRecords: 0, records: 12, touchedBy: ana.actor, lastActBy: bob.actor });
  expect(empty.emptiedAt).not.toBeNull();
  await expect(retryGroup(sql, { id: group.id }, ana)).rejects.toThrow(
    /^Bob <bob@example.org> rejected these 10 at .+; nothing of it is open now\.$/,
  );
});

test("a group is moved and assigned as a whole", async () => {
  const { sql } = base;
  const [one = ""] = await failed(sql, 3, { fingerprint: "g" });
  const { id } = await groupOf(sql, "g");
  await assignGroup(sql, { id, assignee: ana.actor }, ana);
  await moveGroup(sql, { id, team: "client_data" }, ana);
  await failed(sql, 1, { fingerprint: "g" });
  expect(await sql`select distinct team from redrive.failures where fingerprint = 'g'`).toEqual([
    { team: "client_data" },
  ]);
  await moveFailure(sql, { id: one, team: "technical" }, bob);
  expect(await groupsOf(sql, "g")).toMatchObject([
    { team: "client_data", assignee: ana.actor, openRecords: 4 },
  ]);
});
