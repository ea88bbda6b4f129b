// What people are told by mail and webhook, and of alerts, end to end, by two workers.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { readRecord } from "#db/reads/record.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { ana, fail } from "#tests/integration/desk/support.ts";
import {
  about,
  aChannel,
  anAlert,
  aRoute,
  ats,
  base,
  decoded,
  fails,
  group,
  hook,
  hookChannel,
  ids,
  looked,
  mail,
  mailChannel,
  messageOf,
  messagesOf,
  nth,
  quick,
  said,
  telling,
  toldOnSlack,
} from "#tests/integration/desk/telling.ts";
import { createdProvider, eventually, stateOf } from "#tests/support/engine.ts";
import { greetsAndHangs, startSpeaking } from "#tests/support/mail-server.ts";

telling();

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

test("an alert about a group of failures goes where its provider's alerts go, and no other's", async () => {
  await aChannel("theirs");
  await aChannel("ours", { address: "C0000002" });
  await aRoute("theirs", { subject: "alert", provider: ids.hook });
  await aRoute("ours", { subject: "alert", provider: ats });
  const [alert] = await base.sql<{ id: string }[]>`
    insert into redrive.alerts (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at)
    values ('new-group', 'failures', 'a fingerprint', 'warning', 'A new kind of failure',
      ${base.sql.json({ provider: ats })}, now(), now(), clock_timestamp())
    returning id`;
  await toldOnSlack(alert?.id ?? "");
  await looked();
  expect((await messagesOf(alert?.id ?? "")).map(({ channel }) => channel)).toEqual(["ours"]);
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
