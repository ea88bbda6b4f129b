// Whatever is sent to a source, in whatever shape: it is answered as the API's description has it, never as our fault, no
// connection hangs, and what is not answered 202 is not stored.
import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { aSource } from "#tests/support/inbound-source.ts";
import { answersIn, aSocket, type RawAnswer } from "#tests/support/raw-calls.ts";
import { standardHeaders } from "#tests/support/standard-webhooks.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const searchMs = 2_000;
const answerMs = 10_000;

let base: TestDatabase;
let server: WebServer;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "crm");
  const mapping = { subject: "$..name", owner: "$.owner", orderingKey: "header:x-order" };
  await aSource(base.sql, "mail", { mapping });
  await aSource(base.sql, "hub", { kind: "github", secrets: [secret] });
  await aSource(base.sql, "slack", { kind: "slack", secrets: [secret] });
  await aSource(base.sql, "token", {
    kind: "token",
    secrets: [secret],
    mapping: { id: "$.id", type: "$.type" },
  });
  await aSource(base.sql, "small", { bytesMax: 300 });
  server = await aWebServer({ databaseUrl: base.url });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await base[Symbol.asyncDispose]();
});

const secret = "secret-of-the-fuzz";
const hmac = (...signed: (string | Buffer)[]) => {
  const made = createHmac("sha256", secret);
  for (const part of signed) made.update(part);
  return made.digest("hex");
};
type Lines = [name: string, value: string][];

/** What proves each source's sender. */
const proofs: Record<string, (body: Buffer, id: string) => Lines> = {
  mail: (body, id) => Object.entries(standardHeaders(body, { id })),
  small: (body, id) => Object.entries(standardHeaders(body, { id })),
  hub: (body, id) => [
    ["X-GitHub-Delivery", id],
    ["X-Hub-Signature-256", `sha256=${hmac(body)}`],
  ],
  slack: (body) => {
    const at = String(Math.floor(Date.now() / 1_000));
    return [
      ["X-Slack-Request-Timestamp", at],
      ["X-Slack-Signature", `v0=${hmac(`v0:${at}:`, body)}`],
    ];
  },
  token: () => [["Authorization", secret]],
};

const latin = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 100,
});
/** Mostly as it is to be, now and then something else. */
const mostly = <Value>(usual: fc.Arbitrary<Value>, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: other });

const bodies = fc.oneof(
  { weight: 5, arbitrary: fc.json().map((json) => Buffer.from(json)) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        id: fc.anything(),
        type: fc.string({ unit: "binary" }),
        owner: fc.anything(),
        name: fc.string(),
      })
      .map((event) =>
        Buffer.from(JSON.stringify(event, (_, value) => (typeof value === "bigint" ? null : value))),
      ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        "",
        "{",
        "null",
        "\ufeff{}",
        '{"id":1e131071}',
        `{"id":${"9".repeat(4_000)}}`,
        `[${"1e300,".repeat(5_000)}0]`,
        '{"a":"\\u0000"}',
        '{"a":"\\ud800"}',
        '{"id":"1","id":2}',
        '{"__proto__":{"id":7}}',
        "[".repeat(100_000),
        `"${"x".repeat(70_000)}"`,
        `"${"x".repeat(1_100_000)}"`,
        "payload=%7B%22type%22%3A1%7D",
        '{"type":"url_verification","challenge":"c"}',
        "POST /api/v1/inbound/mail HTTP/1.1\r\n\r\n",
      )
      .map((text) => Buffer.from(text)),
  },
);

type Sending =
  | "whole"
  | "in pieces"
  | "chunked"
  | "announced short"
  | "announced long"
  | "announced twice"
  | "expected";

const calls = fc.record({
  method: mostly(fc.constant("POST"), fc.constantFrom("GET", "PUT", "DELETE", "OPTIONS")),
  source: fc.constantFrom("mail", "mail", "hub", "slack", "token", "small"),
  address: mostly(fc.constant(""), fc.constantFrom("?a=b", "?", "/", "%00", "x", "/../mail")),
  body: bodies,
  sending: mostly<Sending>(
    fc.constant("whole"),
    fc.constantFrom(
      "in pieces",
      "chunked",
      "announced short",
      "announced long",
      "announced twice",
      "expected",
    ),
  ),
  id: mostly(fc.uuid(), fc.oneof(latin, fc.constantFrom("same", "", "x".repeat(5_000)))),
  proof: mostly(fc.constant("right"), fc.constantFrom("none", "of another", "twice", "other case")),
  type: mostly(
    fc.constantFrom(
      "application/json",
      "application/json; charset=utf-8",
      "application/x-www-form-urlencoded",
    ),
    fc.oneof(latin, fc.constantFrom("text/plain", "application/json; charset=utf-16", "multipart/form-data")),
  ),
  encoding: mostly(fc.constant(""), fc.constantFrom("gzip", "identity", "br, gzip")),
  more: mostly<Lines>(
    fc.constant([]),
    fc.array(
      fc.tuple(fc.constantFrom("x-order", "x-more", "Webhook-Id", "accept", "te", "content-md5"), latin),
      {
        maxLength: 4,
      },
    ),
  ),
});
type Call = typeof calls extends fc.Arbitrary<infer Value> ? Value : never;

function linesOf({ source, body, id, proof, type, encoding, more, sending }: Call): Lines {
  const signed = proof === "of another" ? Buffer.concat([body, Buffer.from(" ")]) : body;
  const proven = proof === "none" ? [] : (proofs[source]?.(signed, id) ?? []);
  const shown =
    proof === "other case"
      ? proven.map(([name, value]): [string, string] => [name.toUpperCase(), value])
      : proven;
  const length = body.length + (sending === "announced long" ? 7 : sending === "announced short" ? -7 : 0);
  const framing: Lines = [
    sending === "chunked"
      ? ["transfer-encoding", "chunked"]
      : ["content-length", String(Math.max(0, length))],
    ...(sending === "announced twice" ? [["content-length", "1"] as [string, string]] : []),
    ...(sending === "expected" ? [["expect", "100-continue"] as [string, string]] : []),
  ];
  return [
    ["host", "x"],
    ["connection", "close"],
    ...shown.filter(([name]) => name !== "content-type"),
    ...(proof === "twice" ? proven.slice(0, 2) : []),
    ["content-type", type],
    ...(encoding === "" ? [] : [["content-encoding", encoding] as [string, string]]),
    ...more,
    ...framing,
  ];
}

/** All that is answered until the connection is closed. */
async function answersTo(call: Call): Promise<RawAnswer[]> {
  const { method, source, address, sending, encoding } = call;
  const body = encoding === "gzip" ? gzipSync(call.body) : call.body;
  const head = [
    `${method} /api/v1/inbound/${source}${address} HTTP/1.1`,
    ...linesOf({ ...call, body }).map((line) => line.join(": ")),
  ];
  const { socket, read } = await aSocket(server.port);
  socket.write(`${head.join("\r\n")}\r\n\r\n`, "latin1");
  if (sending === "chunked" && body.length > 0) {
    const half = Math.ceil(body.length / 2);
    for (const piece of [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0))
      socket.write(
        Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
      );
  } else if (sending === "in pieces") {
    for (let at = 0; at < body.length; at += 30_000) socket.write(body.subarray(at, at + 30_000));
  } else socket.write(body);
  if (sending === "chunked") socket.write("0\r\n\r\n");
  // Whoever leaves before the end hears nothing; any other waits until it is answered, and the connection closed.
  if (sending === "announced long") socket.end();
  return answersIn(await read);
}

async function stored(): Promise<number> {
  const [row] = await base.sql<{ many: number }[]>`select count(*)::int as many from redrive.outbox`;
  return row?.many ?? 0;
}

test(`a source answers whatever it is sent, and is never at fault (FUZZ_SEED=${seed})`, async () => {
  const seen = new Map<number, number>();
  const property = fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 8 }), async (together) => {
    const before = await stored();
    const answers = (await Promise.all(together.map(answersTo))).flat();
    for (const { status, text } of answers) {
      expect(status, text).toBeLessThan(500);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
    const taken = answers.filter(({ status, text }) => status === 202 && text.includes('"duplicate":false'));
    expect(await stored()).toBe(before + taken.length);
  });
  await fc.assert(property, { seed, numRuns: 300, timeout: answerMs, interruptAfterTimeLimit: searchMs });
  // It was not only refused, nor only for one reason.
  expect([...seen.keys()]).toEqual(expect.arrayContaining([202, 401, 422]));
});
