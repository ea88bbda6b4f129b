// Acting by a link that was sent to somebody: once, by whom it was sent to, in time; and never by looking at it.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as recoveries from "#app/api/v1/recoveries/[token]/route.ts";
import { createRecoveryLink } from "#db/writes/create-recovery-link.ts";
import {
  type Answer,
  type Api,
  anApi,
  call,
  type Person,
  sessionCookie,
} from "#tests/integration/api/app.ts";
import { failed, groupOf } from "#tests/integration/desk/support.ts";
import { aProvider } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";

let api: Api;
let ana: Person;
let bob: Person;
beforeAll(async () => {
  api = await anApi();
  ana = await api.person("support_tech", "Ana");
  bob = await api.person("admin", "Bob");
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

type Given = { recipient?: string; count?: number; expiresInMs?: number } & Parameters<typeof failed>[2];

/** Failures in a group of their own, and a link that was sent about them. */
async function aLink({ recipient = ana.email, count = 3, expiresInMs = 60_000, ...given }: Given = {}) {
  const fingerprint = crypto.randomUUID();
  await failed(api.sql, count, { fingerprint, ...given });
  const { id: groupId } = await groupOf(api.sql, fingerprint);
  const { token } = await createRecoveryLink(api.sql, { groupId, recipient, expiresInMs });
  return { token, groupId, recipient };
}

const use = (token: string, body: unknown = { runAgain: true }, as: Person | null = null): Promise<Answer> =>
  call(recoveries.POST, { as, params: { token }, body });

const groupNow = async (id: string) => {
  const [row] = await api.sql<{ openRecords: number; lastActBy: string | null }[]>`
    select open_records, last_act_by from redrive.failure_groups where id = ${id}`;
  return row;
};
const auditOf = (id: string) =>
  api.sql`select actor, action, reason, detail ->> 'code' as code from redrive.audit where subject_id = ${id}`;
const linksOf = (groupId: string) =>
  api.sql`select used_by, used_for from redrive.recovery_links where group_id = ${groupId}`;
const untouched = { openRecords: 3, lastActBy: null };

test("a link runs the group again, as the person whom it was sent to", async () => {
  const { token, groupId } = await aLink({ recipient: "ANA@Example.org" });
  const { status, body } = await use(token, { runAgain: true, reason: "they are back" });
  const by = `Ana <${ana.email}>`;
  expect(status).toBe(200);
  expect(body).toEqual({
    id: groupId,
    did: "retried",
    acted: 3,
    open: 0,
    by,
    at: expect.stringMatching(/Z$/),
  });
  expect(await groupNow(groupId)).toEqual({ openRecords: 0, lastActBy: by });
  expect(await auditOf(groupId)).toEqual([
    { actor: by, action: "group.retried", reason: "they are back", code: null },
  ]);
  expect(await linksOf(groupId)).toEqual([{ usedBy: by, usedFor: "retried" }]);
});

test("a link rejects the group, with a reason and without one", async () => {
  const said = await aLink();
  const answer = await use(said.token, { runAgain: false, reason: " old orders ", code: "obsolete" });
  expect(answer).toMatchObject({ status: 200, body: { did: "rejected", acted: 3, open: 0 } });
  expect(await auditOf(said.groupId)).toMatchObject([
    { action: "group.rejected", reason: "old orders", code: "obsolete" },
  ]);
  const bare = await aLink({ recipient: "webhook: ops" });
  expect((await use(bare.token, { runAgain: false })).status).toBe(200);
  expect(await auditOf(bare.groupId)).toMatchObject([
    { actor: "webhook: ops", reason: "Rejected by the link, without a reason.", code: "other" },
  ]);
});

test("who is no person here acts under the address that the link was sent to", async () => {
  const { token, groupId } = await aLink({ recipient: "ops@example.net", team: "client_data" });
  expect(await use(token)).toMatchObject({ status: 200, body: { by: "ops@example.net" } });
  expect(await groupNow(groupId)).toEqual({ openRecords: 0, lastActBy: "ops@example.net" });
});

test("a person may by a link what they may anyway, and one who was disabled nothing", async () => {
  const developer = await api.person("developer", "Dev");
  const gone = await api.person("admin", "Gone");
  await api.sql`update redrive.users set disabled_at = now() where id = ${gone.id}`;
  const refusals = [
    { link: await aLink({ recipient: developer.email }), body: { runAgain: true } },
    { link: await aLink({ recipient: gone.email }), body: { runAgain: true } },
    { link: await aLink({ team: "client_data" }), body: { runAgain: false, reason: "no" } },
  ];
  for (const { link, body } of refusals) {
    expect(await use(link.token, body)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(await groupNow(link.groupId)).toEqual(untouched);
    // It is not used up by what it may not.
    expect(await linksOf(link.groupId)).toEqual([{ usedBy: null, usedFor: null }]);
  }
});

test("a link that is used twice says who used it, and when", async () => {
  const { token, groupId } = await aLink();
  const first = await use(token);
  // Even when there is something to do again.
  await api.sql`update redrive.failure_groups set open_records = 5, emptied_at = null where id = ${groupId}`;
  for (const body of [{ runAgain: true }, { runAgain: false, reason: "no" }]) {
    const second = await use(token, body);
    expect(second).toMatchObject({
      status: 409,
      body: { code: "conflict", by: first.body.by, at: first.body.at },
    });
    expect(second.body.detail).toContain(`Ana <${ana.email}> used this link at ${first.body.at}`);
  }
  expect(await auditOf(groupId)).toHaveLength(1);
});

test("of ten who use a link at once one acts, and nine learn who it was", async () => {
  for (let round = 0; round < 3; round += 1) {
    const { token, groupId } = await aLink({ count: 12 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => use(token, n % 2 ? { runAgain: true } : { runAgain: false })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    const winner = answers.find(({ status }) => status === 200)?.body;
    for (const { status, body } of answers) {
      if (status === 409) expect(body).toMatchObject({ code: "conflict", by: winner?.by, at: winner?.at });
    }
    expect(await auditOf(groupId)).toHaveLength(1);
    expect(await linksOf(groupId)).toEqual([{ usedBy: winner?.by, usedFor: winner?.did }]);
  }
});

test("a link is used up by its first use, though records fail again between two presses of it", async () => {
  const { token, groupId } = await aLink();
  const [group] = await api.sql<{ fingerprint: string }[]>`
    select fingerprint from redrive.failure_groups where id = ${groupId}`;
  const waiting = (count: number) =>
    eventually(async () =>
      expect(
        await api.sql`
          select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      ).toHaveLength(count),
    );
  const [holds, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = api.sql.begin(async (sql) => {
    await sql`select from redrive.failure_groups where id = ${groupId} for update`;
    holds.resolve();
    await held.promise;
  });
  await holds.promise;
  // One after the other they wait for the group: a press, a new failure, another press.
  const first = use(token);
  await waiting(1);
  const failing = failed(api.sql, 1, { fingerprint: group?.fingerprint });
  await waiting(2);
  const second = use(token);
  await waiting(3);
  held.resolve();
  await Promise.all([holding, failing]);
  expect(await first).toMatchObject({ status: 200, body: { acted: 3 } });
  expect(await second).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("used this link") },
  });
  expect(await groupNow(groupId)).toMatchObject({ openRecords: 1 });
});

test("a link about a group that somebody has dealt with says who, and stays unused", async () => {
  const { token, groupId } = await aLink();
  const other = await createRecoveryLink(api.sql, { groupId, recipient: bob.email, expiresInMs: 60_000 });
  await use(other.token);
  const late = await use(token);
  expect(late).toMatchObject({ status: 409, body: { code: "conflict", by: `Bob <${bob.email}>` } });
  expect(late.body.detail).toContain("retried these 3 at");
  expect(await linksOf(groupId)).toContainEqual({ usedBy: null, usedFor: null });
});

test("an expired link does nothing", async () => {
  const { token, groupId } = await aLink({ expiresInMs: -1 });
  const { status, body } = await use(token);
  expect({ status, code: body.code }).toEqual({ status: 410, code: "gone" });
  expect(body.detail).toContain("This link expired at");
  expect(await groupNow(groupId)).toEqual(untouched);
});

test("somebody else who is signed in is refused, and learns nothing of the link", async () => {
  const { token, groupId } = await aLink();
  const refused = await use(token, { runAgain: true }, bob);
  expect(refused).toMatchObject({ status: 403, body: { code: "forbidden" } });
  expect(refused.body.detail).toContain(`you are signed in as ${bob.email}`);
  expect(refused.text).not.toContain(ana.email);
  expect(await groupNow(groupId)).toEqual(untouched);
  expect((await use(token, { runAgain: true }, ana)).status).toBe(200);
  const used = await use(token, { runAgain: true }, bob);
  expect(used.status).toBe(403);
  expect(used.text).not.toContain(ana.email);
});

test("a session that has ended is nobody's", async () => {
  const { token } = await aLink();
  const ended = { ...bob, headers: { cookie: await sessionCookie(bob.id, 99) } };
  expect((await use(token, { runAgain: true }, ended)).status).toBe(200);
});

test("a token that is none of ours is not found, whatever it looks like", async () => {
  const { token, groupId } = await aLink();
  const [link] = await api.sql<{ tokenHash: string }[]>`
    select token_hash from redrive.recovery_links where group_id = ${groupId}`;
  for (const wrong of [
    "",
    "x",
    "..",
    `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`,
    `${token}A`,
    ` ${token}`,
    token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
    // Who can read the table still has no link.
    link?.tokenHash ?? "",
    "\0".repeat(43),
    "%".repeat(43),
    "' or 1=1; --",
  ]) {
    expect(await use(wrong), JSON.stringify(wrong)).toMatchObject({
      status: 404,
      body: { code: "not_found" },
    });
  }
  expect(await groupNow(groupId)).toEqual(untouched);
});

test("an input that is not understood does nothing, and the answer names the field", async () => {
  const { token, groupId } = await aLink();
  const wrong: [unknown, string][] = [
    [{}, "runAgain"],
    [{ runAgain: "yes" }, "runAgain"],
    [{ runAgain: null }, "runAgain"],
    [{ runAgain: true, first: 1 }, "first"],
    [{ runAgain: false, reason: "x".repeat(501) }, "reason"],
    [{ runAgain: false, code: "because" }, "code"],
    [[], "body"],
  ];
  for (const [body, field] of wrong) {
    expect(await use(token, body), field).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  }
  expect((await use(token, "{not json")).status).toBe(422);
  expect(await call(recoveries.POST, { method: "POST", params: { token } })).toMatchObject({ status: 422 });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const asForm = await call(recoveries.POST, { params: { token }, body: "runAgain=true", headers: form });
  expect(asForm.status).toBe(415);
  expect(await groupNow(groupId)).toEqual(untouched);
});

test("only a POST is taken: what follows links acts on nothing", () => {
  expect(Object.keys(recoveries).sort()).toEqual(["POST", "dynamic"]);
});
