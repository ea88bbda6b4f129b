import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as assign } from "#app/api/v1/failures/groups/[id]/assign/route.ts";
import { POST as move } from "#app/api/v1/failures/groups/[id]/move/route.ts";
import { POST as mute } from "#app/api/v1/failures/groups/[id]/mute/route.ts";
import { POST as note } from "#app/api/v1/failures/groups/[id]/note/route.ts";
import { POST as reject } from "#app/api/v1/failures/groups/[id]/reject/route.ts";
import { POST as retry } from "#app/api/v1/failures/groups/[id]/retry/route.ts";
import { GET as getGroup } from "#app/api/v1/failures/groups/[id]/route.ts";
import { GET as getGroups } from "#app/api/v1/failures/groups/route.ts";
import { PATCH as patchProvider } from "#app/api/v1/providers/[slug]/route.ts";
import { POST as assignRecord } from "#app/api/v1/records/[id]/assign/route.ts";
import { POST as moveRecord } from "#app/api/v1/records/[id]/move/route.ts";
import { POST as retryRecord } from "#app/api/v1/records/[id]/retry/route.ts";
import { GET as getRecord } from "#app/api/v1/records/[id]/route.ts";
import { DELETE as deleteTeam, PATCH as patchTeam } from "#app/api/v1/teams/[slug]/route.ts";
import { GET as getFigures } from "#app/api/v1/teams/figures/route.ts";
import { POST as createTeam, GET as getTeams } from "#app/api/v1/teams/route.ts";
import { type Api, anApi, call, type Person } from "#tests/integration/api/app.ts";
import { failed, groupOf } from "#tests/integration/desk/support.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let data: Person;
let tech: Person;
beforeAll(async () => {
  api = await anApi();
  [data, tech] = await Promise.all([api.person("support_data", "Dora"), api.person("support_tech", "Theo")]);
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

const ada = () => `Ada <${api.admin.email}>`;
const press = (handler: typeof retry, id: string, body: unknown = {}, as = api.admin) =>
  call(handler, { as, params: { id }, body });
const read = (id: string) => call(getGroup, { as: api.admin, params: { id } });

test("groups are listed newest first, page by page, each once", async () => {
  for (let n = 0; n < 5; n++)
    await failed(api.sql, n + 1, { fingerprint: `list${n}`, message: `list: trouble ${n}` });
  const seen: unknown[] = [];
  let after: string | null = "";
  do {
    const path: string = `/api/v1/failures/groups?limit=2&q=list:${after ? `&after=${after}` : ""}`;
    const page = await call(getGroups, { as: api.admin, path });
    expect(page.status).toBe(200);
    seen.push(...page.body.items.map(({ fingerprint }) => fingerprint));
    after = page.body.next;
  } while (after !== null);
  expect(seen).toEqual(["list4", "list3", "list2", "list1", "list0"]);
  const [first] = (await call(getGroups, { as: api.admin, path: "/?limit=1" })).body.items;
  expect(first).toMatchObject({
    records: 5,
    total: 5,
    owners: 0,
    ownersAtLeast: false,
    teamName: "Technical",
    teamKind: "technical",
    providerName: "ATS",
    isNew: true,
    isBackAgain: false,
    isGrowing: true,
  });
  expect(first?.trend).toEqual([...new Array(23).fill(0), 5]);
  expect((await call(getGroups, { as: api.admin, path: "/?team=client_data" })).body.items).toEqual([]);
  expect((await call(getGroups, { as: api.admin, path: "/?state=resolved" })).body.items).toEqual([]);
  expect((await call(getGroups, { as: api.admin, path: "/?after=nonsense" })).status).toBe(422);
});

test("a group is run again in part, then whole; whoever comes after learns who was first", async () => {
  await failed(api.sql, 12, { fingerprint: "act" });
  const { id } = await groupOf(api.sql, "act");
  expect(await press(retry, id, { first: 1, reason: "try" }, tech)).toMatchObject({
    status: 200,
    body: { id, acted: 1, open: 11, by: `Theo <${tech.email}>` },
  });
  expect((await press(retry, id)).body).toMatchObject({ acted: 11, open: 0 });
  const late = await press(reject, id, { reason: "why" }, tech);
  expect(late).toMatchObject({ status: 409, body: { code: "conflict", by: ada() } });
  expect(late.body.detail).toMatch(/retried these 11 at .+; nothing of it is open now\.$/);
  expect((await read(id)).body).toMatchObject({
    records: 0,
    total: 12,
    lastAct: "retried",
    lastActRecords: 11,
  });
  for (const body of [{ first: 0 }, { first: 1.5 }, { all: true }])
    expect((await press(retry, id, body)).status).toBe(422);
  expect((await press(reject, id, {})).body.errors[0]).toMatchObject({ field: "reason" });
  expect((await press(retry, "0190a0b0-0000-7000-8000-000000000000")).status).toBe(404);
  expect((await press(retry, "no-id")).status).toBe(404);
});

test("a repeated request with one key acts once", async () => {
  await failed(api.sql, 3, { fingerprint: "once" });
  const { id } = await groupOf(api.sql, "once");
  const again = () =>
    call(retry, { as: api.admin, params: { id }, body: {}, headers: { "idempotency-key": "group-once" } });
  const [one, two] = [await again(), await again()];
  expect(two).toMatchObject({ status: 200, body: one.body });
  expect(one.body).toMatchObject({ acted: 3 });
});

test("a group is assigned, moved, noted and muted; who may not is told", async () => {
  const [one = ""] = await failed(api.sql, 2, { fingerprint: "care" });
  const { id } = await groupOf(api.sql, "care");
  expect((await press(assign, id, { assignee: data.email }, tech)).status).toBe(200);
  expect((await press(move, id, { team: "client_data" }, tech)).status).toBe(200);
  expect((await press(note, id, { note: " they know " }, data)).status).toBe(200);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  expect((await press(mute, id, { until }, data)).status).toBe(200);
  expect((await read(id)).body).toMatchObject({
    assignee: `Dora <${data.email}>`,
    team: "client_data",
    note: "they know",
    touchedBy: `Theo <${tech.email}>`,
  });
  expect((await press(assign, id, { assignee: "x@example.org" })).body.errors[0]?.field).toBe("assignee");
  expect((await press(move, id, { team: "nobody" })).body.errors[0]?.field).toBe("team");
  expect((await press(mute, id, { until: "2020-01-01T00:00:00Z" })).body.errors[0]?.field).toBe("until");
  const developer = await api.person("developer");
  for (const handler of [assign, move, note, mute, retry])
    expect((await press(handler, id, {}, developer)).status).toBe(403);
  expect((await press(moveRecord, one, { team: "technical" }, data)).status).toBe(200);
  expect((await press(assignRecord, one, { assignee: null }, data)).status).toBe(200);
  const { body } = await call(getRecord, { as: api.admin, params: { id: one } });
  expect(body.failure).toMatchObject({ team: "technical", teamKind: "technical" });
  expect(body.events.map(({ kind }) => kind)).toEqual(["failed", "moved", "moved", "assigned"]);
});

test("teams are made, changed and deleted by those who manage the desk", async () => {
  const team = { slug: "books", name: "Books", kind: "client_data", rules: [{ contains: "invoice" }] };
  expect((await call(createTeam, { as: tech, body: team })).status).toBe(403);
  expect(await call(createTeam, { as: api.admin, body: team })).toMatchObject({
    status: 201,
    body: { ...team, rules: [{ contains: "invoice", provider: null }] },
  });
  const wrong = await call(createTeam, { as: api.admin, body: { ...team, slug: "B", rules: [{}] } });
  expect(wrong.body.errors.map(({ field }) => field)).toEqual(["slug", "rules.0"]);
  const params = { slug: "books" };
  expect(
    await call(patchTeam, { as: api.admin, method: "PATCH", params, body: { name: "B" } }),
  ).toMatchObject({
    status: 200,
    body: { name: "B", kind: "client_data" },
  });
  expect((await call(getTeams, { as: tech })).body.items.map(({ slug }) => slug)).toEqual([
    "technical",
    "client_data",
    "books",
  ]);
  expect((await call(getFigures, { as: tech })).body.items).toHaveLength(3);
  expect((await call(deleteTeam, { as: api.admin, method: "DELETE", params })).status).toBe(204);
  expect((await call(deleteTeam, { as: api.admin, method: "DELETE", params })).status).toBe(404);
});

test("a payload is corrected and retried, within what the provider's policy allows", async () => {
  const edit = { allowed: ["/n"], locked: ["/id"] };
  const patched = await call(patchProvider, {
    as: api.admin,
    method: "PATCH",
    params: { slug: "ats" },
    body: { edit },
  });
  expect(patched.body).toMatchObject({ edit });
  const odd = await call(patchProvider, {
    as: api.admin,
    method: "PATCH",
    params: { slug: "ats" },
    body: { edit: { allowed: ["customer.name"] } },
  });
  expect(odd.body.errors[0]).toMatchObject({
    field: "edit.allowed.0",
    message: expect.stringContaining("JSON Pointer"),
  });

  const [one = "", two = ""] = await failed(api.sql, 2, { fingerprint: "edit", team: "client_data" });
  const body = '{"reason": "typo", "payload": {"n": 9007199254740993}}';
  const corrected = await call(retryRecord, { as: data, params: { id: one }, body });
  expect(corrected.status).toBe(200);
  const shown = await call(getRecord, { as: api.admin, params: { id: one } });
  expect(shown.body.revisions).toMatchObject([
    { nth: 0 },
    { nth: 1, by: `Dora <${data.email}>`, reason: "typo" },
  ]);
  const [kept] = await api.sql<{ payload: string }[]>`
    select payload::text as payload from redrive.revisions where record_id = ${one}`;
  expect(kept?.payload).toBe('{"n": 9007199254740993}');
  const refused = await call(retryRecord, {
    as: data,
    params: { id: two },
    body: { payload: { n: 2, more: 1 } },
  });
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: "payload/more" }] } });
  expect((await call(getRecord, { as: data, params: { id: one } })).text).not.toContain("9007199254740993");
});
