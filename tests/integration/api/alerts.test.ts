// Alerts and their rules over the API: who may, what is refused and why, paging, and the shapes.
import { afterAll, beforeAll, expect, test } from "vitest";
import { DELETE as deleteRule, PATCH as patchRule } from "#app/api/v1/alert-rules/[slug]/route.ts";
import { POST as silenceRule } from "#app/api/v1/alert-rules/[slug]/silence/route.ts";
import { POST as unsilenceRule } from "#app/api/v1/alert-rules/[slug]/unsilence/route.ts";
import { POST as createRule, GET as getRules } from "#app/api/v1/alert-rules/route.ts";
import { POST as acknowledge } from "#app/api/v1/alerts/[id]/acknowledge/route.ts";
import { POST as silence } from "#app/api/v1/alerts/[id]/silence/route.ts";
import { POST as unsilence } from "#app/api/v1/alerts/[id]/unsilence/route.ts";
import { GET as getAlerts } from "#app/api/v1/alerts/route.ts";
import { AlertRules, Alerts } from "#lib/contract/alert.ts";
import { type Api, anApi, call, type Person } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let tech: Person;
let data: Person;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
  tech = await api.person("support_tech", "Tess");
  data = await api.person("support_data", "Dan");
});
afterAll(() => api[Symbol.asyncDispose]());

/** An open alert, stored. */
async function anAlert(about: string, openedAt = "2026-03-01T10:00:00Z"): Promise<string> {
  const [row] = await api.sql<{ id: string }[]>`
    insert into redrive.alerts (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at)
    values ('breaker-open', 'breaker_open', ${about}, 'warning', 'The breaker is open.', '{"openMs": 1}', ${openedAt}, now(), now())
    returning id`;
  return row?.id ?? "";
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const list = (query = "") => call(getAlerts, { as: data, path: `/api/v1/alerts?${query}` });

test("an alert is acknowledged and silenced by those who may; who comes second learns who was first", async () => {
  const id = await anAlert("ats");
  const of = { params: { id }, body: {} };
  expect(await call(acknowledge, { ...of })).toMatchObject({ status: 401 });
  expect(await call(acknowledge, { ...of, as: data })).toMatchObject({
    status: 403,
    body: { code: "forbidden" },
  });
  const done = await call(acknowledge, { ...of, as: tech });
  expect(done).toMatchObject({ status: 200, body: { id, state: "acknowledged" } });
  expect(await call(acknowledge, { ...of, as: api.admin })).toMatchObject({
    status: 409,
    body: { code: "conflict", by: "Tess <tess@example.org>", detail: expect.stringContaining("Tess") },
  });

  const silenced = await call(silence, {
    params: { id },
    as: tech,
    body: { until: inAnHour(), reason: "a move" },
  });
  expect(silenced).toMatchObject({ status: 200, body: { silenceReason: "a move", state: "acknowledged" } });
  expect((await list("state=acknowledged")).body.items).toEqual([]);
  expect((await list("state=silenced")).body.items).toMatchObject([{ id }]);
  const again = await call(silence, { params: { id }, as: tech, body: { until: inAnHour(), reason: "b" } });
  expect(again.status).toBe(409);
  expect((await call(unsilence, { params: { id }, as: tech, body: {} })).status).toBe(200);
  expect((await call(unsilence, { params: { id }, as: tech, body: {} })).status).toBe(409);
  const { body } = await list();
  expect(() => Alerts.parse(body)).not.toThrow();
  expect(body).toMatchObject({ counts: { open: 0, acknowledged: 1, silenced: 0, resolved: 0 } });
  expect(body.items[0]).toMatchObject({ ruleName: "Breaker open for long", provider: "ats", about: "ats" });

  await api.sql`update redrive.alerts set state = 'resolved', resolved_at = now()`;
  expect((await call(acknowledge, { ...of, as: tech })).body.detail).toContain("was resolved at");
  expect((await list("state=resolved")).body.items).toHaveLength(1);
  await api.sql`delete from redrive.alerts`;
});

test("a silence needs an end in the future, within 30 days, and a reason", async () => {
  const id = await anAlert("ats");
  const refused = async (body: unknown) => {
    const answer = await call(silence, { params: { id }, as: tech, body });
    expect(answer.status).toBe(422);
    return answer.body.errors.map(({ field }) => field);
  };
  expect(await refused({ reason: "x" })).toEqual(["until"]);
  expect(await refused({ until: inAnHour() })).toEqual(["reason"]);
  expect(await refused({ until: inAnHour(), reason: " " })).toEqual(["reason"]);
  expect(await refused({ until: "tomorrow", reason: "x" })).toEqual(["until"]);
  expect(await refused({ until: "2020-01-01T00:00:00Z", reason: "x" })).toEqual(["until"]);
  expect(await refused({ until: "2099-01-01T00:00:00Z", reason: "x" })).toEqual(["until"]);
  expect(await refused({ until: inAnHour(), reason: "x", forEver: true })).toEqual(["forEver"]);
  const missing = { params: { id: crypto.randomUUID() }, as: tech };
  expect((await call(silence, { ...missing, body: { until: inAnHour(), reason: "x" } })).status).toBe(404);
  expect((await call(acknowledge, { ...missing, body: {} })).status).toBe(404);
  expect((await call(acknowledge, { params: { id: "1" }, as: tech, body: {} })).status).toBe(404);
  await api.sql`delete from redrive.alerts`;
});

test("paging through alerts leaves none out and repeats none, many of one time", async () => {
  const made = [];
  for (let n = 0; n < 7; n++)
    made.push(await anAlert(`p${n}`, n < 5 ? undefined : `2026-03-01T10:00:0${n}Z`));
  for (const state of ["open", "resolved"]) {
    const seen: string[] = [];
    for (let after = ""; ; ) {
      const { body } = await list(`state=${state}&limit=3${after && `&after=${after}`}`);
      seen.push(...body.items.map(({ id }) => id));
      if (body.next === null) break;
      after = body.next;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(made));
    await api.sql`update redrive.alerts set state = 'resolved', resolved_at = '2026-03-02T10:00:00Z'`;
  }
  expect(await list("after=nonsense")).toMatchObject({ status: 422 });
  expect(await list("state=loud")).toMatchObject({ status: 422, body: { errors: [{ field: "state" }] } });
  await api.sql`delete from redrive.alerts`;
});

test("rules are listed to all who see, and changed by an administrator alone", async () => {
  const { body } = await call(getRules, { as: data });
  expect(() => AlertRules.parse(body)).not.toThrow();
  expect(body.items.map(({ slug }) => slug)).toContain("backlog-growing");
  const rule = {
    slug: "late",
    kind: "oldest_record",
    severity: "critical",
    provider: "ats",
    params: { targetMs: 60_000 },
  };
  expect((await call(createRule, { as: tech, body: rule })).status).toBe(403);
  const made = await call(createRule, { as: api.admin, body: rule });
  expect(made).toMatchObject({
    status: 201,
    body: {
      name: "late",
      version: 1,
      forMs: 0,
      params: { targetMs: 60_000, calmMs: 30_000, exceptHolds: [], exceptProviders: [] },
    },
  });
  expect(made.headers.get("location")).toBe("/api/v1/alert-rules/late");
  expect(await call(createRule, { as: api.admin, body: rule })).toMatchObject({ status: 409 });

  const patch = (body: unknown, headers = {}) =>
    call(patchRule, { as: api.admin, method: "PATCH", params: { slug: "late" }, body, headers });
  expect(await patch({ params: { calmMs: 0 }, provider: null }, { "if-match": '"1"' })).toMatchObject({
    status: 200,
    body: { version: 2, provider: null, params: { targetMs: 60_000, calmMs: 0 } },
  });
  expect(await patch({ enabled: false }, { "if-match": '"1"' })).toMatchObject({
    status: 412,
    body: { code: "version_mismatch", by: "Ada <ada@example.org>" },
  });
  const gone = await call(deleteRule, { as: api.admin, method: "DELETE", params: { slug: "late" } });
  expect(gone).toMatchObject({ status: 200, body: { slug: "late" } });
  expect((await patch({ enabled: false })).status).toBe(404);
  const [audited] = await api.sql<{ actions: string[] }[]>`
    select array_agg(action order by id) as actions from redrive.audit where subject_kind = 'alert_rule' and subject_id = 'late'`;
  expect(audited?.actions).toEqual(["alert_rule.created", "alert_rule.changed", "alert_rule.deleted"]);
});

test("what is wrong in a rule is named, field by field", async () => {
  const refused = async (body: Record<string, unknown>) => {
    const answer = await call(createRule, {
      as: api.admin,
      body: { slug: "wrong", kind: "breaker_open", ...body },
    });
    expect(answer.status).toBe(422);
    return answer.body.errors;
  };
  expect(await refused({ provider: "nobody" })).toEqual([
    { field: "provider", message: 'there is no provider "nobody"' },
  ]);
  expect(await refused({ kind: "disk", provider: "ats" })).toMatchObject([
    { field: "provider", message: expect.stringContaining("the whole installation") },
  ]);
  expect(await refused({ kind: "noise" })).toMatchObject([{ field: "kind" }]);
  expect(await refused({ severity: "loud" })).toMatchObject([{ field: "severity" }]);
  expect(await refused({ forMs: -1 })).toMatchObject([{ field: "forMs" }]);
  expect(await refused({ params: { targetMs: 1 } })).toMatchObject([{ field: "params.targetMs" }]);
  expect(await refused({ kind: "success_rate", params: { below: 90, windowMs: 1 } })).toMatchObject([
    { field: "params.windowMs" },
    { field: "params.below", message: "must be a share, like 0.9 for 90 %" },
  ]);
});

test("a rule is silenced with its end by who operates, and its alerts with it", async () => {
  const id = await anAlert("ats");
  const of = { params: { slug: "breaker-open" } };
  expect(
    (await call(silenceRule, { ...of, as: data, body: { until: inAnHour(), reason: "x" } })).status,
  ).toBe(403);
  const done = await call(silenceRule, { ...of, as: tech, body: { until: inAnHour(), reason: "a move" } });
  expect(done).toMatchObject({ status: 200, body: { silencedBy: "Tess <tess@example.org>" } });
  expect((await list("state=silenced")).body.items).toMatchObject([{ id, silenceReason: "a move" }]);
  expect((await call(unsilenceRule, { ...of, as: tech, body: {} })).status).toBe(200);
  expect((await list("state=open")).body.items).toMatchObject([{ id }]);
  const missing = { params: { slug: "nothing" }, as: tech };
  expect((await call(silenceRule, { ...missing, body: { until: inAnHour(), reason: "x" } })).status).toBe(
    404,
  );
});
