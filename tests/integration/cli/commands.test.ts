// The commands that look and act, against the API's own handlers; and what any command says of a mistake.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "#cli/run.ts";
import { type Api, aKey, anApi, aRecord } from "#tests/integration/api/app.ts";
import { aTerminal, type Terminal } from "#tests/integration/cli/terminal.ts";
import { type ApiServer, anApiServer } from "#tests/support/api-server.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let server: ApiServer;
let terminal: Terminal;
beforeAll(async () => {
  api = await anApi({ REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
  server = await anApiServer();
  terminal = aTerminal(server);
  await aProvider(api.sql, "ats");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const statusOf = async (id: string) => {
  const [row] = await api.sql<{ status: string }[]>`select status from redrive.record_status(${id})`;
  return row?.status;
};

test("failures are listed for people and for pipes, and retried through one", async () => {
  const ids = [
    await aRecord.failed(api, { subject: "Candidate 7", message: "503 from\u001b[31m them" }),
    await aRecord.failed(api, { subject: "Candidate 8" }),
  ];
  const shown = await terminal.type(["failures"], { isTTY: true });
  expect(shown.stdout).toContain("Candidate 7");
  expect(shown.stdout).toContain("\u001b[36mats");
  // What came from others commands no terminal.
  expect(shown.stdout).toContain("503 from·[31m them");

  const piped = await terminal.type(["failures", "--json", "--provider", "ats"]);
  expect(
    piped
      .json()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids.toSorted());
  const { code, json } = await terminal.type(["retry", "-", "--json", "--reason", "they fixed it"], {
    stdin: piped.stdout,
  });
  expect(code).toBe(0);
  expect(json()).toMatchObject([{ status: "retrying" }, { status: "retrying" }]);
  expect(await Promise.all(ids.map(statusOf))).toEqual(["retrying", "retrying"]);
  const none = await terminal.type(["failures"]);
  expect(none).toMatchObject({ code: 0, stdout: "", stderr: "Nothing waits for a person.\n" });
});

test("--limit goes beyond a page, and stops within one", async () => {
  for (let n = 0; n < 5; n++) await aRecord.failed(api, { owner: "limit" });
  expect((await terminal.type(["failures", "--json", "--limit", "2"])).json()).toHaveLength(2);
  expect((await terminal.type(["failures", "--limit", "none"])).code).toBe(2);
  expect((await terminal.type(["failures", "--limit", "5", "--all"])).code).toBe(2);
});

test("a list that is cut says so; --all goes on over every page, and through the pipe each is retried", async () => {
  await aProvider(api.sql, "crowd");
  const ids = await Promise.all(
    Array.from({ length: 205 }, () => aRecord.failed(api, { provider: "crowd" })),
  );
  const list = (...more: string[]) => terminal.type(["failures", "--provider", "crowd", ...more]);
  const cut = await list("--json");
  expect(cut).toMatchObject({ code: 0, stderr: "! 50 shown, there are more: --limit N or --all.\n" });
  expect(cut.json()).toHaveLength(50);
  expect((await list("--limit", "204")).stderr).toContain("204 shown, there are more");
  const whole = await list("--limit", "205", "--json");
  expect(whole).toMatchObject({ code: 0, stderr: "" });
  expect(whole.json()).toHaveLength(205);
  const all = await list("--all", "--json");
  expect(all).toMatchObject({ code: 0, stderr: "" });
  expect(new Set(all.json().map(({ id }) => id))).toEqual(new Set(ids));
  const retried = await terminal.type(["retry", "-", "--json"], { stdin: all.stdout });
  expect(retried.code).toBe(0);
  expect(retried.json()).toHaveLength(205);
  expect(await list()).toMatchObject({ code: 0, stderr: "Nothing waits for a person.\n" });
});

test.each([
  [["failures", "--provider", "nope"], "provider"],
  [["failures", "--team", "nope", "--json"], "team"],
  [["failures", "--provider", "ats", "--team", "nope", "--search", "nothing like it"], "team"],
  [["tail", "--provider", "nope"], "provider"],
])("%j finds nothing because there is no such name, and says so", async (line, what) => {
  const { code, stdout, stderr } = await terminal.type(line);
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `There is no ${what} "nope".\n` });
});

test("of a name that there is, all is well; and of one that the key may not look up", async () => {
  await aProvider(api.sql, "calm");
  const calm = ["failures", "--provider", "calm", "--team", "technical"];
  const well = { code: 0, stdout: "", stderr: "Nothing waits for a person.\n" };
  expect(await terminal.type(calm)).toMatchObject(well);
  server.meddle((request, response) => {
    if (request.url?.includes("/failures")) return "pass";
    response.writeHead(403, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ code: "forbidden", title: "", detail: "This key may not.", status: 403 }));
    return "done";
  });
  expect(await terminal.type(["failures", "--provider", "nope", "--team", "nope"])).toMatchObject(well);
  server.meddle(() => "pass");
});

test("one that someone else was first with is named, the others are done, and the exit code tells", async () => {
  const [first, second] = [await aRecord.failed(api), await aRecord.failed(api)];
  expect(
    (await terminal.type(["reject", first, "--reason", "obsolete now", "--code", "obsolete"])).code,
  ).toBe(0);
  const { code, stdout, stderr } = await terminal.type(["reject", first, second, "--reason", "obsolete now"]);
  expect(code).toBe(5);
  expect(stdout).toContain(`✓ ${second}  rejected`);
  expect(stderr).toContain(`✗ ${first}: `);
  expect((await terminal.type(["reject", first, "--reason", "again"])).code).toBe(1);
});

test.each([
  [["reject", "7"], "--reason: say why"],
  [["reject", "7", "--reason", "x", "--code", "because"], "--code: must be one of"],
  [["retry"], "Name a record's id"],
  [["providers", "pause", "ats"], "--reason: say why"],
  [["providers", "delete"], "providers delete: is not known"],
  [["providers", "create", "x"], "say where its records go"],
  [["providers", "set", "ats", "[1]"], "must be a JSON object"],
  [["keys", "create"], "give it a name"],
  [["keys", "create", "robot"], "--scope: say what it may do"],
  [["keys", "rotate", "7", "--overlap", "soon"], "--overlap: must be whole seconds"],
  [["tail", "--status", "lost"], "--status: must be one of"],
  [["tail", "ats"], "tail: ats is a word too many"],
  [["failures", "ats"], "failures: ats is a word too many"],
  [["start", "now"], "start: now is a word too many"],
  [["worker", "--json"], "Unknown option '--json'"],
  [["migrate", "--url", "http://x"], "Unknown option '--url'"],
  [["providers", "show", "ats", "sms"], "providers show: sms is a word too many"],
  [["keys", "create", "Order", "service", "--scope", "read"], "service is a word too many; quotes keep"],
  [["keys", "revoke", "7"], "7: is no key's id"],
  [
    ["keys", "revoke", "7", "--overlap", "60"],
    "keys revoke: does not take --overlap; it takes --json, --url.",
  ],
  [["keys", "--owner", "x"], "keys list: does not take --owner"],
  [["keys", "list", "--scope", "read"], "keys list: does not take --scope"],
  [
    ["keys", "rotate", "7", "--provider", "ats"],
    "keys rotate: does not take --provider; it takes --overlap, --json, --url.",
  ],
  [["keys", "create", "x", "--scope", "read", "--overlap", "1"], "keys create: does not take --overlap"],
  [["providers", "--reason", "x"], "providers list: does not take --reason"],
  [["providers", "show", "ats", "--until", "x"], "providers show: does not take --until"],
  [["providers", "resume", "ats", "--until", "2030-01-01"], "providers resume: does not take --until"],
  [["providers", "probe", "ats", "--until", "x"], "providers probe: does not take --until"],
  [["providers", "set", "ats", "{}", "--reason", "x"], "providers set: does not take --reason"],
  [["retry", "7"], "7: it is no record's id"],
  [["failures", "--provder", "x"], "Unknown option '--provder'"],
  [["failurs"], "failurs: there is no such command"],
  [["constructor"], "constructor: there is no such command"],
])("%j is refused with what to do", async (line, words) => {
  const { code, stdout, stderr } = await terminal.type(line);
  expect(stderr).toContain(words);
  expect({ code, stdout, lines: stderr.trim().split("\n").length }).toEqual({
    code: 2,
    stdout: "",
    lines: 1,
  });
});

test("providers are made, listed, changed, paused, resumed and shown", async () => {
  const made = await terminal.type([
    "providers",
    "create",
    "shop",
    "https://shop.example/x",
    '{"batchSizeMax": 3}',
  ]);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect((await terminal.type(["providers", "set", "shop", '{"batchSizeMax": 4}'])).stdout).toContain(
    "version 2",
  );
  const paused = await terminal.type(["providers", "pause", "shop", "--reason", "they move"]);
  expect(paused.stdout).toContain("hold paused");
  expect((await terminal.type(["providers"])).stdout).toMatch(/shop\s+closed\s+paused\s+1\/4/);
  expect((await terminal.type(["providers", "resume", "shop"])).stdout).toContain("nothing holds it");
  const [shown] = (await terminal.type(["providers", "show", "shop", "--json"])).json();
  expect(shown).toMatchObject({ slug: "shop", batchSizeMax: 4 });
  expect((await terminal.type(["providers", "show", "nobody"])).code).toBe(1);
});

test("a key is made, shown once and alone on stdout, listed, rotated with an overlap, and revoked", async () => {
  const made = await terminal.type([
    "keys",
    "create",
    "Order service",
    "--scope",
    "enqueue",
    "--provider",
    "ats",
  ]);
  const key = made.stdout.trim();
  expect(made).toMatchObject({ code: 0, stdout: `${key}\n` });
  expect(key).toMatch(/^rk_\S+$/);
  expect(made.stderr).toContain("the only time");
  const [listed] = (await terminal.type(["keys", "--json"])).json();
  expect(listed).toMatchObject({ name: "Order service", scopes: ["enqueue"], providers: ["ats"] });
  expect(JSON.stringify(listed)).not.toContain(key);
  expect((await terminal.type(["keys"])).stdout).toMatch(/Order service +enqueue +ats/);

  const may = async (secret: string) =>
    (await terminal.type(["enqueue", "--provider", "ats"], { stdin: "1", env: { REDRIVE_API_KEY: secret } }))
      .code;
  expect(await may(key)).toBe(0);
  const id = String(listed?.id);
  const fresh = (await terminal.type(["keys", "rotate", id, "--overlap", "60"])).stdout.trim();
  expect([await may(key), await may(fresh)]).toEqual([0, 0]);
  expect((await terminal.type(["keys", "revoke", id])).stdout).toContain(`${id}  is revoked`);
  expect([await may(key), await may(fresh)]).toEqual([4, 4]);
  expect(await terminal.type(["keys", "create", "x", "--scope", "everything"])).toMatchObject({
    code: 1,
    stderr: "scopes.0: must be one of enqueue, read, operate, admin.\n",
  });
});

test("tail shows records as they come and as they change, until Ctrl-C", async () => {
  await aRecord.waiting(api, "ats", '{"old": 1}');
  const ending = new AbortController();
  const tailing = terminal.type(["tail", "--json", "--provider", "ats", "--last", "1"], {
    ending: ending.signal,
  });
  await expect.poll(() => terminal.printed(), { timeout: 10_000 }).toContain('"status":"waiting"');
  const before = terminal.printed().length;
  const id = await aRecord.waiting(api, "ats", '{"new": 1}');
  const news = () => terminal.printed().slice(before);
  await expect.poll(news, { timeout: 10_000 }).toContain(id);
  await api.sql`delete from redrive.queue where record_id = ${id}`;
  await api.sql`
    insert into redrive.events (record_id, at, kind, attempt, outcome, status, duration_ms)
    values (${id}, clock_timestamp(), 'delivered', 1, 'delivered', 200, 12)`;
  await expect.poll(news, { timeout: 10_000 }).toMatch(new RegExp(`${id}.*"status":"delivered"`));
  ending.abort();
  expect((await tailing).code).toBe(130);
});

test("tail shows the retry of a record that is older than the newest 200", async () => {
  await aProvider(api.sql, "busy");
  const id = await aRecord.failed(api, { provider: "busy" });
  await api.sql`select redrive.enqueue('busy', '{}') from generate_series(1, 200)`;
  const ending = new AbortController();
  const before = terminal.printed().length;
  const tailing = terminal.type(["tail", "--json", "--provider", "busy", "--last", "0"], {
    ending: ending.signal,
  });
  const news = () => terminal.printed().slice(before);
  // What is said before the stream listens is nobody's: it is said until it is heard.
  const saying = setInterval(
    () =>
      api.sql`select pg_notify('redrive_hints', ${JSON.stringify({ topic: "record", id })})`.catch(() => {}),
    50,
  );
  try {
    await expect.poll(news, { timeout: 10_000 }).toMatch(new RegExp(`${id}.*"status":"failed"`));
  } finally {
    clearInterval(saying);
  }
  expect((await terminal.type(["retry", id, "--at", "2036-01-01T00:00:00Z"])).code).toBe(0);
  await expect.poll(news, { timeout: 10_000 }).toMatch(new RegExp(`${id}.*"status":"retrying"`));
  ending.abort();
  expect((await tailing).code).toBe(130);
});

test("no server, a wrong key, a key that may not: three exit codes, a sentence each", async () => {
  const gone = await anApiServer();
  await gone[Symbol.asyncDispose]();
  const nobody = await terminal.type(["failures", "--url", gone.url]);
  expect(nobody.code).toBe(3);
  expect(nobody.stderr).toContain(`can't be reached at ${gone.url} (ECONNREFUSED)`);
  const wrong = await terminal.type(["tail"], { env: { REDRIVE_API_KEY: "wrong-key-0123456789" } });
  expect(wrong).toMatchObject({ code: 4, stdout: "" });
  const { key } = await aKey(api, { scopes: ["enqueue"] });
  expect((await terminal.type(["providers"], { env: { REDRIVE_API_KEY: key } })).code).toBe(4);
  const unset = await terminal.type(["providers"], { env: { REDRIVE_API_KEY: "" } });
  expect(unset).toMatchObject({ code: 2 });
  expect(unset.stderr).toContain("REDRIVE_API_KEY is not set");
});

test("colour only where a person looks on, and never with NO_COLOR", async () => {
  await aRecord.failed(api, { subject: "Colourful" });
  const of = async (env: Record<string, string>, isTTY: boolean) =>
    (await terminal.type(["failures"], { env, isTTY })).stdout.includes("\u001b[");
  expect(await of({}, true)).toBe(true);
  expect(await of({}, false)).toBe(false);
  expect(await of({ NO_COLOR: "1" }, true)).toBe(false);
  expect(await of({ TERM: "dumb" }, true)).toBe(false);
  expect(await of({ FORCE_COLOR: "1" }, false)).toBe(true);
  const note = async (isTTY: { stdout: boolean; stderr: boolean }) =>
    (await terminal.type(["retry", "7"], { isTTY })).stderr.includes("\u001b[");
  expect(await note({ stdout: true, stderr: false })).toBe(false);
  expect(await note({ stdout: false, stderr: true })).toBe(true);
});

test("every command has help, and help needs no server", async () => {
  const { stdout } = await terminal.type(["help"]);
  for (const name of Object.keys(commands)) {
    expect(stdout).toContain(`\n  ${name} `);
    const help = await terminal.type([name, "--help"], { env: { REDRIVE_API_KEY: "" } });
    expect(help, name).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(`redrive ${name}`);
    expect(await terminal.type(["help", name])).toMatchObject({ code: 0, stdout: help.stdout });
  }
});

const launch = promisify(execFile);
const launcher = new URL("../../../bin/redrive.mjs", import.meta.url).pathname;

test("a Node that reads no TypeScript hands over to the project's own, and gets its exit code", async () => {
  const old = ["--no-experimental-strip-types", launcher];
  const { stdout } = await launch(process.execPath, [...old, "--version"]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  await expect(launch(process.execPath, [...old, "failurs"])).rejects.toMatchObject({ code: 2 });
});

test("the programs run through it as by their npm scripts, and end with their codes", async () => {
  const env = { ...process.env, DATABASE_URL: api.url };
  const { stdout } = await launch(process.execPath, [launcher, "migrate"], { env });
  expect(stdout).toBe("The database is up to date.\n");
  const wrong = launch(process.execPath, [launcher, "doctor", "--json"], { env: { ...env, PORT: "http" } });
  await expect(wrong).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("PORT") });
});
