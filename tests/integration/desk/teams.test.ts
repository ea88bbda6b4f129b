// Teams and their rules: whose a failure is when it comes in, and how each team does.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readFailures } from "#db/reads/failures.ts";
import { readTeamFigures } from "#db/reads/team-figures.ts";
import { readTeams } from "#db/reads/teams.ts";
import { assignGroup } from "#db/writes/assign-group.ts";
import { moveGroup } from "#db/writes/move-failures.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { createTeam, deleteTeam, patchTeam } from "#db/writes/save-team.ts";
import { FailuresQuery } from "#lib/contract/failure.ts";
import { CreateTeam } from "#lib/contract/team.ts";
import { ana, bob, fail, failed, groupOf, whoMay } from "#tests/integration/desk/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { enqueueWith, patchPolicy } from "#tests/support/engine.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "ats");
  await aProvider(base.sql, "sms");
});
afterAll(() => base[Symbol.asyncDispose]());
beforeEach(async () => {
  await base.sql`delete from redrive.failures`;
  await base.sql`delete from redrive.failure_groups`;
  await base.sql`delete from redrive.teams where slug not in ('technical', 'client_data')`;
});

const aTeam = (slug: string, more: Record<string, unknown> = {}) =>
  createTeam(base.sql, CreateTeam.parse({ slug, name: slug, kind: "technical", ...more }), ana);
async function teamOf(given: Parameters<typeof failed>[2]): Promise<string | undefined> {
  const [id = ""] = await failed(base.sql, 1, given);
  const [row] = await base.sql<{ team: string }[]>`select team from redrive.failures where record_id = ${id}`;
  return row?.team;
}

test("the first rule that fits has the failure; what fits none stays as it came", async () => {
  await aTeam("late", { position: 5, rules: [{ provider: "sms" }] });
  await aTeam("early", {
    position: 3,
    rules: [{ statusCode: 402 }, { provider: "sms", contains: "NO Credit" }],
  });
  expect(await teamOf({ provider: "sms", fingerprint: "1" })).toBe("late");
  expect(await teamOf({ provider: "sms", fingerprint: "2", message: "There is no credit left" })).toBe(
    "early",
  );
  expect(await teamOf({ fingerprint: "3", status: 402 })).toBe("early");
  expect(await teamOf({ fingerprint: "4", message: "no credit" })).toBe("technical");
  expect(await teamOf({ fingerprint: "5", team: "client_data", category: "client_data" })).toBe(
    "client_data",
  );
  expect(await groupOf(base.sql, "2")).toMatchObject({ team: "early" });
});

test("a rule may ask for the record's type and the failure's category", async () => {
  await aTeam("invoices", { rules: [{ type: "invoice", category: "client_data" }] });
  const ids = await Promise.all(
    ["invoice", "invoice", "order"].map((type) => enqueueWith(base.sql, "ats", { type })),
  );
  await fail(base.sql, ids.slice(0, 1), { fingerprint: "1", category: "client_data" });
  await fail(base.sql, ids.slice(1, 2), { fingerprint: "2" });
  await fail(base.sql, ids.slice(2), { fingerprint: "3", category: "client_data" });
  const teams = await Promise.all(["1", "2", "3"].map((fingerprint) => groupOf(base.sql, fingerprint)));
  expect(teams.map(({ team }) => team)).toEqual(["invoices", "technical", "technical"]);
  expect(teams[0]?.type).toBe("invoice");
});

test("a team that does not exist is the technical one", async () => {
  expect(await teamOf({ team: "gone" })).toBe("technical");
});

test("a group that was moved by hand stays moved, whatever the rules say; otherwise a new rule holds from now on", async () => {
  await failed(base.sql, 1, { provider: "sms", fingerprint: "a" });
  await failed(base.sql, 1, { provider: "sms", fingerprint: "b" });
  await moveGroup(base.sql, { id: (await groupOf(base.sql, "a")).id, team: "client_data" }, ana);
  await aTeam("late", { rules: [{ provider: "sms" }] });
  expect(await teamOf({ provider: "sms", fingerprint: "a" })).toBe("client_data");
  expect(await teamOf({ provider: "sms", fingerprint: "b" })).toBe("late");
});

test("who may retry follows from the team's kind", async () => {
  await aTeam("books", { kind: "client_data", rules: [{ provider: "sms" }] });
  const [id = ""] = await failed(base.sql, 1, { provider: "sms" });
  await expect(retryRecord(base.sql, { id }, whoMay("retry_technical"))).rejects.toMatchObject({
    code: "forbidden",
  });
  await retryRecord(base.sql, { id }, whoMay("retry_client_data"));
});

test("a team is changed, and deleted when nothing of it is open; the built-in ones stay", async () => {
  await aTeam("books", { rules: [{ provider: "sms" }] });
  await expect(aTeam("books")).rejects.toMatchObject({ code: "conflict" });
  await expect(aTeam("more", { rules: [{ type: "x" }, { provider: "nobody" }] })).rejects.toMatchObject({
    code: "invalid_input",
    extras: { errors: [{ field: "rules.1.provider" }] },
  });
  const changed = await patchTeam(base.sql, { slug: "books", patch: { name: "Books", position: 7 } }, bob);
  expect(changed).toMatchObject({ name: "Books", position: 7, rules: [{ provider: "sms" }], builtIn: false });
  expect(await readTeams(base.db)).toMatchObject([{ slug: "technical" }, { slug: "client_data" }, changed]);
  expect(CreateTeam.safeParse({ slug: "x", name: "x", kind: "technical", rules: [{}] }).success).toBe(false);
  // The failures page has tabs of its own by these names.
  expect(CreateTeam.safeParse({ slug: "rejected", name: "x", kind: "technical" }).success).toBe(false);

  const [id = ""] = await failed(base.sql, 1, { provider: "sms" });
  await expect(deleteTeam(base.sql, "books", ana)).rejects.toThrow(/has open failures\. Move them/);
  await retryRecord(base.sql, { id }, ana);
  await expect(deleteTeam(base.sql, "books", whoMay("operate"))).rejects.toMatchObject({ code: "forbidden" });
  const rule = { when: { status: 409 }, outcome: "invalid", team: "books" } as const;
  await patchPolicy(base.sql, "ats", { rules: [rule] });
  await expect(deleteTeam(base.sql, "books", ana)).rejects.toThrow(
    /Rules of ats give failures to the team books/,
  );
  await patchPolicy(base.sql, "ats", { rules: [] });
  await deleteTeam(base.sql, "books", ana);
  await expect(patchPolicy(base.sql, "ats", { rules: [rule] })).rejects.toMatchObject({
    code: "invalid_input",
    extras: { errors: [{ field: "rules.0.team" }] },
  });
  expect(await teamOf({ provider: "sms", fingerprint: "z" })).toBe("technical");
  await expect(deleteTeam(base.sql, "technical", ana)).rejects.toThrow(/built in/);
  await expect(
    patchTeam(base.sql, { slug: "technical", patch: { kind: "client_data" } }, ana),
  ).rejects.toMatchObject({ code: "invalid_input" });
});

test("the list of failures tells teams and their counts, and who has them by their group", async () => {
  await aTeam("books", { name: "Books", kind: "client_data", rules: [{ provider: "sms" }] });
  await failed(base.sql, 2, { provider: "sms", fingerprint: "s" });
  const [other = ""] = await failed(base.sql, 3, { fingerprint: "a" });
  await assignGroup(base.sql, { id: (await groupOf(base.sql, "s")).id, assignee: ana.actor }, ana);
  const read = (query: Record<string, string>) => readFailures(base.db, FailuresQuery.parse(query));
  const all = await read({});
  expect(all.counts).toEqual({
    technical: 3,
    client_data: 0,
    rejected: 0,
    teams: { technical: 3, client_data: 0, books: 2 },
  });
  const books = await read({ team: "books" });
  expect(books.items).toHaveLength(2);
  expect(books.items[0]).toMatchObject({ teamName: "Books", teamKind: "client_data", assignee: ana.actor });
  expect((await read({ assignee: ana.actor })).items).toHaveLength(2);
  const searched = await read({ q: "Unavailable" });
  expect(searched.counts).toEqual(all.counts);
  expect((await read({ fingerprint: "a" })).items.map(({ id }) => id)).toContain(other);
});

test("a team's figures are medians over a week, by its groups", async () => {
  const { sql } = base;
  for (const [fingerprint, touched, resolved] of [
    ["1", 60, 600],
    ["2", 120, 900],
    ["3", 600, null],
  ] as const) {
    await failed(sql, 2, { fingerprint });
    await sql`
      update redrive.failure_groups
      set
        touched_at = opened_at + ${touched} * interval '1 second', touched_by = 'Ana',
        emptied_at = case when ${resolved !== null} then opened_at end,
        resolved_at = opened_at + ${resolved} * interval '1 second'
      where fingerprint = ${fingerprint}`;
  }
  expect(await readTeamFigures(base.db)).toEqual([
    {
      team: "technical",
      teamName: "Technical",
      openGroups: 1,
      openRecords: 2,
      groups: 3,
      firstTouchMs: 120_000,
      resolveMs: 750_000,
    },
    expect.objectContaining({
      team: "client_data",
      openGroups: 0,
      groups: 0,
      firstTouchMs: null,
      resolveMs: null,
    }),
  ]);
});
