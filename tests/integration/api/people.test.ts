import { afterAll, beforeAll, expect, test } from "vitest";
import { PATCH as patchPerson } from "#app/api/v1/people/[id]/route.ts";
import { GET as getPeople } from "#app/api/v1/people/route.ts";
import { type Api, anApi, bootstrapKey, call, type Person } from "#tests/integration/api/app.ts";

let api: Api;
let ana: Person;
let bob: Person;
beforeAll(async () => {
  api = await anApi();
  ana = await api.person("support_tech", "Ana");
  bob = await api.person("support_data", "Bob");
});
afterAll(() => api[Symbol.asyncDispose]());

const give = (person: { id: string }, slackUserId: unknown, as: Person | { key: string }) =>
  call(patchPerson, { as, method: "PATCH", params: { id: person.id }, body: { slackUserId } });

test("people are listed for who gives them work, without a word of their passwords, and without end users", async () => {
  await api.person("end_user", "Customer");
  const developer = await api.person("developer", "Dev");
  const { status, body, text } = await call(getPeople, { as: bob });
  expect(status).toBe(200);
  expect(body.items.map(({ name }) => name)).toEqual(["Ada", "Ana", "Bob", "Dev"]);
  expect(body.items[1]).toEqual({
    id: ana.id,
    name: "Ana",
    email: ana.email,
    role: "support_tech",
    slackUserId: null,
    isDisabled: false,
  });
  expect(text).not.toContain("assword");
  expect((await call(getPeople, { as: developer })).status).toBe(403);
});

test("a person gives their own member ID, others only who manages the desk; it is audited", async () => {
  expect(await give(ana, "U0ANA11", ana)).toMatchObject({ status: 200, body: { slackUserId: "U0ANA11" } });
  expect(await give(bob, "U0BOB11", ana)).toMatchObject({ status: 403, body: { code: "forbidden" } });
  expect((await give(bob, "U0BOB11", api.admin)).status).toBe(200);
  expect((await give(bob, null, { key: bootstrapKey })).body).toMatchObject({ slackUserId: null });
  const rows = await api.sql`
    select actor, action, detail from redrive.audit where subject_kind = 'person' order by at`;
  expect(rows).toEqual([
    {
      actor: `Ana <${ana.email}>`,
      action: "person.changed",
      detail: { slackUserId: { from: null, to: "U0ANA11" } },
    },
    { actor: `Ada <${api.admin.email}>`, action: "person.changed", detail: expect.anything() },
    { actor: "key: bootstrap", action: "person.changed", detail: expect.anything() },
  ]);
});

test("a member ID is one person's: the answer says whose", async () => {
  await give(ana, "U0ANA22", ana);
  expect(await give(bob, "U0ANA22", bob)).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: `U0ANA22 is the Slack member ID of Ana <${ana.email}>.` },
  });
  // Of two who want the same one at once, one gets it.
  const answers = await Promise.all([give(ana, "U0BOTH1", ana), give(bob, "U0BOTH1", bob)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test("what is no member ID, and nobody's row, are refused", async () => {
  for (const wrong of ["ana", "@ana", "u0ana11", "C0123456", "U0ANA11 ", "", 7]) {
    expect(await give(ana, wrong, ana)).toMatchObject({
      status: 422,
      body: { errors: [{ field: "slackUserId" }] },
    });
  }
  expect((await give({ id: "0190a0b0-0000-7000-8000-000000000000" }, null, api.admin)).status).toBe(404);
  expect((await give({ id: "none" }, null, api.admin)).status).toBe(404);
});
