// `redrive enqueue`: what is stored, what is not and why, and how a script can tell.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { barText } from "#cli/progress.ts";
import { type Api, aKey, anApi } from "#tests/integration/api/app.ts";
import { aTerminal, type Terminal } from "#tests/integration/cli/terminal.ts";
import { type ApiServer, anApiServer } from "#tests/support/api-server.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let server: ApiServer;
let terminal: Terminal;
beforeAll(async () => {
  api = await anApi();
  server = await anApiServer();
  terminal = aTerminal(server);
  await aProvider(api.sql, "ats");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});
beforeEach(async () => {
  server.meddle(() => "pass");
  server.asked.length = 0;
});

const lines = (count: number, from = 1) =>
  Array.from({ length: count }, (_, n) => JSON.stringify({ provider: "ats", payload: { n: n + from } }));

const payloads = async (type: string) => {
  const rows = await api.sql<{ payload: string }[]>`
    select payload::text from redrive.outbox where type = ${type} order by id`;
  return rows.map(({ payload }) => payload);
};
const counted = async (where: string) => {
  const [row] = await api.sql<{ n: number }[]>`
    select count(*)::int as n from redrive.outbox where payload @> ${where}::text::jsonb`;
  return row?.n;
};

test("each line becomes a record, its numbers exact, empty lines and Windows' line ends aside", async () => {
  const text = [
    '{"provider":"ats","type":"exact","payload":{"exact":12345678901234567890.123}}\r',
    "",
    '{"provider":"ats","type":"exact","payload":"ünï 😀"}',
  ].join("\n");
  const { code, stdout, stderr } = await terminal.type(["enqueue"], { stdin: text });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "2 stored.\n" });
  expect((await payloads("exact")).sort()).toEqual(['"ünï 😀"', '{"exact": 12345678901234567890.123}']);
});

test("line 4,711 is broken: it is named, the others are stored, and the exit code tells", async () => {
  // Empty lines count as lines.
  const given = [...Array.from({ length: 4_600 }, () => ""), ...lines(300, 4_601)];
  given[4_710] = '{"provider": "ats", "payload": {"n": 4711}';
  const { code, stderr } = await terminal.type(["enqueue", "--at-once", "32"], { stdin: given.join("\n") });
  expect(code).toBe(5);
  expect(stderr).toContain("Line 4,711: it is not JSON");
  expect(stderr).toContain("299 stored, 1 not.");
  const [row] = await api.sql`select count(*)::int as n from redrive.outbox where payload ? 'n'`;
  expect(row).toEqual({ n: 299 });
  expect(await counted('{"n": 4711}')).toBe(0);
  expect(await counted('{"n": 4712}')).toBe(1);
});

test("what the API refuses is told with its line, in words and as JSON", async () => {
  const stdin = [
    '{"provider":"ats","type":"some","payload":1}',
    '{"provider":"nobody","payload":1}',
    '{"provider":"ats","payload":1,"priorty":2}',
    "[1]",
    '"text"',
  ].join("\n");
  const { code, json, stderr } = await terminal.type(["enqueue", "--json"], { stdin });
  expect(code).toBe(5);
  const told = json().sort((one, other) => Number(one.line) - Number(other.line));
  expect(told).toMatchObject([
    { line: 1, id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    { line: 2, code: "unknown_provider" },
    { line: 3, code: "invalid_input", error: expect.stringContaining("priorty") },
    { line: 4, code: "invalid_line" },
    { line: 5, code: "invalid_line" },
  ]);
  expect(stderr).toBe("1 stored, 4 not.\n");
});

test("what stands in a line does not steer the terminal, whoever repeats it", async () => {
  const evil = "\u001b]52;c;cm0=\u0007\u001b[2J\u202e";
  const stdin = [
    JSON.stringify({ provider: "ats", payload: {}, [evil]: 1 }),
    `{"provider":"ats",${evil}`,
    JSON.stringify({ provider: evil, payload: {} }),
  ].join("\n");
  const { code, stderr } = await terminal.type(["enqueue"], { stdin });
  expect(code).toBe(5);
  expect(stderr).toContain("0 stored, 3 not.");
  for (const sign of ["\u001b", "\u0007", "\u202e"]) expect(stderr).not.toContain(sign);
  const { stdout } = await terminal.type(["enqueue", "--json"], {
    stdin: stdin.replaceAll("\u202e", "\u009b"),
  });
  for (const sign of ["\u001b", "\u0007", "\u009b"]) expect(stdout).not.toContain(sign);
});

test("with --provider each line is a payload", async () => {
  const stdin = '{"candidate": 1.10}\n[2]\nnull\n';
  const { code } = await terminal.type(["enqueue", "--provider", "ats"], { stdin });
  expect(code).toBe(0);
  expect(await counted('{"candidate": 1.1}')).toBe(1);
});

test("bytes that are no UTF-8, and a line without an end, are passed over", async () => {
  const good = Buffer.from('{"provider":"ats","type":"around","payload":1}\n');
  async function* stdin() {
    yield good;
    yield Buffer.from([0x22, 0xff, 0x22, 0x0a]);
    for (let n = 0; n < 80; n++) yield Buffer.alloc(65_536, "a");
    yield Buffer.from("\n");
    yield good;
  }
  const { code, stderr } = await terminal.type(["enqueue"], { stdin: stdin() });
  expect(code).toBe(5);
  expect(stderr).toContain("Line 2: it is not UTF-8");
  expect(stderr).toContain("Line 3: it is longer than 4 MiB");
  expect(await payloads("around")).toEqual(["1", "1"]);
});

test("under one --run name the same file stores nothing twice", async () => {
  const stdin = lines(20, 100_000).join("\n");
  await terminal.type(["enqueue", "--run", "monday"], { stdin: stdin.slice(0, stdin.length / 2) });
  const { code, stderr } = await terminal.type(["enqueue", "--run", "monday"], { stdin });
  // The line that was cut in half has its key free still: it was refused.
  expect({ code, stderr }).toEqual({ code: 0, stderr: "20 stored.\n" });
  expect(await counted('{"n": 100003}')).toBe(1);
});

test("nobody answers: it stops, says at which line, and does not try the rest", async () => {
  let gone = false;
  server.meddle((request) => {
    gone ||= server.asked.length > 40;
    if (!gone) return "pass";
    request.destroy();
    return "done";
  });
  const { code, stderr } = await terminal.type(["enqueue", "--at-once", "4"], {
    stdin: lines(1_000, 200_000).join("\n"),
    client: { tries: 2 },
  });
  expect(code).toBe(3);
  expect(stderr).toMatch(/Stopped at line \d+: Redrive can't be reached at http:\/\/127\.0\.0\.1/);
  expect(stderr).toMatch(/\n(3\d|4\d) stored\./);
  expect(server.asked.length).toBeLessThan(60);
});

test("a wrong key, and one that may not enqueue, stop it at once", async () => {
  const stdin = lines(100).join("\n");
  const wrong = await terminal.type(["enqueue"], { stdin, env: { REDRIVE_API_KEY: "wrong-key-0123456789" } });
  expect(wrong.code).toBe(4);
  expect(wrong.stderr).toContain("REDRIVE_API_KEY");
  expect(wrong.stderr).not.toContain("wrong-key-0123456789");
  const { key } = await aKey(api, { scopes: ["see"] });
  expect((await terminal.type(["enqueue"], { stdin, env: { REDRIVE_API_KEY: key } })).code).toBe(4);
  expect(server.asked.length).toBeLessThan(40);
});

test("a line for a provider that the key is not kept to is named, and the others are stored", async () => {
  await aProvider(api.sql, "sms");
  const made = await terminal.type(["keys", "create", "bound", "--scope", "enqueue", "--provider", "ats"]);
  const stdin = [...lines(5, 400_000), '{"provider":"sms","payload":{"n":400005}}', ...lines(20, 400_006)];
  const env = { REDRIVE_API_KEY: made.stdout.trim() };
  const { code, stderr } = await terminal.type(["enqueue"], { stdin: stdin.join("\n"), env });
  expect({ code, told: stderr.trim().split("\n") }).toEqual({
    code: 5,
    told: [
      expect.stringMatching(/^✗ Line 6: The key "bound" is kept to the provider ats: /),
      "25 stored, 1 not.",
    ],
  });
  expect(await counted('{"n": 400005}')).toBe(0);
  expect(await counted('{"n": 400025}')).toBe(1);
  const piped = await terminal.type(["enqueue", "--json"], { stdin: stdin[5], env });
  expect(piped.json()).toMatchObject([{ line: 1, code: "forbidden" }]);
});

test("Ctrl-C ends it while the pipe says nothing, and what is stored is told", async () => {
  const ending = new AbortController();
  async function* stdin() {
    yield Buffer.from(`${lines(3, 300_000).join("\n")}\n`);
    await new Promise(() => {});
  }
  const typed = terminal.type(["enqueue"], { stdin: stdin(), ending: ending.signal });
  await expect.poll(() => counted('{"n": 300002}')).toBe(1);
  ending.abort();
  const { code, stderr } = await typed;
  expect(code).toBe(130);
  expect(stderr).toMatch(/Interrupted\. \d stored\./);
});

test("where a person looks on, a bar shows how far it is, and is taken away", async () => {
  const { stderr } = await terminal.type(["enqueue"], { stdin: lines(200).join("\n"), isTTY: true });
  expect(stderr).toContain("░");
  expect(stderr.endsWith("\r\u001b[2K200 stored.\n")).toBe(true);
  const half = { stored: 31_204, refused: 2, bytes: 50 };
  expect(barText(half, 100, 6_000)).toBe(
    "████████████░░░░░░░░░░░░ 50 %  31,204 stored, 2 not · 5,201 a second",
  );
  expect(barText(half, null, 100)).toBe("31,204 stored, 2 not");
});

test.each([["импорт-1"], ["2026\u201311"], ["two\nlines"], [""], [" "], ["a".repeat(239)]])(
  "--run %j, which can be no Idempotency-Key, is refused before anything is read",
  async (run) => {
    const { code, stderr } = await terminal.type(["enqueue", "--run", run], { stdin: lines(1)[0] });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "--run: must be a name of 1 to 238 characters, none of them beyond Latin-1, like import-2026-11-21.\n",
    });
    expect(server.asked).toEqual([]);
  },
);

test("a --run of Latin-1, or as long as can be, is taken", async () => {
  for (const run of ["août", "a".repeat(238)]) {
    const stdin = lines(2, 500_000).join("\n");
    await terminal.type(["enqueue", "--run", run], { stdin });
    const again = await terminal.type(["enqueue", "--run", run], { stdin });
    expect(again).toMatchObject({ code: 0, stderr: "2 stored.\n" });
  }
  expect(await counted('{"n": 500001}')).toBe(2);
});

test.each([["0"], ["65"], ["many"]])("--at-once %s is refused before anything is read", async (many) => {
  const { code, stderr } = await terminal.type(["enqueue", "--at-once", many], { stdin: lines(1)[0] });
  expect(code).toBe(2);
  expect(stderr).toContain("--at-once: must be a whole number from 1 to 64");
  expect(server.asked).toEqual([]);
});
