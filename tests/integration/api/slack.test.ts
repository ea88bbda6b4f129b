// Slack's address: what is taken for Slack's, whose act a press becomes, and that Slack is answered in time.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { POST as createProvider } from "#app/api/v1/providers/route.ts";
import * as interactions from "#app/api/v1/slack/interactions/route.ts";
import { closeDeps } from "#lib/server/deps.ts";
import { type Answer, type Api, anApi, bootstrapKey, call, type Person } from "#tests/integration/api/app.ts";
import { failed, groupOf } from "#tests/integration/desk/support.ts";
import { holdToContract } from "#tests/support/contract.ts";
import { aProvider } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { aSlackDouble, type SlackDouble } from "#tests/support/slack-double.ts";
import { aPress, aSubmission, signedBySlack, signingSecret } from "#tests/support/slack-signed.ts";

let api: Api;
let slack: SlackDouble;
let ana: Person;
beforeAll(async () => {
  slack = await aSlackDouble();
  api = await anApi({ REDRIVE_SLACK_SIGNING_SECRET: signingSecret, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
  ana = await inSlack("support_tech", "Ana", "U0000ANA");
  await inSlack("support_tech", "Bob", "U0000BOB");
  await inSlack("developer", "Dev", "U0000DEV");
  await aProvider(api.sql, "ats");
  await call(createProvider, {
    as: { key: bootstrapKey },
    body: {
      slug: "slack",
      url: slack.url,
      adapter: "slack",
      auth: { kind: "header", name: "Authorization", value: `Bearer ${slack.token}` },
    },
  });
  await api.sql`
    insert into redrive.channels (slug, name, kind, provider, address, updated_by)
    values ('tech', 'Technical', 'slack', 'slack', 'C0000001', 'test')`;
});
afterEach(() => slack.is("well"));
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await slack[Symbol.asyncDispose]();
});

async function inSlack(role: "support_tech" | "developer", name: string, slackId: string): Promise<Person> {
  const person = await api.person(role, name);
  await api.sql`update redrive.users set slack_user_id = ${slackId} where id = ${person.id}`;
  return person;
}

/** Failures that are one group of their own. */
async function aGroup(count = 3, given: Parameters<typeof failed>[2] = {}): Promise<string> {
  const fingerprint = crypto.randomUUID();
  await failed(api.sql, count, { fingerprint, ...given });
  return (await groupOf(api.sql, fingerprint)).id;
}

const send = (body: string, headers: Record<string, string>): Promise<Answer> =>
  call(interactions.POST, { body, headers });

type Pressing = { user?: string; responseUrl?: string; channel?: string };

async function press(
  action: string,
  groupId: string | undefined,
  { user = "U0000ANA", ...given }: Pressing = {},
): Promise<Answer & { tookMs: number; responseUrl: string }> {
  const responseUrl = given.responseUrl ?? slack.responseUrl();
  const payload = aPress({ action, value: groupId, user, triggerId: slack.trigger(), ...given, responseUrl });
  const { body, headers } = signedBySlack(payload);
  const begin = performance.now();
  const answer = await send(body, headers);
  return { ...answer, tookMs: performance.now() - begin, responseUrl };
}

/** What was said to the one who pressed. */
const saidTo = ({ responseUrl }: { responseUrl: string }): string[] =>
  slack.responses
    .filter(({ url }) => url === new URL(responseUrl).pathname)
    .map(({ body }) => {
      expect(body).toMatchObject({ response_type: "ephemeral", replace_original: false });
      return String(body.text);
    });

const groupNow = async (id: string) => {
  const [row] = await api.sql<{ openRecords: number; lastAct: string | null; assignee: string | null }[]>`
    select open_records, last_act, assignee from redrive.failure_groups where id = ${id}`;
  return row;
};
const auditOf = (id: string) =>
  api.sql`select actor, action, reason from redrive.audit where subject_id = ${id} order by at`;
const untouched = { openRecords: 3, lastAct: null, assignee: null };

test("Run again runs the whole group again, as the person who pressed", async () => {
  const group = await aGroup(12);
  const pressed = await press("group.retry", group);
  expect(pressed).toMatchObject({ status: 200, text: "" });
  expect(await groupNow(group)).toMatchObject({ openRecords: 0, lastAct: "retried" });
  expect(await auditOf(group)).toEqual([
    { actor: `Ana <${ana.email}>`, action: "group.retried", reason: null },
  ]);
  expect(saidTo(pressed)).toEqual(["12 records run again."]);
});

test("Run one runs the oldest again, and leaves the others", async () => {
  const group = await aGroup();
  const pressed = await press("group.retry_one", group);
  expect(await groupNow(group)).toMatchObject({ openRecords: 2, lastAct: "retried" });
  expect(saidTo(pressed)).toEqual(["One record runs again. 2 are still open."]);
});

test("Assign me gives the group to who pressed, and not to a second one", async () => {
  const group = await aGroup();
  await press("group.assign", group);
  const second = await press("group.assign", group, { user: "U0000BOB" });
  expect(await groupNow(group)).toMatchObject({ assignee: `Ana <${ana.email}>`, openRecords: 3 });
  expect(saidTo(second)).toEqual([expect.stringMatching(/^Ana has it already, since <!date\^\d+\^/)]);
});

test("a link that is pressed is taken, and nothing is done or said", async () => {
  const pressed = await press("open", undefined);
  expect(pressed.status).toBe(200);
  expect(saidTo(pressed)).toEqual([]);
});

test("a button of a group that is settled already tells only who pressed who was first", async () => {
  const group = await aGroup(12);
  await press("group.retry", group, { user: "U0000BOB" });
  for (const action of ["group.retry", "group.retry_one", "group.assign"]) {
    const late = await press(action, group);
    expect(late.status).toBe(200);
    expect(saidTo(late)).toEqual([
      expect.stringMatching(/^Bob retried these 12 at <!date\^\d+\^.+>; nothing of it is open now\.$/),
    ]);
  }
  const late = await press("group.reject", group);
  expect(saidTo(late)).toEqual([
    expect.stringMatching(/^Bob ran these again at <!date.+nothing of it is open/),
  ]);
  expect(slack.views).toHaveLength(0);
  expect(await auditOf(group)).toHaveLength(1);
});

test("of ten who press at once one acts, and nine learn who it was", async () => {
  const group = await aGroup(12);
  const pressed = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      press("group.retry", group, { user: n % 2 ? "U0000ANA" : "U0000BOB" }),
    ),
  );
  expect(await auditOf(group)).toHaveLength(1);
  const said = pressed.flatMap(saidTo).sort();
  expect(said.filter((text) => text === "12 records run again.")).toHaveLength(1);
  expect(said.filter((text) => /^(Ana|Bob) retried these 12 at/.test(text))).toHaveLength(9);
});

test("a forged, a stale and an early request are refused, whatever is wrong with them", async () => {
  const group = await aGroup();
  const payload = () =>
    aPress({
      action: "group.retry",
      value: group,
      user: "U0000ANA",
      triggerId: "1.1",
      responseUrl: slack.responseUrl(),
    });
  const genuine = signedBySlack(payload());
  const another = signedBySlack({ ...payload(), trigger_id: "2.2" });
  const without = (name: string) =>
    Object.fromEntries(Object.entries(genuine.headers).filter(([key]) => key !== name));
  const withHeader = (name: string, value: string) => ({ ...genuine.headers, [name]: value });
  const minutes = (n: number) => Date.now() + n * 60_000;
  const signature = genuine.headers["x-slack-signature"] ?? "";
  const timestamp = genuine.headers["x-slack-request-timestamp"] ?? "";

  const wrong: Record<string, { body: string; headers: Record<string, string> }> = {
    "another secret": signedBySlack(payload(), { secret: "somebody-elses-secret-of-the-app" }),
    "another body": { body: another.body, headers: genuine.headers },
    "one byte more": { body: `${genuine.body}&`, headers: genuine.headers },
    "no body": { body: "", headers: genuine.headers },
    "no signature": { body: genuine.body, headers: without("x-slack-signature") },
    "no timestamp": { body: genuine.body, headers: without("x-slack-request-timestamp") },
    "an empty signature": { body: genuine.body, headers: withHeader("x-slack-signature", "") },
    "a signature of another version": {
      body: genuine.body,
      headers: withHeader("x-slack-signature", signature.replace("v0", "v1")),
    },
    "half a signature": {
      body: genuine.body,
      headers: withHeader("x-slack-signature", signature.slice(0, 35)),
    },
    "capital letters": {
      body: genuine.body,
      headers: withHeader("x-slack-signature", signature.toUpperCase()),
    },
    "two signatures, as a doubled header arrives": {
      body: genuine.body,
      headers: withHeader("x-slack-signature", `v0=${"0".repeat(64)}, ${signature}`),
    },
    "two timestamps": {
      body: genuine.body,
      headers: withHeader("x-slack-request-timestamp", `${timestamp}, ${timestamp}`),
    },
    "another time": {
      body: genuine.body,
      headers: withHeader("x-slack-request-timestamp", String(Number(timestamp) + 1)),
    },
    "a time with a space": {
      body: genuine.body,
      headers: withHeader("x-slack-request-timestamp", `${timestamp.slice(0, 5)} ${timestamp.slice(5)}`),
    },
    "a time that is none": { body: genuine.body, headers: withHeader("x-slack-request-timestamp", "NaN") },
    "six minutes old": signedBySlack(payload(), { atMs: minutes(-6) }),
    "six minutes early": signedBySlack(payload(), { atMs: minutes(6) }),
  };
  for (const [what, { body, headers }] of Object.entries(wrong)) {
    const answer = await send(body, headers);
    expect(answer, what).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    expect(answer.text).not.toContain(signingSecret);
  }
  expect(await groupNow(group)).toEqual(untouched);
  // The proof that nothing else was wrong with them, and that no refusal used the genuine one up.
  const fourMinutesOld = signedBySlack({ ...payload(), trigger_id: "3.3" }, { atMs: minutes(-4) });
  expect((await send(fourMinutesOld.body, fourMinutesOld.headers)).status).toBe(200);
  expect((await send(genuine.body, genuine.headers)).status).toBe(200);
});

test("a replay is refused, one after the other and ten at once", async () => {
  const group = await aGroup();
  const payload = aPress({ action: "group.retry_one", value: group, user: "U0000ANA", triggerId: "5.5" });
  const { body, headers } = signedBySlack(payload);
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(body, headers)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)]);
  expect((await send(body, headers)).status).toBe(401);
  expect(await groupNow(group)).toMatchObject({ openRecords: 2 });
});

test("what Slack signed but nobody can read is refused with the reason", async () => {
  const form = (text: string) => signedBySlack(text);
  const press = JSON.stringify(aPress({ action: "group.retry", value: "x", user: "U1", triggerId: "1" }));
  for (const [what, given] of Object.entries({
    "no payload": form("ssl_check=1"),
    "no JSON": form("payload=%7Bnot"),
    "two payloads": form(`payload=${encodeURIComponent(press)}&payload=${encodeURIComponent(press)}`),
    "a press without a user": signedBySlack({
      type: "block_actions",
      trigger_id: "1",
      actions: [{ action_id: "a" }],
    }),
    "a press without an action": signedBySlack({ ...JSON.parse(press), actions: [] }),
    "a submission without a view": signedBySlack({ type: "view_submission", user: { id: "U1" } }),
    "a list": signedBySlack("payload=[]"),
  })) {
    const answer = await send(given.body, given.headers);
    expect(answer, what).toMatchObject({ status: 422, body: { errors: [{ field: "payload" }] } });
  }
});

test("a body over 1 MiB is refused before it is looked at, with and without its length said", async () => {
  const { body, headers } = signedBySlack(`payload=${"x".repeat(1_048_576)}`);
  expect((await send(body, headers)).status).toBe(413);
  const chunk = new TextEncoder().encode("x".repeat(65_536));
  let chunks = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      chunks += 1;
      controller.enqueue(chunk);
    },
  });
  const response = await interactions.POST(
    new Request("http://localhost:3000/api/v1/slack/interactions", {
      method: "POST",
      body: endless,
      headers,
      duplex: "half",
    } as RequestInit),
    { params: Promise.resolve({}) },
  );
  holdToContract(interactions.POST, response, await response.text());
  expect(response.status).toBe(413);
  expect(chunks).toBeLessThan(40);
});

test("an unknown button, a value that is no group's, and a modal of somebody else do nothing", async () => {
  const group = await aGroup();
  for (const action of ["group.explode", "constructor", "__proto__", "toString", ""]) {
    const pressed = await press(action, group);
    expect(pressed.status).toBe(200);
    expect(saidTo(pressed)).toEqual([expect.stringContaining("This button is not known here")]);
  }
  const noGroup = await press("group.retry", "'; drop table redrive.outbox; --");
  expect(saidTo(noGroup)).toEqual([expect.stringContaining("not known here")]);
  const gone = await press("group.retry", "0190a0b0-0000-7000-8000-000000000000");
  expect(saidTo(gone)).toEqual([expect.stringContaining("There is no failure group")]);
  for (const submission of [
    aSubmission({ user: "U0000ANA", reason: "x", memory: "{}", callback: "another" }),
    aSubmission({ user: "U0000ANA", reason: "x", memory: "no json" }),
    aSubmission({ user: "U0000ANA", reason: "x", memory: '{"groupId":"x","responseUrl":null}' }),
    { type: "view_closed", user: { id: "U0000ANA" } },
    { type: "shortcut", user: { id: "U0000ANA" } },
  ]) {
    const { body, headers } = signedBySlack(submission);
    expect(await send(body, headers)).toMatchObject({ status: 200, text: "" });
  }
  expect(await groupNow(group)).toEqual(untouched);
});

test("who is nobody here, or is disabled, does nothing and is told what to do", async () => {
  const group = await aGroup();
  const disabled = await inSlack("support_tech", "Gone", "U0000GONE");
  await api.sql`update redrive.users set disabled_at = now() where id = ${disabled.id}`;
  for (const user of ["U0STRANGER", "U0000GONE"]) {
    for (const action of ["group.retry", "group.retry_one", "group.assign", "group.reject"]) {
      const pressed = await press(action, group, { user });
      expect(pressed.status).toBe(200);
      expect(saidTo(pressed)).toEqual([expect.stringContaining(`enter your member ID, ${user}`)]);
    }
    const { body, headers } = signedBySlack(
      aSubmission({ user, reason: "because", memory: JSON.stringify({ groupId: group, responseUrl: null }) }),
    );
    expect((await send(body, headers)).body).toMatchObject({ response_action: "errors" });
  }
  expect(await groupNow(group)).toEqual(untouched);
  expect(slack.views).toHaveLength(0);
});

test("a role that may not is told who may, and nothing is done", async () => {
  const group = await aGroup();
  for (const action of ["group.retry", "group.retry_one", "group.assign", "group.reject"]) {
    const pressed = await press(action, group, { user: "U0000DEV" });
    expect(saidTo(pressed)).toEqual([
      expect.stringMatching(/^The role developer may not .+these roles may: .+admin\. Nothing was done\.$/),
    ]);
  }
  // Technical support may retry what is client data, and leaves rejecting it to the other team.
  const data = await aGroup(3, { team: "client_data", category: "client_data" });
  const refused = await press("group.reject", data);
  expect(saidTo(refused)).toEqual([
    expect.stringContaining("may not reject or reopen failures of client data"),
  ]);
  expect(await groupNow(group)).toEqual(untouched);
  expect(await groupNow(data)).toEqual(untouched);
  expect(slack.views).toHaveLength(0);
});

test("Reject opens a modal that asks why; without a reason it stays open, with one the group is closed", async () => {
  const group = await aGroup(3, { message: "503 <!channel> & more" });
  const pressed = await press("group.reject", group);
  expect(pressed.status).toBe(200);
  const [opened] = slack.views.splice(0);
  expect(opened?.view).toMatchObject({ callback_id: "group.reject", title: { text: "Reject" } });
  expect(JSON.stringify(opened?.view)).toContain("3 records at ATS: 503 <!channel> & more");
  expect(await groupNow(group)).toEqual(untouched);

  const submit = (reason: string | null, user = "U0000ANA") => {
    const memory = opened?.view.private_metadata ?? "";
    const { body, headers } = signedBySlack(aSubmission({ user, reason, memory }));
    return send(body, headers);
  };
  for (const empty of ["", "   \n", null]) {
    expect(await submit(empty)).toMatchObject({
      status: 200,
      body: { response_action: "errors", errors: { reason: "Say why: it is what the next person reads." } },
    });
  }
  expect((await submit("x".repeat(501))).body).toMatchObject({
    errors: { reason: "Use at most 500 characters." },
  });
  // Whoever submits is asked again: a modal is no permission.
  expect((await submit("because", "U0000DEV")).body).toMatchObject({
    errors: { reason: expect.stringContaining("The role developer may not") },
  });
  expect(await groupNow(group)).toEqual(untouched);

  expect(await submit("  duplicates of yesterday's  ")).toMatchObject({ status: 200, text: "" });
  expect(await groupNow(group)).toMatchObject({ openRecords: 0, lastAct: "rejected" });
  expect(await auditOf(group)).toEqual([
    { actor: `Ana <${ana.email}>`, action: "group.rejected", reason: "duplicates of yesterday's" },
  ]);
  expect(saidTo(pressed)).toEqual(["3 records are closed, and not sent."]);

  const late = await submit("once more", "U0000BOB");
  expect(late.body).toMatchObject({
    response_action: "errors",
    errors: {
      reason: expect.stringMatching(/^Ana rejected these 3 at \d{4}-.+ UTC; nothing of it is open now\.$/),
    },
  });
});

test("Slack is answered in time when it is slow itself, or down, and nothing is done", async () => {
  const group = await aGroup();
  slack.is("hangs");
  const slow = await press("group.reject", group);
  expect(slow.status).toBe(200);
  expect(slow.tookMs).toBeLessThan(2_900);
  // The modal was given up before the answer, so that the presser could be told by then, were Slack well.
  expect(slack.calls.map(({ method }) => method)).toContain(new URL(slow.responseUrl).pathname);
  slack.is("down");
  const down = await press("group.reject", group);
  expect(down.status).toBe(200);
  expect(down.tookMs).toBeLessThan(2_900);
  slack.is({ retryAfterSeconds: 30 });
  const limited = await press("group.reject", group);
  expect(limited.status).toBe(200);
  expect(limited.tookMs).toBeLessThan(2_900);
  expect(await groupNow(group)).toEqual(untouched);
  // An act needs no Slack: it is done although nobody can be told.
  slack.is("hangs");
  const acted = await press("group.retry", group);
  expect(acted.status).toBe(200);
  expect(acted.tookMs).toBeLessThan(2_900);
  expect(await groupNow(group)).toMatchObject({ openRecords: 0 });
});

test("a modal that Slack refuses is told, and the next press opens it", async () => {
  const group = await aGroup();
  const used = slack.trigger();
  const responseUrl = slack.responseUrl();
  for (const _ of [1, 2]) {
    const { body, headers } = signedBySlack({
      ...aPress({ action: "group.reject", value: group, user: "U0000ANA", triggerId: used, responseUrl }),
      nonce: Math.random(),
    });
    expect((await send(body, headers)).status).toBe(200);
  }
  expect(slack.views.splice(0)).toHaveLength(1);
  expect(saidTo({ responseUrl })).toEqual([expect.stringContaining("Press Reject… again")]);
});

test("an act that takes longer than Slack waits goes on after the answer, and its end is told", async () => {
  const group = await aGroup();
  const held = Promise.withResolvers<void>();
  const holds = Promise.withResolvers<void>();
  const holding = api.sql.begin(async (sql) => {
    await sql`select from redrive.failure_groups where id = ${group} for update`;
    holds.resolve();
    await held.promise;
  });
  await holds.promise;
  const pressed = await press("group.retry", group);
  expect(pressed.status).toBe(200);
  expect(pressed.tookMs).toBeLessThan(2_900);
  expect(saidTo(pressed)).toEqual([]);
  held.resolve();
  await holding;
  await eventually(() => expect(saidTo(pressed)).toEqual(["3 records run again."]));
  expect(await groupNow(group)).toMatchObject({ openRecords: 0 });
});

test("a response URL of a foreign host is called by nobody; the act is done all the same", async () => {
  const { createServer } = await import("node:http");
  const heard: string[] = [];
  const foreign = createServer((request, response) => {
    heard.push(request.url ?? "");
    response.end("ok");
  });
  await new Promise<void>((done) => foreign.listen(0, "127.0.0.1", done));
  const address = foreign.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const own = new URL(slack.url);
  for (const responseUrl of [
    `http://127.0.0.1:${port}/steal`,
    `http://${own.host}@127.0.0.1:${port}/steal`,
    `http://localhost:${own.port}/response/same-machine-other-name`,
    `http://hooks.slack.com.evil.example:${port}/steal`,
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "no url",
    "",
  ]) {
    const group = await aGroup();
    const before = slack.responses.length;
    const pressed = await press("group.retry", group, { responseUrl });
    expect(pressed.status, responseUrl).toBe(200);
    expect(await groupNow(group)).toMatchObject({ openRecords: 0 });
    expect(slack.responses).toHaveLength(before);
  }
  expect(heard).toEqual([]);
  foreign.close();
});

test("only a POST is taken", () => {
  expect(Object.keys(interactions).sort()).toEqual(["POST", "dynamic"]);
});

test("without private networks allowed, a Slack on a private address is not called", async () => {
  await closeDeps();
  process.env.REDRIVE_ALLOW_PRIVATE_NETWORKS = "0";
  const group = await aGroup();
  const calls = slack.calls.length + slack.responses.length;
  expect((await press("group.reject", group)).status).toBe(200);
  expect(slack.calls.length + slack.responses.length).toBe(calls);
  process.env.REDRIVE_ALLOW_PRIVATE_NETWORKS = "1";
  await closeDeps();
});

test("where Slack is not set up, nothing is done and the answer says what is missing", async () => {
  await closeDeps();
  delete process.env.REDRIVE_SLACK_SIGNING_SECRET;
  const group = await aGroup();
  expect(await press("group.retry", group)).toMatchObject({
    status: 503,
    body: { code: "unavailable", detail: expect.stringContaining("REDRIVE_SLACK_SIGNING_SECRET") },
  });
  expect(await groupNow(group)).toEqual(untouched);
  process.env.REDRIVE_SLACK_SIGNING_SECRET = signingSecret;
  await closeDeps();
});

test("while the database does not answer, nothing is done and Slack is told in time", async () => {
  const group = await aGroup();
  await closeDeps();
  const own = process.env.DATABASE_URL;
  process.env.DATABASE_URL = "postgres://nobody@127.0.0.1:9/nothing";
  const pressed = await press("group.retry", group);
  expect(pressed.status).toBe(503);
  expect(pressed.tookMs).toBeLessThan(2_900);
  await closeDeps();
  process.env.DATABASE_URL = own;
  expect(await groupNow(group)).toEqual(untouched);
});
