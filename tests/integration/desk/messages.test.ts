// What people are told of failures, end to end: messages at a Slack double and its fallbacks, by two workers.
import { expect, test } from "vitest";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { ana, failed } from "#tests/integration/desk/support.ts";
import {
  about,
  aChannel,
  actionsOf,
  aRoute,
  ats,
  base,
  decoded,
  fails,
  group,
  hookChannel,
  ids,
  looked,
  mail,
  mailChannel,
  messageOf,
  messagesOf,
  nth,
  pause,
  said,
  slack,
  telling,
  toldOnSlack,
} from "#tests/integration/desk/telling.ts";
import { eventually } from "#tests/support/engine.ts";

telling();

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
