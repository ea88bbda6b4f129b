// Channels and routes by the API: what is refused, and in which words; what is written down.
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getOne, PATCH as patch, DELETE as remove } from "#app/api/v1/channels/[slug]/route.ts";
import { POST as testIt } from "#app/api/v1/channels/[slug]/test/route.ts";
import { POST as create, GET as list } from "#app/api/v1/channels/route.ts";
import { POST as recover } from "#app/api/v1/recoveries/[token]/route.ts";
import { GET as getRoutes, PUT as putRoutes } from "#app/api/v1/routes/route.ts";
import { createRecoveryLink } from "#db/writes/create-recovery-link.ts";
import { type Api, anApi, call, type Person } from "#tests/integration/api/app.ts";
import { failed, groupOf } from "#tests/integration/desk/support.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let as: Person;
beforeAll(async () => {
  api = await anApi();
  as = api.admin;
  await aProvider(api.sql, "slack", { adapter: "slack", name: "Our Slack", url: "http://127.0.0.1:9/api/" });
  await aProvider(api.sql, "mail", {
    adapter: "email",
    url: "smtp://127.0.0.1:9",
    options: { from: "redrive@shop.example" },
  });
  await aProvider(api.sql, "pager", {});
});
afterAll(() => api[Symbol.asyncDispose]());

const slackChannel = { slug: "orders", kind: "slack", provider: "slack", address: "C0123456789" };
const make = (body: unknown) => call(create, { as, body });

test("a channel is made, read, changed at its version, and taken away, each written down", async () => {
  expect(await make({ ...slackChannel, name: "Orders" })).toMatchObject({
    status: 201,
    body: { slug: "orders", name: "Orders", fallback: null, enabled: true, version: 1 },
  });
  expect((await call(list, { as })).body.items).toMatchObject([
    { slug: "orders", providerName: "Our Slack", hold: null, lastSentAt: null },
  ]);
  const change = (body: unknown, version = 1) =>
    call(patch, {
      as,
      method: "PATCH",
      params: { slug: "orders" },
      body,
      headers: { "if-match": `"${version}"` },
    });
  expect(await change({ name: "Orders, urgent" })).toMatchObject({ status: 200, body: { version: 2 } });
  expect(await change({ name: "Late" })).toMatchObject({
    status: 412,
    body: { code: "version_mismatch", by: "Ada <ada@example.org>" },
  });
  expect((await call(getOne, { as, params: { slug: "orders" } })).body.name).toBe("Orders, urgent");
  expect(await call(remove, { as, method: "DELETE", params: { slug: "orders" } })).toMatchObject({
    status: 200,
    body: { slug: "orders", routes: 0 },
  });
  expect((await call(getOne, { as, params: { slug: "orders" } })).status).toBe(404);
  const noted = await api.sql<{ action: string; actor: string }[]>`
    select action, actor from redrive.audit where subject_kind = 'channel' order by id`;
  expect(noted).toEqual(
    ["channel.created", "channel.changed", "channel.deleted"].map((action) => ({
      action,
      actor: "Ada <ada@example.org>",
    })),
  );
});

test.each<[string, Record<string, unknown>, { field: string; message: RegExp }]>([
  [
    "an unknown provider",
    { provider: "nobody" },
    { field: "provider", message: /there is no provider "nobody"; make one with the adapter slack/ },
  ],
  [
    "an adapter that does not fit",
    { provider: "mail" },
    { field: "provider", message: /"mail" delivers by email; .* needs a provider with the adapter slack/ },
  ],
  ["no address", { address: " " }, { field: "address", message: /must be given: the Slack channel's id/ }],
  [
    "an address of another kind",
    { address: "ops@shop.example" },
    { field: "address", message: /must be a Slack channel's id like C0123456789/ },
  ],
  [
    "a fallback that is not there",
    { fallback: "nothing" },
    { field: "fallback", message: /there is no channel "nothing"/ },
  ],
  ["itself as fallback", { fallback: "orders" }, { field: "fallback", message: /must be another channel/ }],
  ["a slug that is none", { slug: "Orders!" }, { field: "slug", message: /must be 1 to 63 of a-z/ }],
  ["a kind that is none", { kind: "pigeon" }, { field: "kind", message: /slack/ }],
  ["a member that is not known", { colour: "red" }, { field: "colour", message: /is not known here/ }],
])("%s is refused by name", async (_, wrong, { field, message }) => {
  const { status, body } = await make({ ...slackChannel, ...wrong });
  expect(status).toBe(422);
  expect(body.errors).toEqual([{ field, message: expect.stringMatching(message) }]);
});

test.each([
  ["email", "mail", "ops@shop.example; nobody", /"nobody" is not an e-mail address/],
  ["email", "mail", "", /must be given: one e-mail address/],
  [
    "email",
    "mail",
    Array.from({ length: 11 }, (_, n) => `a${n}@b.example`).join(" "),
    /at most 10 addresses/,
  ],
  ["webhook", "pager", "https://pager.example", /must be empty: a webhook goes to its provider's URL/],
])("an address of a channel of the kind %s is checked", async (kind, provider, address, message) => {
  const { body } = await make({ slug: "other", kind, provider, address });
  expect(body.errors).toEqual([{ field: "address", message: expect.stringMatching(message) }]);
});

test("fallbacks that lead back are refused, and one that others need stays", async () => {
  await make({ slug: "first", kind: "webhook", provider: "pager" });
  await make({ slug: "second", kind: "webhook", provider: "pager", fallback: "first" });
  await make({ slug: "third", kind: "webhook", provider: "pager", fallback: "second" });
  const circle = await call(patch, {
    as,
    method: "PATCH",
    params: { slug: "first" },
    body: { fallback: "third" },
  });
  expect(circle).toMatchObject({
    status: 422,
    body: { errors: [{ field: "fallback", message: "leads back here: first → third → second → first" }] },
  });
  expect(await call(remove, { as, method: "DELETE", params: { slug: "first" } })).toMatchObject({
    status: 409,
    body: { detail: "second falls back to this channel; give that another fallback first." },
  });
});

test("two that become each other's fallback at once: one of them is refused", async () => {
  await make({ slug: "left", kind: "webhook", provider: "pager" });
  await make({ slug: "right", kind: "webhook", provider: "pager" });
  const turn = (slug: string, fallback: string) =>
    call(patch, { as, method: "PATCH", params: { slug }, body: { fallback } }).then(({ status }) => status);
  expect((await Promise.all([turn("left", "right"), turn("right", "left")])).sort()).toEqual([200, 422]);
});

test("a channel that was moved elsewhere is told anew there, not at its old place", async () => {
  await make({ ...slackChannel, slug: "moving" });
  const [message] = await api.sql<{ id: string }[]>`
    insert into redrive.messages (subject, subject_id, channel, place)
    values ('failures', redrive.uuid_v7(), 'moving', '{"channel": "C0123456789", "ts": "1.2", "records": "7"}')
    returning id`;
  await call(patch, { as, method: "PATCH", params: { slug: "moving" }, body: { address: "C9876543210" } });
  expect(await api.sql`select place from redrive.messages where id = ${message?.id ?? ""}`).toEqual([
    { place: { records: "7" } },
  ]);
});

test("who is told nothing any more can act by no link that they have", async () => {
  await failed(api.sql, 1, { provider: "pager", fingerprint: "told" });
  const { id: groupId } = await groupOf(api.sql, "told");
  const linkOf = async (recipient: string) =>
    (await createRecoveryLink(api.sql, { groupId, recipient, expiresInMs: 60_000 })).token;
  const good = async () =>
    (
      await api.sql<{ recipient: string }[]>`
        select recipient from redrive.recovery_links where expires_at > now() order by recipient`
    ).map(({ recipient }) => recipient);
  const mails = { kind: "email", provider: "mail" };
  const [left, stays, both] = ["left@agency.example", "stays@agency.example", "both@agency.example"] as const;
  await make({ ...mails, slug: "night", address: `Left@agency.example, ${stays}, ${both}` });
  await make({ ...mails, slug: "day", address: both });
  await make({ slug: "moved", kind: "webhook", provider: "pager" });
  await make({ slug: "ended", kind: "webhook", provider: "pager" });
  const token = await linkOf(left);
  for (const recipient of [stays, both, "webhook: moved", "webhook: ended"]) await linkOf(recipient);
  const change = (slug: string, body: unknown) =>
    call(patch, { as, method: "PATCH", params: { slug }, body });

  await change("moved", { name: "Renamed" });
  expect(await good()).toEqual([both, left, stays, "webhook: ended", "webhook: moved"]);
  await aProvider(api.sql, "other-pager", {});
  expect(await change("moved", { provider: "other-pager" })).toMatchObject({ status: 200 });
  expect(await change("night", { address: stays })).toMatchObject({ status: 200 });
  await call(remove, { as, method: "DELETE", params: { slug: "ended" } });
  expect(await good()).toEqual([both, stays]);
  expect(await call(recover, { params: { token }, body: { runAgain: true } })).toMatchObject({
    status: 410,
    body: { code: "gone" },
  });
});

test("a test of a channel is a record that anyone can look up", async () => {
  await make({ slug: "mails", kind: "email", provider: "mail", address: "a@shop.example, b@shop.example" });
  const { status, body } = await call(testIt, { as, params: { slug: "mails" }, body: {} });
  expect(status).toBe(201);
  expect(body).toMatchObject({ slug: "mails", hold: null });
  const records = await api.sql<{ id: string; to: string; type: string; subject: string }[]>`
    select id, payload ->> 'to' as to, type, subject from redrive.outbox where provider = 'mail' order by id`;
  expect(records).toMatchObject([
    {
      id: body.recordId,
      to: "a@shop.example",
      type: "redrive.notice",
      subject: "A test of the channel mails",
    },
    { to: "b@shop.example" },
  ]);
  expect((await call(testIt, { as, params: { slug: "none" }, body: {} })).status).toBe(404);
});

test("routes are saved as a whole; one that stays is the one that it was", async () => {
  await make({ ...slackChannel, slug: "alerts" });
  const put = (items: unknown[]) => call(putRoutes, { as, method: "PUT", body: { items } });
  const first = await put([{ subject: "alert", channel: "alerts" }]);
  expect(first).toMatchObject({
    status: 200,
    body: { items: [{ subject: "alert", channel: "alerts", team: null, provider: null, severity: "info" }] },
  });
  const second = await put([
    { subject: "failures", channel: "alerts", team: "technical", severity: "warning" },
    { subject: "alert", channel: "alerts" },
  ]);
  expect(second.body.items).toHaveLength(2);
  expect(second.body.items[0]?.id).toBe(first.body.items[0]?.id);
  expect((await call(getRoutes, { as })).body.items).toEqual(second.body.items);
  expect((await put([])).body.items).toEqual([]);
});

test("a route that names what is not there is refused by its place in the list", async () => {
  const { status, body } = await call(putRoutes, {
    as,
    method: "PUT",
    body: {
      items: [
        { subject: "alert", channel: "alerts" },
        { subject: "alert", channel: "alerts" },
        { subject: "failures", channel: "nowhere", team: "nobody", provider: "none" },
        { subject: "alert", channel: "alerts", team: "technical" },
      ],
    },
  });
  expect(status).toBe(422);
  expect(body.errors).toEqual([
    { field: "items.1.channel", message: "stands here twice" },
    { field: "items.2.channel", message: 'there is no channel "nowhere"' },
    { field: "items.2.team", message: 'there is no team "nobody"' },
    { field: "items.2.provider", message: 'there is no provider "none"' },
    { field: "items.3.team", message: "must be null: an alert is no team's" },
  ]);
});

test("who may not manage the desk changes nothing, and sees it", async () => {
  const tech = await api.person("support_tech");
  expect((await call(list, { as: tech })).status).toBe(200);
  for (const refused of [
    call(create, { as: tech, body: slackChannel }),
    call(patch, { as: tech, method: "PATCH", params: { slug: "alerts" }, body: { enabled: false } }),
    call(remove, { as: tech, method: "DELETE", params: { slug: "alerts" } }),
    call(testIt, { as: tech, params: { slug: "alerts" }, body: {} }),
    call(putRoutes, { as: tech, method: "PUT", body: { items: [] } }),
  ]) {
    expect(await refused).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("manage_desk") },
    });
  }
});
