// Everything that must not get in, over real connections: what it is answered, and that nothing of it is stored.
import { createHmac } from "node:crypto";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { eventually } from "#tests/support/engine.ts";
import { aSource, sends, sendsSigned } from "#tests/support/inbound-source.ts";
import { aSocket, type Raw } from "#tests/support/raw-calls.ts";
import { standardHeaders } from "#tests/support/standard-webhooks.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";

let base: TestDatabase;
let server: WebServer;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "crm");
  server = await aWebServer({
    databaseUrl: base.url,
    patience: { headersMs: 400, requestMs: 800, lookEveryMs: 50 },
  });
  await aSource(base.sql, "mail");
  await aSource(base.sql, "small", { bytesMax: 1_000 });
  await aSource(base.sql, "off", { isEnabled: false });
  await aSource(base.sql, "github", { kind: "github", secrets: ["It's a Secret to Everybody"] });
  await aSource(base.sql, "slack", { kind: "slack", secrets: ["8f742231b10e8888abcd99yyyzzz85a5"] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await base[Symbol.asyncDispose]();
});

async function stored(): Promise<number> {
  const [row] = await base.sql<{ many: number }[]>`select count(*)::int as many from redrive.outbox`;
  return row?.many ?? 0;
}

const codes: Record<number, string> = {
  401: "unauthenticated",
  404: "not_found",
  413: "payload_too_large",
  415: "unsupported_media_type",
  422: "invalid_input",
  503: "unavailable",
};

/** Sent, refused with this status and a problem of it, and not stored. */
async function refuses(status: number, body: string | Buffer, headers: Record<string, string>, to = "mail") {
  const before = await stored();
  const answer = await sends(server.inbound(to), body, headers);
  expect(answer.body).toMatchObject({ status, code: codes[status] });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await stored()).toBe(before);
  return answer;
}

describe("a signature", () => {
  const body = '{"type":"a"}';
  const right = () => standardHeaders(body);

  test("that is wrong, missing, cut, or of another body is answered 401, in the same words", async () => {
    const { "webhook-signature": signature = "", ...without } = right();
    const answers = [
      await refuses(401, body, standardHeaders(body, { secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })),
      await refuses(401, body, without),
      await refuses(401, body, { ...without, "webhook-signature": signature.slice(0, 20) }),
      await refuses(401, body, { ...without, "webhook-signature": "" }),
      await refuses(401, `${body} `, right()),
      await refuses(401, "", right()),
    ];
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    for (const { headers } of answers) expect(headers.get("www-authenticate")).toMatch(/^Signature /);
  });

  test("of another time is a recording, or a clock that is wrong: 401, and operators read which", async () => {
    await aSource(base.sql, "clock");
    const now = Date.now();
    await refuses(401, body, standardHeaders(body, { at: now - 310_000 }), "clock");
    await refuses(401, body, standardHeaders(body, { at: now + 310_000 }), "clock");
    const inTime = await sends(server.inbound("clock"), body, standardHeaders(body, { at: now - 280_000 }));
    expect(inTime.status).toBe(202);
    await eventually(async () => {
      const [minute] = await base.sql`select refusal from redrive.inbound_minutes where source = 'clock'`;
      expect(minute?.refusal).toMatch(/its time is 3\d\d s after ours/);
    }, 5_000);
  });

  test("in two headers is refused, though both are right; two in one, of which one is right, are taken", async () => {
    const headers = right();
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const twice = [...lines, `webhook-signature: ${headers["webhook-signature"]}`];
    const doubled = await raw(`${head("mail", [...twice, `content-length: ${body.length}`])}${body}`);
    expect(doubled).toMatch(/^HTTP\/1.1 401 /);

    const wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const both = { ...headers, "webhook-signature": `${wrong} ${headers["webhook-signature"]}` };
    expect((await sends(server.inbound("mail"), body, both)).status).toBe(202);
  });
});

test("what is logged of a refused call is its source, never the query, in which a sender may keep a secret", async () => {
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
  await using spoken = await aWebServer({ databaseUrl: base.url, log });
  const url = `${spoken.inbound("mail")}?token=hush-hush`;
  expect((await sendsSigned(url, "{", { secret: "whsec_AAAA" })).status).toBe(401);
  expect((await sendsSigned(url, "{")).status).toBe(422);
  const refused = lines.filter((line) => line.includes("a call was refused"));
  expect(refused).toHaveLength(2);
  for (const line of refused) expect(JSON.parse(line)).toMatchObject({ source: "mail" });
  expect(lines.join("")).not.toContain("hush");
});

describe("an address", () => {
  test.each(["nobody", "", "Mail", "mail/", "%6dail"])(
    "that no source has is answered 404: %j",
    async (slug) => {
      await refuses(404, "{}", standardHeaders("{}"), slug);
    },
  );
  test("is taken whatever follows it as a query", async () => {
    expect((await sendsSigned(`${server.inbound("mail")}?from=vendor`, "{}")).status).toBe(202);
  });
  test("takes POST alone", async () => {
    const response = await fetch(server.inbound("mail"));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/POST/) });
  });
  test("of a source that is switched off is answered 503, so that the sender comes again", async () => {
    const answer = await refuses(503, "{}", standardHeaders("{}"), "off");
    expect(answer.headers.get("retry-after")).toBe("60");
  });
});

describe("a body", () => {
  test("over the source's limit is answered 413, announced or not", async () => {
    const body = JSON.stringify({ text: "x".repeat(1_000) });
    await refuses(413, body, standardHeaders(body), "small");
    const before = await stored();
    const lines = Object.entries(standardHeaders(body)).map(([name, value]) => `${name}: ${value}`);
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
    const chunked = await raw(`${head("small", [...lines, "transfer-encoding: chunked"])}${chunk}0\r\n\r\n`);
    expect(chunked).toMatch(/^HTTP\/1.1 413 /);
    expect(await stored()).toBe(before);
  });

  test("of 20 MB is refused before it is sent, and whoever sends it all the same gets to hear it", async () => {
    const announced = await raw(head("mail", ["content-type: application/json", "content-length: 20971520"]));
    expect(announced).toMatch(/^HTTP\/1.1 413 /);
    await refuses(413, Buffer.alloc(20 * 1_048_576, "x"), standardHeaders("{}"));
  });

  test("that grows over 1 MiB as it is stored is answered 413", async () => {
    for (const numbers of [`[${"1e300,".repeat(5_000)}0]`, `[${"1,".repeat(400_000)}1]`])
      await refuses(413, numbers, standardHeaders(numbers));
  });

  test("with what can't be stored is refused before Postgres is asked, naming the place and the mend", async () => {
    await using withoutTable = await aDatabase();
    await aProvider(withoutTable.sql, "crm");
    await aSource(withoutTable.sql, "mail");
    // Whatever would be stored is answered 503 here.
    await withoutTable.sql`alter table redrive.outbox rename to elsewhere`;
    await using server = await aWebServer({ databaseUrl: withoutTable.url });
    const problems: Record<string, RegExp> = {
      '{"a":{"b":["\\u0000"]}}': /at \/a\/b\/0, holds a NUL character .*; take it out\.$/,
      '{"a":"\\ud800"}': /at \/a, holds half of a surrogate pair .*; send the whole character\.$/,
      '{"a":1e131071}': /at \/a, holds a number of over 1000 digits, .*; send it as a text\.$/,
    };
    for (const [body, detail] of Object.entries(problems)) {
      expect(await sendsSigned(server.inbound("mail"), body)).toMatchObject({
        status: 422,
        body: { detail: expect.stringMatching(detail) },
      });
    }
    expect((await sendsSigned(server.inbound("mail"), "{}")).status).toBe(503);
  });

  test.each([
    ["gzip", gzipSync(Buffer.alloc(50 * 1_048_576, " "))],
    ["deflate", deflateSync("{}")],
    ["br", brotliCompressSync("{}")],
    ["zstd, gzip", Buffer.from("{}")],
  ])("that is encoded by %s is answered 415: it is never unpacked", async (encoding, body) => {
    await refuses(415, body, { ...standardHeaders("{}"), "content-encoding": encoding });
  });

  test("that says twice how it is encoded is answered 415, whatever it says", async () => {
    const before = await stored();
    const lines = Object.entries(standardHeaders("{}")).map(([name, value]) => `${name}: ${value}`);
    const twice = ["content-encoding: identity", "content-encoding: gzip", "content-length: 2"];
    expect(await raw(`${head("mail", [...lines, ...twice])}{}`)).toMatch(/^HTTP\/1.1 415 /);
    expect(await stored()).toBe(before);
    const plain = ["content-encoding: identity", "content-length: 2"];
    expect(await raw(`${head("mail", [...lines, ...plain])}{}`)).toMatch(/^HTTP\/1.1 202 /);
  });

  test.each([
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
  ])("of the type %s is answered 415", async (type) => {
    await refuses(415, "{}", { ...standardHeaders("{}"), "content-type": type });
  });

  test.each([
    ["no JSON", "{"],
    ["no JSON but XML", "<event/>"],
    ["nothing", ""],
    ["null", "null"],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["a NUL in a text", '{"a":"\\u0000"}'],
    ["half of a surrogate pair", '{"a":"\\ud800"}'],
    ["a number without end", `{"a":1e${"9".repeat(20)}}`],
    ["201 levels", `${"[".repeat(201)}${"]".repeat(201)}`],
    ["half a million levels", "[".repeat(500_000)],
  ])("with %s is answered 422, in words that don't quote it", async (_name, body) => {
    const bytes = Buffer.from(body);
    const { body: problem } = await refuses(422, bytes, standardHeaders(bytes));
    if (bytes.length > 2) expect(problem.detail).not.toContain(bytes.toString("utf8").slice(0, 20));
  });

  test("that is cut short stores nothing, whether its sender leaves or stays", async () => {
    const before = await stored();
    const body = '{"type":"whole"}';
    const lines = Object.entries(standardHeaders(body)).map(([name, value]) => `${name}: ${value}`);
    const request = `${head("mail", [...lines, "content-length: 5000"])}${body}`;
    const left = await aSocket(server.port);
    left.socket.write(request);
    left.socket.destroy();
    expect(await raw(request)).toMatch(/^HTTP\/1.1 408 /);

    const chunked = `${head("mail", [...lines, "transfer-encoding: chunked"])}ff\r\n${body}`;
    expect(await raw(chunked)).toMatch(/^HTTP\/1.1 408 /);
    expect(await stored()).toBe(before);
  });

  test("that is longer than it said is two requests, and neither is stored", async () => {
    const before = await stored();
    const body = '{"type":"whole"}';
    const lines = Object.entries(standardHeaders(body)).map(([name, value]) => `${name}: ${value}`);
    const answers = await raw(`${head("mail", [...lines, "content-length: 5"])}${body}`);
    expect(answers).toMatch(/^HTTP\/1.1 40[01] /);
    expect(answers).not.toMatch(/HTTP\/1.1 2/);
    const two = [...lines, "content-length: 5", `content-length: ${body.length}`];
    expect(await raw(`${head("mail", two)}${body}`)).toMatch(/^HTTP\/1.1 400 /);
    const smuggled = [...lines, "transfer-encoding: chunked", `content-length: ${body.length}`];
    expect(await raw(`${head("mail", smuggled)}${body}`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await stored()).toBe(before);
  });
});

describe("a connection", () => {
  test("that sends headers without end is answered 431", async () => {
    const flood = Array.from({ length: 1_000 }, (_, nth) => `x-flood-${nth}: ${"y".repeat(20)}`);
    expect(await raw(head("mail", flood))).toMatch(/^HTTP\/1.1 431 /);
  });

  test("that sends its headers a byte at a time is cut off, while others are served", async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => aSocket(server.port)));
    for (const { socket } of slow) socket.write("POST /api/v1/inbound/mail HTTP/1.1\r\nhost: x\r\n");
    const drips = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write("a");
    }, 50);
    expect((await sendsSigned(server.inbound("mail"), "{}")).status).toBe(202);
    const ends = await Promise.all(slow.map(({ read }) => read));
    clearInterval(drips);
    for (const end of ends) expect(end).toMatch(/^HTTP\/1.1 (408|400) /);
  });

  test("that drips its body is cut off, and takes no room with it", async () => {
    const sources = ["drip-a", "drip-b", "drip-c", "drip-d"];
    for (const source of sources) await aSource(base.sql, source);
    await using tight = await aWebServer({
      databaseUrl: base.url,
      limits: { roomBytes: 12_000 },
      patience: { headersMs: 400, requestMs: 600, lookEveryMs: 50 },
    });
    expect((await sendsSigned(tight.inbound("mail"), "{}")).status).toBe(202);
    const slow = await Promise.all(sources.map(() => aSocket(tight.port)));
    for (const [nth, source] of sources.entries()) {
      const begun = head(source, ["content-type: application/json", "content-length: 9999"]);
      slow[nth]?.socket.write(`${begun}${"x".repeat(2_990)}`);
    }
    // Answered after what came before it, and takes no room itself.
    expect((await sendsSigned(tight.inbound("nobody"), "{}")).status).toBe(404);
    const body = JSON.stringify({ text: "x".repeat(100) });
    const busy = await sendsSigned(tight.inbound("mail"), body);
    expect(busy.status).toBe(429);
    expect(busy.headers.get("retry-after")).toBe("1");
    expect(busy.body).toMatchObject({ code: "rate_limited" });
    for (const { read } of slow) expect(await read).toMatch(/^HTTP\/1.1 408 /);
    // More than the room holds, one after the other: each gives back what it took.
    for (let nth = 0; nth < 40; nth++)
      expect((await sendsSigned(tight.inbound("mail"), body)).status).toBe(202);
    for (let nth = 0; nth < 40; nth++) await sends(tight.inbound("mail"), body, standardHeaders("another"));
    expect((await sendsSigned(tight.inbound("mail"), body)).status).toBe(202);
  });
});

describe("bodies that are sent almost wholly, and then no further", () => {
  const pace = { graceMs: 400, bytesPerSecond: 65_536, lookEveryMs: 50, giveWayMs: 400 };
  const roomBytes = 1_048_576;
  /** So many connections, each with a body of which a byte is missing. */
  const stall = async (server: WebServer, many: number, bytes: number) => {
    const begun = head("mail", ["content-type: application/json", `content-length: ${bytes}`]);
    const sockets = await Promise.all(Array.from({ length: many }, () => aSocket(server.port)));
    for (const { socket } of sockets) {
      socket.write(`${begun}${"x".repeat(bytes - 1)}`);
      // Those that are told to come again are let go; those that are cut off, the server closes.
      socket.on("data", (answer) => answer.includes(" 429 ") && socket.end());
    }
    return sockets;
  };
  const large = JSON.stringify("x".repeat(200_000));
  const statuses = async (sockets: Raw[]) =>
    (await Promise.all(sockets.map(({ read }) => read))).map((text) => text.slice(9, 12));

  test("are cut off with 408; meanwhile small calls are stored, and large ones of other sources", async () => {
    await aSource(base.sql, "shop");
    await using tight = await aWebServer({ databaseUrl: base.url, limits: { roomBytes, pace } });
    expect((await sendsSigned(tight.inbound("mail"), "{}")).status).toBe(202);
    const stalled = await stall(tight, 12, 100_000);
    expect((await sendsSigned(tight.inbound("shop"), large)).status).toBe(202);
    expect((await sendsSigned(tight.inbound("mail"), "{}")).status).toBe(202);
    const ends = await statuses(stalled);
    // Its share holds two of them; the others are told to come again.
    expect(ends.filter((status) => status === "408")).toHaveLength(2);
    expect(ends.filter((status) => status === "429")).toHaveLength(10);
    const [slow] = (await Promise.all(stalled.map(({ read }) => read))).filter((text) =>
      text.includes(" 408 "),
    );
    expect(slow).toMatch(/^connection: close\r$/im);
    expect(slow).toContain('"code":"too_slow"');
    expect((await sendsSigned(tight.inbound("mail"), large)).status).toBe(202);
  });

  test("that are small keep no small call of the same source out for longer than they give way", async () => {
    await using tight = await aWebServer({
      databaseUrl: base.url,
      limits: { roomBytes, pace: { ...pace, graceMs: 60_000 } },
    });
    const stalled = await stall(tight, 5, 60_000);
    // One too many: the others are in.
    await Promise.race(stalled.map(({ read }) => read));
    // With its headers it is more than is read at once: it needs its source's share like those that stall.
    const body = JSON.stringify("x".repeat(65_500));
    await eventually(
      async () => expect((await sendsSigned(tight.inbound("mail"), body)).status).toBe(202),
      2_000,
    );
    for (const { socket } of stalled) socket.destroy();
  });
});

test("more connections than may be at once are closed; when one ends there is room again", async () => {
  await using few = await aWebServer({ databaseUrl: base.url, patience: { connectionsMax: 2 } });
  const [one, two] = [await aSocket(few.port), await aSocket(few.port)];
  const begun = "POST /api/v1/inbound/mail HTTP/1.1\r\n";
  for (const { socket } of [one, two]) socket.write(begun);
  expect(await raw(`${head("mail", [])}`, few.port)).toBe("");
  one.socket.destroy();
  await eventually(async () => expect(await raw(head("nobody", []), few.port)).toMatch(/ 404 /), 2_000);
  two.socket.destroy();
});

test("GitHub's calls may be forms, which it proposes, and are what their payload says", async () => {
  const body = new URLSearchParams({ payload: '{"action":"opened","number":7}' }).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-hub-signature-256": `sha256=${createHmac("sha256", "It's a Secret to Everybody").update(body).digest("hex")}`,
    "x-github-event": "issues",
  };
  const answer = await sends(server.inbound("github"), body, headers);
  expect(answer.status).toBe(202);
  const [row] = await base.sql`select payload, type from redrive.outbox where id = ${String(answer.body.id)}`;
  expect(row).toEqual({ payload: { action: "opened", number: 7 }, type: "issues" });
  // Over what was signed, whatever it says.
  await refuses(401, `${body}%20`, headers, "github");
});

describe("Slack", () => {
  const slackHeaders = (body: string) => {
    const at = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac("sha256", "8f742231b10e8888abcd99yyyzzz85a5")
      .update(`v0:${at}:${body}`)
      .digest("hex");
    return { "x-slack-request-timestamp": at, "x-slack-signature": `v0=${signature}` };
  };
  test("gets its own words back when it asks whether the address is ours, and nothing is stored", async () => {
    const before = await stored();
    const body = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1aBm2rZgRNFdxV", token: "x" });
    const headers = { ...slackHeaders(body), "content-type": "application/json" };
    const answer = await sends(server.inbound("slack"), body, headers);
    expect(answer).toMatchObject({ status: 200, body: { challenge: "3eZbrw1aBm2rZgRNFdxV" } });
    expect(await stored()).toBe(before);
    await refuses(401, body, { ...headers, "x-slack-signature": `v0=${"0".repeat(64)}` }, "slack");
  });
  test("sends its buttons as a form, whose payload is stored", async () => {
    const body = new URLSearchParams({ payload: '{"type":"block_actions","user":{"id":"U1"}}' }).toString();
    const type = "application/x-www-form-urlencoded";
    const answer = await sends(server.inbound("slack"), body, {
      ...slackHeaders(body),
      "content-type": type,
    });
    expect(answer.status).toBe(202);
    const [row] = await base.sql`select payload from redrive.outbox where id = ${String(answer.body.id)}`;
    expect(row?.payload).toEqual({ type: "block_actions", user: { id: "U1" } });
  });
});

const head = (slug: string, lines: string[]) =>
  `${[`POST /api/v1/inbound/${slug} HTTP/1.1`, "host: x", ...lines].join("\r\n")}\r\n\r\n`;

async function raw(request: string, port = server.port): Promise<string> {
  const { socket, read } = await aSocket(port);
  socket.write(request);
  // One that is answered and kept open would be kept for seconds.
  socket.on("data", () => socket.end());
  return read;
}
