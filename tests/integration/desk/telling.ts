// What tests of messages share: a database, two workers, a Slack double, a mail server and a webhook's server; and each
// test's own providers, whose names end in its number.
import type { ReservedSql } from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { failed, groupOf } from "#tests/integration/desk/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { aWorker, createdProvider, eventually } from "#tests/support/engine.ts";
import { type MailServer, startMailServer } from "#tests/support/mail-server.ts";
import { aProviderServer, ok, type ProviderServer } from "#tests/support/provider-server.ts";
import { aSlackDouble, type SlackDouble, type SlackMessage } from "#tests/support/slack-double.ts";
import type { Worker } from "#worker/main.ts";

export let base: TestDatabase;
export let slack: SlackDouble;
export let mail: MailServer;
export let hook: ProviderServer;
let workers: Worker[];
let evaluator: ReservedSql;

export const quick: Partial<ProviderPolicy> = {
  timeoutMs: { connect: 500, headers: 700, total: 700 },
  backoff: { baseMs: 100, factor: 1.5, jitter: 0, attemptsMax: 4 },
  breaker: { probeEveryMs: 500, goodTrials: 1 },
};

export let nth = 0;
/** Names of this test alone. */
export let ats: string;
export let ids: { slack: string; mail: string; hook: string };

/** Has all of it made before a file's tests, each channel and provider before each of them. */
export function telling(): void {
  beforeAll(async () => {
    base = await aDatabase();
    // The alerts here are the test's own: nobody is to find that what they say is not so.
    evaluator = await base.sql.reserve();
    await evaluator`select pg_advisory_lock(hashtext('redrive.evaluate_alerts'))`;
    slack = await aSlackDouble(["C0000001", "C0000002"]);
    mail = await startMailServer();
    hook = await aProviderServer();
    const env = { NEXTAUTH_URL: "https://redrive.example/" };
    workers = await Promise.all([aWorker(base.url, env), aWorker(base.url, env)]);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    evaluator.release();
    await Promise.all([slack, mail, hook].map((server) => server[Symbol.asyncDispose]()));
    await base[Symbol.asyncDispose]();
  });
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
}

type Channel = { kind?: string; provider?: string; address?: string; fallback?: string | null };

export async function aChannel(slug: string, given: Channel = {}): Promise<void> {
  const { kind = "slack", provider = ids.slack, address = "C0000001", fallback = null } = given;
  await base.sql`
    insert into redrive.channels (slug, name, kind, provider, address, fallback, updated_by)
    values (${slug}, ${`The ${slug}`}, ${kind}, ${provider}, ${address}, ${fallback}, 'test')`;
}
export const mailChannel = (slug: string, more: Channel = {}) =>
  aChannel(slug, { kind: "email", provider: ids.mail, address: "ops@shop.example", ...more });
export const hookChannel = (slug: string, more: Channel = {}) =>
  aChannel(slug, { kind: "webhook", provider: ids.hook, address: "", ...more });

type RouteGiven = { subject?: string; team?: string; severity?: string; provider?: string };
export async function aRoute(channel: string, given: RouteGiven = {}): Promise<void> {
  const { subject = "failures", team = null, severity = "info", provider = null } = given;
  await base.sql`
    insert into redrive.routes (subject, channel, team, provider, severity)
    values (${subject}, ${channel}, ${team}, ${provider}, ${severity})`;
}

/** Failures of the test's provider, of a kind of their own. */
export const fails = (count: number, more: Parameters<typeof failed>[2] = {}) =>
  failed(base.sql, count, { provider: ats, fingerprint: `f-${nth}`, ...more });
export const group = () => groupOf(base.sql, `f-${nth}`);

type MessageRow = {
  id: string;
  channel: string;
  state: string;
  insteadOf: string | null;
  recordId: string;
  sentAt: string | null;
  updates: number;
};
export const messagesOf = (subjectId: string) =>
  base.sql<
    MessageRow[]
  >`select * from redrive.messages where subject_id = ${subjectId} order by created_at, id`;
export async function messageOf(subjectId: string, channel: string): Promise<MessageRow> {
  const message = (await messagesOf(subjectId)).find((one) => one.channel === channel);
  if (!message) throw new Error(`${channel} was told nothing`);
  return message;
}

/** Slack's messages about a group, as their buttons and links name it. */
export const about = (id: string): SlackMessage[] =>
  slack.messages.filter(({ blocks }) => JSON.stringify(blocks).includes(id));
export const toldOnSlack = (id: string): Promise<SlackMessage> =>
  eventually(() => {
    const [message, ...others] = about(id);
    expect(others).toEqual([]);
    if (!message) throw new Error("Slack has no message");
    return message;
  });
export const said = ({ blocks }: Pick<SlackMessage, "blocks">): string => JSON.stringify(blocks);
export const actionsOf = ({ blocks }: Pick<SlackMessage, "blocks">): unknown[] =>
  blocks.flatMap((block) =>
    block.type === "actions" ? block.elements.map((element) => element.action_id) : [],
  );

/** Waits until the composer has looked at everything that has changed until now, twice over. */
export async function looked(): Promise<void> {
  const slug = `looked-${nth}-${Math.random().toString(36).slice(2)}`;
  await hookChannel(slug);
  for (const turn of [1, 2]) {
    const [alert] = await anAlert({ rule: `${slug}-${turn}` }, slug);
    await eventually(async () => expect((await messageOf(alert?.id ?? "", slug)).state).toBe("sent"));
  }
}

export async function anAlert(
  given: { rule?: string; about?: string; severity?: string } = {},
  channel?: string,
) {
  const { rule = `rule-${nth}`, about: what = "", severity = "warning" } = given;
  if (channel !== undefined) await aRoute(channel, { subject: "alert" });
  return base.sql<{ id: string }[]>`
    insert into redrive.alerts (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at)
    values (${rule}, 'backlog_growing', ${what}, ${severity}, 'The backlog of Northwind ATS grows',
      '{"drainMs": 90000, "due": 1200}', clock_timestamp(), clock_timestamp(), clock_timestamp())
    returning id`;
}

export async function pause(provider: string): Promise<void> {
  await base.sql`
    update redrive.provider_state set paused_at = now(), paused_by = 'ada', pause_reason = 'a test'
    where provider = ${provider}`;
}

/** A mail's text with its quoted-printable lines put together. */
export const decoded = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
