// Mail to a real SMTP server in this process.
import { createServer } from "node:net";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import {
  greetsAndHangs,
  listening,
  type MailServer,
  startMailServer,
  startSpeaking,
} from "#tests/support/mail-server.ts";
import { attemptWith } from "#worker/adapters/guarded.ts";
import { aDirectAdapter, aRecord, moment, recordId } from "./support.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function aMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  closing.push(() => server[Symbol.asyncDispose]());
  return server;
}

async function aServer(speak: Parameters<typeof startSpeaking>[0]): Promise<string> {
  const server = await startSpeaking(speak);
  closing.push(() => server[Symbol.asyncDispose]());
  return server.url;
}

type Given = Parameters<typeof aDirectAdapter>[2];
const from = { name: "Shop", address: "orders@shop.example" };
const hello = { to: "ada@customer.example", subject: "Order 7", text: "On its way." };

function send(
  url: string,
  payload: unknown = hello,
  policy: Record<string, unknown> = {},
  given: Given = {},
) {
  const adapter = aDirectAdapter("email", { url, options: { from, requireTls: false }, ...policy }, given);
  const { signal } = new AbortController();
  const record = aRecord(payload, { correlationId: "c-1" });
  return attemptWith(adapter, record, {
    ...moment,
    signal,
    send: () => Promise.reject(new Error("no HTTP")),
  });
}

test("a message arrives, with an id that stays the same over its record's attempts", async () => {
  const { url, got } = await aMailServer();
  const payload = {
    to: ["ada@customer.example", { name: "Grace", address: "grace@customer.example" }],
    bcc: "books@shop.example",
    subject: "Größe ändern?",
    text: "On its way.",
    html: "<b>On its way.</b>",
  };
  const first = await send(url, payload);
  expect(first).toMatchObject({
    kind: "replied",
    reply: { kind: "response", status: 250 },
    reading: { outcome: "delivered" },
  });
  await send(url, payload);
  expect(got).toHaveLength(2);
  for (const { from, to, text } of got) {
    expect(from).toBe("orders@shop.example");
    expect(to).toEqual(["ada@customer.example", "grace@customer.example", "books@shop.example"]);
    expect(text).toContain("From: Shop <orders@shop.example>\r\n");
    expect(text).toContain(`Message-ID: <${recordId}@shop.example>\r\n`);
    expect(text).toMatch(/^x-correlation-id: c-1\r$/im);
    expect(text).toContain("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n");
    expect(text).not.toContain("books@shop.example");
  }
});

test("a password is said, and a wrong one is about us", async () => {
  const { url, got } = await aMailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) =>
      password === "right" ? done(null, { user: username }) : done(new Error("Invalid username or password")),
  });
  const auth = (password: string) => ({ auth: { kind: "basic", user: "shop", password } });
  const credentials = (password: string) => ({ credentials: { user: "shop", password } });
  expect(await send(url, hello, auth("right"), credentials("right"))).toMatchObject({
    reading: { outcome: "delivered" },
  });
  expect(got[0]?.user).toBe("shop");
  expect(await send(url, hello, auth("wrong"), credentials("wrong"))).toMatchObject({
    reply: { status: 535 },
    reading: {
      outcome: "unauthorized",
      error: expect.stringMatching(/^535 to AUTH \w+: .*Invalid username or password/),
    },
  });
  expect(await send(url)).toMatchObject({ reply: { status: 530 }, reading: { outcome: "unauthorized" } });
});

test("a password is not said in the clear unless the policy wants that", async () => {
  let asked = 0;
  const { url } = await aMailServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => {
      asked += 1;
      done(null, { user: "shop" });
    },
  });
  const auth = { kind: "basic", user: "shop", password: "secret" };
  const given = { credentials: { user: "shop", password: "secret" } };
  expect(await send(url, hello, { auth, options: { from } }, given)).toMatchObject({
    reading: { outcome: "unavailable", error: expect.stringMatching(/^500 to STARTTLS: /) },
  });
  expect(asked).toBe(0);
  await send(url, hello, { auth, options: { from, requireTls: false } }, given);
  expect(asked).toBe(1);
});

test("a server with a certificate that nobody vouches for is not given the message", async () => {
  const { url, got } = await aMailServer({ hideSTARTTLS: false });
  expect(await send(url)).toMatchObject({ reply: { kind: "network", sent: false } });
  expect(got).toEqual([]);
});

const refusing = (code: number, text: string): SMTPServerOptions => ({
  onRcptTo: (_, __, done) => done(Object.assign(new Error(text), { responseCode: code })),
});

test.each([
  [550, "No such user here", "invalid"],
  [553, "Mailbox name not allowed", "invalid"],
  [450, "Mailbox busy", "unavailable"],
  [451, "Greylisted", "unavailable"],
  [452, "Too many recipients", "throttled"],
])("a recipient that is refused with %i (%s) is %s", async (code, text, outcome) => {
  const { url } = await aMailServer(refusing(code, text));
  expect(await send(url)).toMatchObject({
    reply: { kind: "response", status: code },
    reading: { outcome, error: `${code} to RCPT TO: ${text}` },
  });
});

test("a sender that is refused is about us, a text that is refused about the record", async () => {
  const refuse = Object.assign(new Error("refused"), { responseCode: 550 });
  const sender = await aMailServer({ onMailFrom: (_, __, done) => done(refuse) });
  expect(await send(sender.url)).toMatchObject({ reading: { outcome: "unauthorized" } });
  const text = await aMailServer({
    onData: (stream, _, done) => stream.resume().on("end", () => done(refuse)),
  });
  expect(await send(text.url)).toMatchObject({ reply: { status: 550 }, reading: { outcome: "invalid" } });
  const small = await aMailServer({ size: 100 });
  expect(await send(small.url)).toMatchObject({ reply: { status: 552 }, reading: { outcome: "invalid" } });
});

test("when one of several recipients is refused, the others' message is delivered and the response names the one", async () => {
  const { url, got } = await aMailServer({
    onRcptTo: ({ address }, _, done) => done(address.startsWith("gone") ? new Error("gone") : null),
  });
  expect(await send(url, { ...hello, to: ["ada@customer.example", "gone@customer.example"] })).toMatchObject({
    reply: { status: 250, body: expect.stringContaining("refused: gone@customer.example") },
    reading: { outcome: "delivered" },
  });
  expect(got[0]?.to).toEqual(["ada@customer.example"]);
});

test.each([
  ["421 Too busy", "unavailable"],
  ["554 Your address is on a list", "unavailable"],
])("a server that greets with %s is %s, and no record's fault", async (greeting, outcome) => {
  const url = await aServer((say, line) => line ?? say(greeting));
  expect(await send(url)).toMatchObject({ reading: { outcome } });
});

const soon = { timeoutMs: { total: 50 } };

test.each<[string, (say: (line: string) => void, line: string | null) => void]>([
  ["accepts and says nothing", () => {}],
  ["greets and hangs", greetsAndHangs],
  [
    "hangs at the recipient",
    (say, line) => {
      if (line === null) say("220 mail.example ESMTP");
      else if (!line.startsWith("RCPT")) say("250 ok");
    },
  ],
])("a server that %s holds nothing longer than the policy's time, and has no message", async (_, speak) => {
  expect(await send(await aServer(speak), hello, soon)).toMatchObject({
    reply: { kind: "timeout", phase: "total", sent: false },
  });
});

/** Takes everything, and says this after the text. */
const afterText =
  (end: (say: (line: string) => void) => void) => (say: (line: string) => void, line: string | null) => {
    if (line === null) say("220 mail.example ESMTP");
    else if (line === "DATA") say("354 go on");
    else if (line === ".") end(say);
    else if (/^(EHLO|MAIL|RCPT)/.test(line)) say("250 ok");
  };

test("a server that hangs after the text may have the message", async () => {
  expect(await send(await aServer(afterText(() => {})), hello, soon)).toMatchObject({
    reply: { kind: "timeout", phase: "total", sent: true },
  });
});

test("one that takes the text and never answers QUIT has delivered", async () => {
  expect(await send(await aServer(afterText((say) => say("250 queued as 7"))))).toMatchObject({
    reply: { status: 250, body: "250 queued as 7" },
  });
});

test("the greeting has the time of an answer", async () => {
  const url = await aServer(() => {});
  expect(await send(url, hello, { timeoutMs: { headers: 30 } })).toMatchObject({
    reply: { kind: "timeout", phase: "headers", sent: false },
  });
});

test("a server that nobody runs, or that hangs up, is a network error", async () => {
  const gone = await aServer(() => {});
  await Promise.all(closing.splice(0).map((close) => close()));
  expect(await send(gone)).toMatchObject({ reply: { kind: "network", code: "ECONNREFUSED", sent: false } });

  const server = createServer((socket) => socket.end());
  closing.push(() => new Promise((done) => server.close(done)));
  const port = await listening(server.listen(0, "127.0.0.1"));
  expect(await send(`smtp://127.0.0.1:${port}`)).toMatchObject({ reply: { kind: "network", sent: false } });
});

test.each(["smtp://127.0.0.1:1", "smtps://[::1]:1", "smtp://localhost:1", "smtp://0x7f.1:1"])(
  "%s is on our own network, and not called unless that is allowed",
  async (url) => {
    expect(await send(url, hello, {}, { allowPrivate: false })).toMatchObject({ reply: { kind: "refused" } });
  },
);

test.each([
  [{ ...hello, to: "nobody" }, "to: must be an e-mail address"],
  [{ ...hello, to: [] }, "to: "],
  [{ ...hello, to: "a@b.example\r\nRCPT TO:<evil@c.example>" }, "to: "],
  [{ ...hello, to: { name: "A\r\nBcc: evil@c.example", address: "a@b.example" } }, "to: "],
  [{ ...hello, subject: "Hi\r\nBcc: evil@c.example" }, "subject: must be on one line"],
  [{ ...hello, attachments: [{ path: "/etc/passwd" }] }, "attachments"],
  [{ to: hello.to, subject: "Hi" }, "text or html must be given"],
  [["hello"], "expected object"],
])("%j is no message, and that is the record's fault", async (payload, message) => {
  expect(await send("smtp://127.0.0.1:1", payload)).toMatchObject({
    kind: "bad_payload",
    message: expect.stringContaining(message),
  });
});

test("an auth that a mail server does not know is refused when the adapter is made", () => {
  const auth = { kind: "header", name: "X-Key", value: "k" };
  expect(() => send("smtp://127.0.0.1:1", hello, { auth })).toThrow(
    "auth: a mail server takes none or basic",
  );
});

test("a later message about the same is shown as one conversation with the first", async () => {
  const { url, got } = await aMailServer();
  const first = "0191e2a4-0000-7d8e-9f01-23456789abcd";
  await send(url, { ...hello, inReplyTo: first });
  expect(got[0]?.text).toContain(`In-Reply-To: <${first}@shop.example>\r\n`);
  expect(got[0]?.text).toContain(`References: <${first}@shop.example>\r\n`);
  expect(await send(url, { ...hello, inReplyTo: "<evil@x>\r\nBcc: e@x.example" })).toMatchObject({
    kind: "bad_payload",
  });
});
