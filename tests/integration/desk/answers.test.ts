// From a failure to the person and back: a message comes, its own button or link is pressed as Slack or a person would, and
// the message says who did what.
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as recover } from "#app/api/v1/recoveries/[token]/route.ts";
import { POST as interact } from "#app/api/v1/slack/interactions/route.ts";
import { type Api, anApi, call, type Person } from "#tests/integration/api/app.ts";
import { failed, groupOf } from "#tests/integration/desk/support.ts";
import { aProvider } from "#tests/support/database.ts";
import { aWorker, createdProvider, eventually } from "#tests/support/engine.ts";
import { type MailServer, startMailServer } from "#tests/support/mail-server.ts";
import { aSlackDouble, type SlackDouble, type SlackMessage } from "#tests/support/slack-double.ts";
import { aPress, signedBySlack, signingSecret } from "#tests/support/slack-signed.ts";
import type { Worker } from "#worker/main.ts";

let api: Api;
let ana: Person;
let slack: SlackDouble;
let mail: MailServer;
let worker: Worker;
beforeAll(async () => {
  api = await anApi({ REDRIVE_SLACK_SIGNING_SECRET: signingSecret, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
  [slack, mail] = [await aSlackDouble(), await startMailServer()];
  ana = await api.person("support_tech", "Ana");
  await api.sql`update redrive.users set slack_user_id = 'U0000ANA' where id = ${ana.id}`;
  for (const slug of ["ats", "books"]) {
    await aProvider(api.sql, slug);
    // Its records fail, and stay, by the test's hand alone.
    await api.sql`
      update redrive.provider_state set paused_at = now(), paused_by = 'ada', pause_reason = 'a test' where provider = ${slug}`;
  }
  await createdProvider(api.sql, "slack", {
    url: slack.url,
    adapter: "slack",
    auth: { kind: "header", name: "Authorization", value: `Bearer ${slack.token}` },
  });
  await createdProvider(api.sql, "mail", {
    url: mail.url,
    adapter: "email",
    options: { from: "redrive@shop.example", requireTls: false },
  });
  await api.sql`
    insert into redrive.channels (slug, name, kind, provider, address, updated_by) values
      ('tech', 'Technical', 'slack', 'slack', 'C0000001', 'test'),
      ('mails', 'Mails', 'email', 'mail', ${ana.email}, 'test')`;
  await api.sql`
    insert into redrive.routes (subject, channel, provider) values ('failures', 'tech', 'ats'), ('failures', 'mails', 'books')`;
  worker = await aWorker(api.url, { NEXTAUTH_URL: "https://redrive.example" });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([slack, mail].map((server) => server[Symbol.asyncDispose]()));
  await api[Symbol.asyncDispose]();
});

const buttonsOf = ({ blocks }: SlackMessage) =>
  blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));

test("a button of the message that came is pressed, and the message says who pressed it", async () => {
  await failed(api.sql, 12, { fingerprint: "by slack" });
  const message = await eventually(() => {
    expect(slack.messages).toHaveLength(1);
    return slack.messages[0] as SlackMessage;
  });
  const button = buttonsOf(message).find(({ action_id }) => action_id === "group.retry");
  if (button?.type !== "button") throw new Error("the message has no button to run again");
  const { body, headers } = signedBySlack(
    aPress({
      action: "group.retry",
      value: button.value,
      user: "U0000ANA",
      triggerId: slack.trigger(),
      responseUrl: slack.responseUrl(),
      channel: message.channel,
    }),
  );
  expect((await call(interact, { body, headers })).status).toBe(200);
  expect(await groupOf(api.sql, "by slack")).toMatchObject({
    openRecords: 0,
    lastActBy: `Ana <${ana.email}>`,
  });
  await eventually(() => expect(JSON.stringify(message.blocks)).toMatch(/Ana ran .*again/));
  expect(slack.messages).toHaveLength(1);
  expect(buttonsOf(message).map(({ action_id }) => action_id)).toEqual(["open"]);
});

test("the link of the mail that came acts as whom it was sent to", async () => {
  await failed(api.sql, 3, { fingerprint: "by mail", provider: "books" });
  const token = await eventually(() => {
    const found = /https:\/\/redrive\.example\/recover\/([\w-]{43})/.exec(
      mail.got.map(({ text }) => text.replace(/=\r\n/g, "").replace(/=3D/g, "=")).join("\n"),
    );
    expect(found).not.toBeNull();
    return found?.[1] ?? "";
  });
  const answer = await call(recover, { params: { token }, body: { runAgain: false, reason: "old" } });
  expect(answer).toMatchObject({
    status: 200,
    body: { did: "rejected", acted: 3, by: `Ana <${ana.email}>` },
  });
});
