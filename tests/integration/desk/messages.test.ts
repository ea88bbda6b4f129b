// What people are told, end to end: failures and alerts in the database, messages at a Slack double, a mail server and a
// webhook's server, by two workers.
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readRecord } from "#db/reads/record.ts";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { ana, fail, failed, groupOf } from "#tests/integration/desk/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { aWorker, createdProvider, eventually, stateOf } from "#tests/support/engine.ts";
import {
  greetsAndHangs,
  type MailServer,
  startMailServer,
  startSpeaking,
} from "#tests/support/mail-server.ts";
import { aProviderServer, ok, type ProviderServer } from "#tests/support/provider-server.ts";
import { aSlackDouble, type SlackDouble, type SlackMessage } from "#tests/support/slack-double.ts";
import type { Worker } from "#worker/main.ts";

let base: TestDatabase;
let slack: SlackDouble;
let mail: MailServer;
let hook: ProviderServer;
let workers: Worker[];

const quick: Partial<ProviderPolicy> = {
  timeoutMs: { connect: 500, headers: 700, total: 700 },
  backoff: { baseMs: 100, factor: 1.5, jitter: 0, attemptsMax: 4 },
  breaker: { probeEveryMs: 500, goodTrials: 1 },
};

beforeAll(async () => {
  base = await aDatabase();
  slack = await aSlackDouble(["C0000001", "C0000002"]);
  mail = await startMailServer();
  hook = await aProviderServer();
  const env = { NEXTAUTH_URL: "https://redrive.example/" };
  workers = await Promise.all([aWorker(base.url, env), aWorker(base.url, env)]);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await Promise.all([slack, mail, hook].map((server) => server[Symbol.asyncDispose]()));
  await base[Symbol.asyncDispose]();
});

let nth = 0;
/** Names of this test alone. */
let ats: string;
let ids: { slack: string; mail: string; hook: string };
beforeEach(async () => {
  nth += 1;
  ats = `ats-${nth}`;
  ids = { slack: `slack-${nth}`, mail: `mail-${nth}`, hook: `hook-${nth}` };
  // Its records fail by the test's hand alone.
  await aProvider(base.sql, ats, { name: "Northwind ATS" });
  await base.sql`
    update redrive.provider_state set paused_at = now(), paused_by = 'ada', pause_reason = 'a test' where provider = ${ats}`;
  await createdProvider(base.sql, ids.slack, {
    ...quick,
    url: slack.url,
    adapter: "slack",
    auth: { kind: "header", name: "Authorization", value: `Bearer ${slack.token}` },
  });
  await createdProvider(base.sql, ids.mail, {
    ...quick,
    url: mail.url,
    adapter: "email",
    options: { from: "redrive@shop.example", requireTls: false },
  });
  await createdProvider(base.sql, ids.hook, { ...quick, url: `${hook.url}/hook` });
});
afterEach(async () => {
  slack.is("well");
  hook.answer(ok);
  // What one test has left open is no other's.
  await base.sql`delete from redrive.routes`;
  await base.sql`delete from redrive.channels`;
});

type Channel = { kind?: string; provider?: string; address?: string; fallback?: string | null };

async function aChannel(slug: string, given: Channel = {}): Promise<void> {
  const { kind = "slack", provider = ids.slack, address = "C0000001", fallback = null } = given;
  await base.sql`
    insert into redrive.channels (slug, name, kind, provider, address, fallback, updated_by)
    values (${slug}, ${`The ${slug}`}, ${kind}, ${provider}, ${address}, ${fallback}, 'test')`;
}
const mailChannel = (slug: string, more: Channel = {}) =>
  aChannel(slug, { kind: "email", provider: ids.mail, address: "ops@shop.example", ...more });
const hookChannel = (slug: string, more: Channel = {}) =>
  aChannel(slug, { kind: "webhook", provider: ids.hook, address: "", ...more });

type RouteGiven = { subject?: string; team?: string; severity?: string; provider?: string };
async function aRoute(channel: string, given: RouteGiven = {}): Promise<void> {
  const { subject = "failures", team = null, severity = "info", provider = null } = given;
  await base.sql`
    insert into redrive.routes (subject, channel, team, provider, severity)
    values (${subject}, ${channel}, ${team}, ${provider}, ${severity})`;
}

/** Failures of the test's provider, of a kind of their own. */
const fails = (count: number, more: Parameters<typeof failed>[2] = {}) =>
  failed(base.sql, count, { provider: ats, fingerprint: `f-${nth}`, ...more });
const group = () => groupOf(base.sql, `f-${nth}`);

type MessageRow = {
  id: string;
  channel: string;
  state: string;
  insteadOf: string | null;
  recordId: string;
  sentAt: string | null;
  updates: number;
};
const messagesOf = (subjectId: string) =>
  base.sql<
    MessageRow[]
  >`select * from redrive.messages where subject_id = ${subjectId} order by created_at, id`;
async function messageOf(subjectId: string, channel: string): Promise<MessageRow> {
  const message = (await messagesOf(subjectId)).find((one) => one.channel === channel);
  if (!message) throw new Error(`${channel} was told nothing`);
  return message;
}

/** Slack's messages about a group, as their buttons and links name it. */
const about = (id: string): SlackMessage[] =>
  slack.messages.filter(({ blocks }) => JSON.stringify(blocks).includes(id));
const toldOnSlack = (id: string): Promise<SlackMessage> =>
  eventually(() => {
    const [message, ...others] = about(id);
    expect(others).toEqual([]);
    if (!message) throw new Error("Slack has no message");
    return message;
  });
const said = ({ blocks }: Pick<SlackMessage, "blocks">): string => JSON.stringify(blocks);
const actionsOf = ({ blocks }: Pick<SlackMessage, "blocks">): unknown[] =>
  blocks.flatMap((block) =>
    block.type === "actions" ? block.elements.map((element) => element.action_id) : [],
  );

/** Waits until the composer has looked at everything that has changed until now, twice over. */
async function looked(): Promise<void> {
  const slug = `looked-${nth}-${Math.random().toString(36).slice(2)}`;
  await hookChannel(slug);
  for (const turn of [1, 2]) {
    const [alert] = await anAlert({ rule: `${slug}-${turn}` }, slug);
    await eventually(async () => expect((await messageOf(alert?.id ?? "", slug)).state).toBe("sent"));
  }
}

async function anAlert(given: { rule?: string; about?: string; severity?: string } = {}, channel?: string) {
  const { rule = `rule-${nth}`, about: what = "", severity = "warning" } = given;
  if (channel !== undefined) await aRoute(channel, { subject: "alert" });
  return base.sql<{ id: string }[]>`
    insert into redrive.alerts (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at)
    values (${rule}, 'backlog_growing', ${what}, ${severity}, 'The backlog of Northwind ATS grows',
      '{"drainMs": 90000, "due": 1200}', clock_timestamp(), clock_timestamp(), clock_timestamp())
    returning id`;
}

test("five hundred failures of one kind are one message, with what happened, counts, link and buttons", async () => {
  await aChannel("orders");
  await aRoute("orders");
  await fails(300);
  const { id } = await group();
  const message = await toldOnSlack(id);
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sent"));
  expect(message.channel).toBe("C0000001");
  expect(said(message)).toContain("Northwind ATS did not take");
  expect(said(message)).toContain(">503 Service Unavailable");
  expect(said(message)).toContain(`https://redrive.example/failures?group=${id}`);
  expect(actionsOf(message)).toEqual([
    "group.retry",
    "group.retry_one",
    "group.reject",
    "group.assign",
    "open",
  ]);

  // What comes then is told in place, all of it at once, and not sooner than ten seconds after.
  for (const count of [50, 50, 50, 50]) await fails(count);
  await eventually(() => expect(said(message)).toContain("500 of 500"), 30_000);
  expect(message.versions).toHaveLength(2);
  const [first, second] = message.versions;
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(9_000);
  expect(about(id)).toHaveLength(1);
  await eventually(async () =>
    expect(await messageOf(id, "orders")).toMatchObject({ state: "sent", insteadOf: null, updates: 1 }),
  );
});

test("an act is told within seconds, in place, by name, and takes the buttons away", async () => {
  await aChannel("orders");
  await aRoute("orders");
  await fails(12);
  const { id } = await group();
  const message = await toldOnSlack(id);
  const startedMs = Date.now();
  await retryGroup(base.sql, { id }, ana);
  await eventually(() => expect(said(message)).toContain("Ana ran all 12 again"), 10_000);
  expect(Date.now() - startedMs).toBeLessThan(6_000);
  expect(said(message)).not.toContain("ana@example.org");
  expect(actionsOf(message)).toEqual(["open"]);
  expect(about(id)).toHaveLength(1);
});

test("a change that a message would not show is not told", async () => {
  await aChannel("orders");
  await aRoute("orders");
  await fails(1);
  const { id } = await group();
  const message = await toldOnSlack(id);
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sent"));
  await base.sql`
    update redrive.messages set record_id = redrive.uuid_v7_floor(now() - interval '1 hour') where subject_id = ${id}`;
  await base.sql`update redrive.failure_groups set changed_at = clock_timestamp() where id = ${id}`;
  await eventually(async () => {
    const [row] = await base.sql`
      select from redrive.messages join redrive.failure_groups as groups on groups.id = subject_id
      where subject_id = ${id} and told_at = changed_at`;
    expect(row).toBeDefined();
  });
  expect(message.versions).toHaveLength(1);
  expect((await messageOf(id, "orders")).updates).toBe(0);
});

test("a message has one text under way at most, however much happens meanwhile", async () => {
  await aChannel("orders");
  await aRoute("orders");
  await pause(ids.slack);
  await fails(1);
  const { id } = await group();
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sending"));
  // As if its text had been made half a minute ago, so that the pace is nothing that it waits for.
  await base.sql`
    update redrive.messages set record_id = redrive.uuid_v7_floor(now() - interval '30 seconds') where subject_id = ${id}`;
  await fails(5);
  await looked();
  const [records] =
    await base.sql`select count(*)::int as n from redrive.outbox where provider = ${ids.slack}`;
  expect(records?.n).toBe(1);
});

test("a message that somebody deleted in Slack is posted anew, and leaves no failure behind", async () => {
  await aChannel("orders");
  await aRoute("orders");
  await fails(3);
  const { id } = await group();
  slack.forget(await toldOnSlack(id));
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sent"));
  await rejectGroup(base.sql, { id, reason: "obsolete", code: "obsolete" }, ana);
  const anew = await toldOnSlack(id);
  expect(said(anew)).toContain("Ana rejected all 3");
  const open = await base.sql`select from redrive.failures where provider = ${ids.slack} and state = 'open'`;
  expect(open).toHaveLength(0);
});

test("who is told follows team, provider and severity, each channel once", async () => {
  await aChannel("tech");
  await aChannel("data", { address: "C0000002" });
  await aRoute("tech", { team: "technical", severity: "warning" });
  await aRoute("tech", { provider: ats, severity: "critical" });
  await aRoute("data", { team: "client_data" });
  await fails(2, { category: "client_data", team: "client_data" });
  const { id } = await group();
  const message = await toldOnSlack(id);
  expect(message.channel).toBe("C0000002");
  expect(said(message)).toContain("refused the data of");
  await looked();
  expect((await messagesOf(id)).map(({ channel }) => channel)).toEqual(["data"]);
});

test("a route tells of what comes after it, not of all that is open", async () => {
  await fails(1);
  const { id } = await group();
  await aChannel("orders");
  await aRoute("orders");
  await looked();
  expect(await messagesOf(id)).toEqual([]);
  await fails(1);
  expect(said(await toldOnSlack(id))).toContain("2 of 2");
});

test("when a route was made is known to some microseconds: what came just before it is not told by it", async () => {
  const [made] = await base.sql<{ n: number; early: number; late: number }[]>`
    select
      count(*)::int as n,
      (count(*) filter (where redrive.uuid_v7_moment(id) < before - interval '1 microsecond'))::int as early,
      -- Ids that are made at once are kept in order by a step ahead of the clock.
      (count(*) filter (where redrive.uuid_v7_moment(id) > after + interval '50 microseconds'))::int as late
    from (
      select clock_timestamp() as before, redrive.uuid_v7() as id, clock_timestamp() as after
      from generate_series(1, 2000)
    ) as made`;
  expect(made).toEqual({ n: 2_000, early: 0, late: 0 });
});

test("a muted group is not told", async () => {
  await aChannel("orders");
  await aRoute("orders");
  await base.sql.begin(async (sql) => {
    await failed(sql as never, 1, { provider: ats, fingerprint: `f-${nth}` });
    await sql`
      update redrive.failure_groups set muted_until = now() + interval '1 hour' where fingerprint = ${`f-${nth}`}`;
  });
  await looked();
  expect(await messagesOf((await group()).id)).toEqual([]);
});

test("a Slack that is limited is asked again when it said, and is told nothing twice", async () => {
  await aChannel("orders");
  await aRoute("orders");
  slack.is({ retryAfterSeconds: 2 });
  const from = slack.calls.length;
  await fails(4);
  const { id } = await group();
  await eventually(() => expect(slack.calls.slice(from).length).toBeGreaterThan(0));
  slack.is("well");
  await toldOnSlack(id);
  const [limited, posted, ...others] = slack.calls.slice(from);
  expect([limited?.answered, posted?.answered]).toEqual(["ratelimited", "ok"]);
  expect((posted?.atMs ?? 0) - (limited?.atMs ?? 0)).toBeGreaterThan(1_900);
  expect(others).toEqual([]);
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sent"));
});

test("a Slack that is down loses nothing: the fallback stands in and says so, and Slack has it when it is back", async () => {
  await mailChannel("mails");
  await aChannel("orders", { fallback: "mails" });
  await aRoute("orders");
  slack.is("down");
  await fails(5);
  const { id } = await group();
  await eventually(async () => expect((await messageOf(id, "mails")).state).toBe("sent"));
  const got = mail.got.filter(({ text }) => text.includes("5 records failed at Northwind ATS"));
  expect(got).toHaveLength(1);
  expect(decoded(got[0]?.text ?? "")).toContain("because the channel “The orders” can't be reached now");
  expect(await messageOf(id, "mails")).toMatchObject({ insteadOf: "orders" });
  slack.is("well");
  await toldOnSlack(id);
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sent"));
  await looked();
  expect((await messagesOf(id)).map(({ channel }) => channel).sort()).toEqual(["mails", "orders"]);
});

test("a channel whose provider is paused has its fallback told at once, and no other", async () => {
  await hookChannel("hooks");
  await mailChannel("mails", { fallback: "hooks" });
  await aChannel("orders", { fallback: "mails" });
  await aRoute("orders");
  await pause(ids.slack);
  await fails(1);
  const { id } = await group();
  await eventually(async () => expect((await messageOf(id, "mails")).state).toBe("sent"));
  expect((await messagesOf(id)).map(({ channel }) => channel)).not.toContain("hooks");
});

test("what waits for a minute has the fallback stand in", async () => {
  await hookChannel("hooks");
  await aChannel("orders", { fallback: "hooks" });
  await aRoute("orders");
  slack.is({ retryAfterSeconds: 3_600 });
  await fails(1);
  const { id } = await group();
  await eventually(async () => expect((await messageOf(id, "orders")).state).toBe("sending"));
  await looked();
  expect((await messagesOf(id)).map(({ channel }) => channel)).toEqual(["orders"]);
  await base.sql`update redrive.messages set created_at = created_at - interval '61 seconds' where subject_id = ${id}`;
  await eventually(async () => expect((await messageOf(id, "hooks")).insteadOf).toBe("orders"));
});

test("a channel that Slack does not know fails, its fallback stands in, and its failure is told elsewhere, once", async () => {
  await mailChannel("mails");
  await aChannel("lost", { address: "C9999999", fallback: "mails" });
  await aRoute("lost");
  await fails(7);
  const { id } = await group();
  await eventually(async () => expect((await messageOf(id, "lost")).state).toBe("failed"));
  await eventually(async () => expect((await messageOf(id, "mails")).state).toBe("sent"));
  // The failed message is a failure like any other, but for the channel that it is told to.
  const trouble = await eventually(async () => {
    const [found] = await base.sql<{ id: string }[]>`
      select id from redrive.failure_groups where provider = ${ids.slack} and type = 'redrive.message'`;
    if (!found) throw new Error("no group of failed messages");
    return found;
  });
  await eventually(async () =>
    expect(await messagesOf(trouble.id)).toMatchObject([
      { channel: "mails", insteadOf: "lost", state: "sent" },
    ]),
  );
});

test("where no channel works, messages about messages end", async () => {
  await aChannel("lost", { address: "C9999999", fallback: "mails" });
  await mailChannel("mails", { address: "nobody@shop.example", fallback: "lost" });
  await aRoute("lost");
  await aRoute("mails");
  await base.sql`update redrive.providers set policy = jsonb_set(policy, '{url}', '"smtp://127.0.0.1:1"'), version = version + 1 where slug = ${ids.mail}`;
  await base.sql`update redrive.providers set policy = jsonb_set(policy, '{breaker,probeEveryMs}', '86400000') where slug = ${ids.mail}`;
  await fails(2);
  const { id } = await group();
  await eventually(async () => expect((await messageOf(id, "lost")).state).toBe("failed"));
  await looked();
  await looked();
  const records = await base.sql<{ type: string; provider: string }[]>`
    select type, provider from redrive.outbox where provider in (${ids.slack}, ${ids.mail}) order by id`;
  // One each about the failures, one about the message that failed; about that nobody is told.
  expect(records.filter(({ type }) => type === "redrive.message")).toHaveLength(2);
  expect(records.filter(({ type }) => type === "redrive.notice")).toEqual([
    { type: "redrive.notice", provider: ids.mail },
  ]);
});

test("a mail server that greets and hangs holds up nobody: the fallback stands in", async () => {
  await using hanging = await startSpeaking(greetsAndHangs);
  await createdProvider(base.sql, `hanging-${nth}`, {
    ...quick,
    url: hanging.url,
    adapter: "email",
    options: { from: "redrive@shop.example", requireTls: false },
  });
  await hookChannel("hooks");
  await aChannel("mails", {
    kind: "email",
    provider: `hanging-${nth}`,
    address: "ops@shop.example",
    fallback: "hooks",
  });
  await aChannel("orders");
  await aRoute("mails");
  await aRoute("orders");
  const startedMs = Date.now();
  await fails(2);
  const { id } = await group();
  await toldOnSlack(id);
  expect(Date.now() - startedMs).toBeLessThan(5_000);
  await eventually(async () => expect((await messageOf(id, "hooks")).state).toBe("sent"), 30_000);
  expect((await stateOf(base.sql, `hanging-${nth}`)).breaker).not.toBe("closed");
});

test("a webhook is told in JSON when it opens, is acted on, and is over; its link is kept as a hash", async () => {
  await hookChannel("hooks");
  await aRoute("hooks");
  await fails(2, { message: "no such <b>client</b>" });
  const { id } = await group();
  const bodies = () =>
    hook.received.map(({ body }) => JSON.parse(body)).filter((body) => body.subjectId === id);
  await eventually(() => expect(bodies()).toHaveLength(1));
  const [opened] = bodies();
  expect(opened).toMatchObject({
    kind: "redrive.message",
    event: "opened",
    subject: "failures",
    severity: "warning",
    quote: "no such <b>client</b>",
    failures: { provider: ats, team: "technical", open: 2, records: 2, statusCode: 503 },
    recover: { url: expect.stringMatching(/^https:\/\/redrive\.example\/api\/v1\/recoveries\/[\w-]{43}$/) },
  });
  const token = opened.recover.url.split("/").at(-1);
  const [link] = await base.sql`
    select group_id, recipient from redrive.recovery_links
    where token_hash = ${createHash("sha256").update(token).digest("hex")}`;
  expect(link).toEqual({ groupId: id, recipient: "webhook: hooks" });
  // Who may see payloads is not who was sent the link.
  const { recordId } = await messageOf(id, "hooks");
  const record = JSON.stringify(await readRecord(base.db, recordId, { payload: true }));
  expect(record).not.toContain(token);
  expect(record).toContain("/api/v1/recoveries/•••");
  await retryGroup(base.sql, { id }, ana);
  await eventually(() => expect(bodies()).toHaveLength(2));
  await base.sql`
    update redrive.failure_groups set resolved_at = clock_timestamp(), changed_at = clock_timestamp() where id = ${id}`;
  await eventually(() => expect(bodies()).toHaveLength(3));
  expect(bodies().slice(1)).toMatchObject([
    { event: "changed", messageId: opened.messageId, recover: null },
    { event: "resolved", messageId: opened.messageId, recover: null },
  ]);
});

test("mails come when it begins, is ten times as many, and is over; each recipient has a link of their own", async () => {
  await mailChannel("mails", { address: "ana@shop.example, bo@shop.example" });
  await aRoute("mails");
  await fails(2);
  const { id } = await group();
  const mails = (to: string) =>
    mail.got.filter((one) => one.to.includes(to) && decoded(one.text).includes(`group=${id}`));
  await eventually(() =>
    expect([mails("ana@shop.example"), mails("bo@shop.example")]).toMatchObject([[{}], [{}]]),
  );
  const [first] = mails("ana@shop.example");
  const linkOf = (text: string) =>
    /https:\/\/redrive\.example\/recover\/([\w-]{43})/.exec(decoded(text))?.[1];
  const links = [linkOf(first?.text ?? ""), linkOf(mails("bo@shop.example")[0]?.text ?? "")];
  expect(new Set(links).size).toBe(2);
  const hashes = links.map((token) =>
    createHash("sha256")
      .update(token ?? "")
      .digest("hex"),
  );
  const kept = await base.sql<{ recipient: string }[]>`
    select recipient from redrive.recovery_links where token_hash = any (${hashes}) order by recipient`;
  expect(kept.map(({ recipient }) => recipient)).toEqual(["ana@shop.example", "bo@shop.example"]);

  // Nine more are no news; with nine more after them it is ten times as many.
  await fails(9);
  await looked();
  expect(mails("ana@shop.example")).toHaveLength(1);
  await fails(9);
  await eventually(() => expect(mails("ana@shop.example")).toHaveLength(2), 30_000);
  const others = mails("bo@shop.example")[1]?.text ?? "";
  expect(links).not.toContain(linkOf(others));
  const messageId = /^Message-ID: (<.*>)\r$/m.exec(first?.text ?? "")?.[1];
  expect(mails("ana@shop.example")[1]?.text).toContain(`In-Reply-To: ${messageId}\r\n`);
  await retryGroup(base.sql, { id }, ana);
  await base.sql`
    update redrive.failure_groups set resolved_at = clock_timestamp(), changed_at = clock_timestamp() where id = ${id}`;
  await eventually(() => expect(mails("ana@shop.example")).toHaveLength(3), 30_000);
  expect(mails("ana@shop.example")[2]?.text).toContain("Subject: Resolved: 20 failures at Northwind ATS");
  expect(linkOf(mails("ana@shop.example")[2]?.text ?? "")).toBeUndefined();
});

test("who was mailed, ran them again, and sees them fail again has a new mail with a link that is not used up", async () => {
  await mailChannel("mails");
  await aRoute("mails");
  const records = await fails(2);
  const { id } = await group();
  const mails = () => mail.got.filter(({ text }) => decoded(text).includes(`group=${id}`));
  await eventually(() => expect(mails()).toHaveLength(1));
  await retryGroup(base.sql, { id }, ana);
  await fail(base.sql, records, { provider: ats, fingerprint: `f-${nth}` });
  await eventually(() => expect(mails()).toHaveLength(2), 30_000);
  expect(decoded(mails()[1]?.text ?? "")).toContain("https://redrive.example/recover/");
  await looked();
  expect(mails()).toHaveLength(2);
});

test("an alert is told when it opens, is acknowledged, and is over, in one message", async () => {
  await aChannel("alerts");
  const [alert] = await anAlert({ about: ats }, "alerts");
  const id = alert?.id ?? "";
  const message = await toldOnSlack(id);
  expect(said(message)).toContain("The backlog of Northwind ATS grows");
  expect(said(message)).toContain("1,200");
  await base.sql`
    update redrive.alerts
    set state = 'acknowledged', acknowledged_at = clock_timestamp(), acknowledged_by = 'Ana <ana@example.org>',
      changed_at = clock_timestamp()
    where id = ${id}`;
  await eventually(() => expect(said(message)).toContain("Ana acknowledged it at"));
  await base.sql`
    update redrive.alerts set state = 'resolved', resolved_at = clock_timestamp(), changed_at = clock_timestamp()
    where id = ${id}`;
  await eventually(() => expect(said(message)).toContain("Resolved: The backlog"));
  expect(about(id)).toHaveLength(1);
});

test("an alert about Slack's own provider goes to the fallback, not to Slack", async () => {
  await mailChannel("mails");
  await aChannel("alerts", { fallback: "mails" });
  const [alert] = await anAlert({ about: ids.slack }, "alerts");
  await eventually(async () =>
    expect(await messagesOf(alert?.id ?? "")).toMatchObject([
      { channel: "mails", insteadOf: "alerts", state: "sent" },
    ]),
  );
});

test("a silenced alert is not told, and is when its silence has ended", async () => {
  await aChannel("alerts");
  await aRoute("alerts", { subject: "alert" });
  const [alert] = await base.sql<{ id: string }[]>`
    insert into redrive.alerts (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at,
      silenced_until, silenced_by, silence_reason)
    values ('quiet', 'disk', '', 'critical', 'The disk is nearly full', '{}', now(), now(), clock_timestamp(),
      now() + interval '1 hour', 'ana', 'known')
    returning id`;
  await looked();
  expect(await messagesOf(alert?.id ?? "")).toEqual([]);
  await base.sql`update redrive.alerts set silenced_until = now() where id = ${alert?.id ?? ""}`;
  await toldOnSlack(alert?.id ?? "");
});

async function pause(provider: string): Promise<void> {
  await base.sql`
    update redrive.provider_state set paused_at = now(), paused_by = 'ada', pause_reason = 'a test'
    where provider = ${provider}`;
}

/** A mail's text with its quoted-printable lines put together. */
const decoded = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
