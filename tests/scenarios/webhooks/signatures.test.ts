// E1: who calls is known by the signature, made as the vendors document it, or is turned away.
import { afterAll, beforeAll, expect, test } from "vitest";
import { knownAnswers, senders, standardWebhooks } from "#tests/scenarios/webhooks/senders.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { aSource, sends } from "#tests/support/inbound-source.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";

let base: TestDatabase;
let door: WebServer;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "crm");
  for (const { kind, secret } of senders) await aSource(base.sql, kind, { kind, secrets: [secret] });
  door = await aWebServer({ databaseUrl: base.url });
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await base[Symbol.asyncDispose]();
});

const named = senders.map((sender) => ({ ...sender, name: sender.kind }));

test.each(named)(
  "E1: a call that $name signed is taken, and its second is the same record",
  async (sender) => {
    const id = crypto.randomUUID();
    const body = sender.body(id);
    const headers = sender.sign(body, { id, atMs: Date.now(), secret: sender.secret });
    const first = await sends(door.inbound(sender.kind), body, headers);
    expect(first).toMatchObject({ status: 202, body: { duplicate: false } });
    const second = await sends(door.inbound(sender.kind), body, headers);
    expect(second).toMatchObject({ status: 202, body: { id: first.body.id, duplicate: true } });
  },
);

test.each(named)(
  "E1: a call as of $name that somebody else signed, changed or kept is a 401",
  async (sender) => {
    const { kind, secret, otherSecret, isTimed } = sender;
    const id = crypto.randomUUID();
    const body = sender.body(id);
    const good = { id, atMs: Date.now(), secret };
    const signed = sender.sign(body, good);
    const [signature = ""] = Object.keys(signed).filter((name) => /signature|hmac/.test(name));
    const { [signature]: _, ...unsigned } = signed;
    const wrong: Record<string, [string, Record<string, string>]> = {
      "signed with another secret": [body, sender.sign(body, { ...good, secret: otherSecret })],
      "changed on its way": [body.replace("}", " }"), signed],
      "not signed": [body, unsigned],
      "signed over another body": [
        body,
        { ...signed, [signature]: sender.sign("{}", good)[signature] ?? "" },
      ],
      ...(isTimed && {
        "six minutes old": [body, sender.sign(body, { ...good, atMs: Date.now() - 360_000 })],
        "of the future": [body, sender.sign(body, { ...good, atMs: Date.now() + 360_000 })],
      }),
    };
    for (const [how, [text, headers]] of Object.entries(wrong)) {
      const answer = await sends(door.inbound(kind), text, headers);
      expect(answer.status, how).toBe(401);
      expect(answer.body.code, how).toBe("unauthenticated");
    }
    const stored = await base.sql`
    select from redrive.enqueued_keys where key = ${`inbound:${kind}:${id}`}`;
    expect(stored).toHaveLength(0);
  },
);

test("E1: what we sign with is what the vendors' pages give as examples, and the specification's is taken in its time", async () => {
  for (const { sender, body, signing, header } of knownAnswers)
    expect(sender.sign(body, signing)[header[0]], sender.kind).toBe(header[1]);
  const [{ body, signing } = { body: "", signing: { id: "", atMs: 0, secret: "" } }] = knownAnswers;
  await using then = await aWebServer({ databaseUrl: base.url, nowMs: () => signing.atMs + 60_000 });
  const headers = standardWebhooks.sign(body, signing);
  expect((await sends(then.inbound("standard_webhooks"), body, headers)).status).toBe(202);
  expect((await sends(door.inbound("standard_webhooks"), body, headers)).status).toBe(401);
});

test("E1: a thousand bad calls are turned away at once, though the database has no time for anybody", async () => {
  const url = door.inbound("standard_webhooks");
  const body = standardWebhooks.body("x");
  const id = crypto.randomUUID();
  const bad = standardWebhooks.sign(body, { id, atMs: Date.now(), secret: standardWebhooks.otherSecret });
  await sends(url, body, bad);
  const answers = await base.sql.begin(async (busy) => {
    await busy`lock table redrive.outbox, redrive.inbound_minutes in access exclusive mode`;
    return Promise.all(Array.from({ length: 1_000 }, () => sends(url, body, bad)));
  });
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
});
