// How commands end before their time: by Ctrl-C, by a second one, and because nobody reads what they say.
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { aProcess, aStub, busy, json, launcher, type Stub } from "#tests/integration/cli/stub.ts";
import { aTerminal, type Terminal } from "#tests/integration/cli/terminal.ts";

let stub: Stub;
let terminal: Terminal;
beforeAll(async () => {
  stub = await aStub();
  terminal = aTerminal(stub);
});
afterAll(() => stub[Symbol.asyncDispose]());
beforeEach(() => {
  stub.answer(() => {});
  stub.asked.length = 0;
});

const id = "0192f0c1-0000-7000-8000-000000000001";
const another = "0192f0c1-0000-7000-8000-000000000002";

/** A pipe that gives this and then says nothing more. */
async function* silentAfter(text: string) {
  yield Buffer.from(text);
  await new Promise(() => {});
}

test.each([[["retry", "-"]], [["reject", "-", "--reason", "obsolete"]]])(
  "Ctrl-C ends %j while the pipe says nothing, and half a line is no id",
  async (line) => {
    stub.answer((_, response) => json(response, { id, status: "retrying", dueAt: null }));
    const ending = new AbortController();
    const before = terminal.printed().length;
    const typed = terminal.type(line, { stdin: silentAfter(`${id}\n0192f0c1`), ending: ending.signal });
    await expect.poll(() => terminal.printed().slice(before)).toContain(id);
    ending.abort();
    expect(await typed).toMatchObject({ code: 130, stderr: "Interrupted. 1 done.\n" });
    expect(stub.asked).toHaveLength(1);
  },
);

test("Ctrl-C stores no half of a line", async () => {
  const ending = new AbortController();
  stub.answer((_, response) => json(response, { id }, 201));
  const before = terminal.printed().length;
  const typed = terminal.type(["enqueue", "--json", "--provider", "ats"], {
    stdin: silentAfter("1\n12"),
    ending: ending.signal,
  });
  await expect.poll(() => terminal.printed().slice(before)).toContain(id);
  ending.abort();
  expect(await typed).toMatchObject({ code: 130 });
  expect(stub.asked).toHaveLength(1);
});

/** Told by its Idempotency-Key, where there is a --run. */
const lineOf = ({ headers }: IncomingMessage) => Number(String(headers["idempotency-key"]).split(":")[1]);

test("the line that it stopped at is the first that is not done, whichever failed first", async () => {
  // Line 2 is answered only when line 3 has failed.
  const late = Promise.withResolvers<void>();
  stub.answer(async (request, response) => {
    const line = lineOf(request);
    if (line === 1) return json(response, { id }, 201);
    if (line === 2) await late.promise;
    response.writeHead(503).end(() => late.resolve());
  });
  const { code, stderr } = await terminal.type(
    ["enqueue", "--provider", "ats", "--run", "monday", "--at-once", "2"],
    { stdin: "1\n2\n3\n4\n5\n", client: { tries: 1 } },
  );
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Stopped at line 2: /);
  expect(stderr).toContain("\nAll lines before 2 are done; from 2 on some may be missing.\n1 stored.\n");
});

test("after Ctrl-C it is told before which line all are done", async () => {
  const ending = new AbortController();
  stub.answer((request, response) => {
    if (lineOf(request) === 2) busy(response);
    else json(response, { id }, 201);
    if (stub.asked.length === 4) ending.abort();
  });
  const { code, stderr } = await terminal.type(
    ["enqueue", "--provider", "ats", "--run", "monday", "--at-once", "2"],
    { stdin: silentAfter("1\n2\n3\n4\n5\n6\n7\n8\n"), ending: ending.signal, isPatient: true },
  );
  expect(code).toBe(130);
  expect(stderr).toBe("Interrupted. 3 stored. All lines before 2 are done; from 2 on some may be missing.\n");
});

const mayBeDone = "Interrupted before it was answered; it may be done or not.\n";
test.each([
  [["retry", id, another], `✗ ${id}: ${mayBeDone}Interrupted. 0 done.\n`],
  [["reject", id, another, "--reason", "x"], `✗ ${id}: ${mayBeDone}Interrupted. 0 done.\n`],
  [["providers", "create", "ats", "https://ats.example"], mayBeDone],
  [["providers", "set", "ats", "{}"], mayBeDone],
  [["providers", "pause", "ats", "--reason", "x"], mayBeDone],
  [["providers", "resume", "ats"], mayBeDone],
  [["providers", "probe", "ats"], mayBeDone],
  [["keys", "create", "robot", "--scope", "read"], mayBeDone],
  [["keys", "rotate", id], mayBeDone],
  [["keys", "revoke", id], mayBeDone],
  [["providers"], ""],
  [["providers", "show", "ats"], ""],
  [["keys"], ""],
  [["failures"], ""],
  [["tail"], ""],
])("Ctrl-C ends %j between two tries, however long the server asks to wait", async (line, stderr) => {
  stub.answer((_, response) => busy(response));
  const ending = new AbortController();
  const typed = terminal.type(line, { ending: ending.signal, isPatient: true });
  await expect.poll(() => stub.asked.length).toBe(1);
  ending.abort();
  expect(await typed).toEqual(expect.objectContaining({ code: 130, stdout: "", stderr }));
  expect(stub.asked).toHaveLength(1);
});

/** Ctrl-C comes while a write is out, which is then answered so. */
async function endedAmidWrite(body: object, status = 200) {
  const asked = Promise.withResolvers<() => void>();
  stub.answer((_, response) => asked.resolve(() => json(response, body, status)));
  const ending = new AbortController();
  const typed = terminal.type(["providers", "pause", "ats", "--reason", "x"], { ending: ending.signal });
  const answer = await asked.promise;
  ending.abort();
  answer();
  return typed;
}

test("a write that is out when Ctrl-C comes is waited for, and told", async () => {
  const told = await endedAmidWrite({ slug: "ats", breaker: "closed", hold: "paused", holdUntil: null });
  expect(told).toMatchObject({ code: 0, stdout: "✓ ats  breaker closed, hold paused\n" });
});

test("what the API refuses is told, Ctrl-C or not", async () => {
  const problem = { code: "conflict", title: "Conflict", detail: "Anna was first.", status: 409 };
  expect(await endedAmidWrite(problem, 409)).toMatchObject({ code: 1, stderr: "Anna was first.\n" });
});

test("a second Ctrl-C ends the process at once, though the server has yet to answer", async () => {
  const { child, ended } = aProcess(stub, process.execPath, [
    launcher,
    "providers",
    "pause",
    "ats",
    "--reason",
    "x",
  ]);
  await expect.poll(() => stub.asked.length, { timeout: 10_000 }).toBe(1);
  // Until it has ended: two that follow each other at once are one, passed on by whoever started it.
  const typing = setInterval(() => child.kill("SIGINT"), 50);
  try {
    expect(await ended).toMatchObject({ code: 130 });
  } finally {
    clearInterval(typing);
  }
});

/** A line of bash, where `$LAUNCHER` is the command line; its stdout is what the test reads. */
const shell = (line: string) => aProcess(stub, "bash", ["-c", line]).ended;
const redrive = `"${process.execPath}" "$LAUNCHER"`;
const manyLines = "for n in {1..3000}; do echo $n; done";

test("a reader of results that leaves ends what acts: what was on its way is done and counted, and the exit code tells", async () => {
  stub.answer((_, response) => json(response, { id }, 201));
  const line = `${manyLines} | ${redrive} enqueue --json --provider ats | head -1; echo "\${PIPESTATUS[1]}"`;
  const { stdout, stderr } = await shell(line);
  expect(stdout.trim().split("\n").at(-1)).toBe("141");
  const [, stored] = /Nobody reads stdout any more\. (\d+) stored\./.exec(stderr) ?? [];
  expect(Number(stored)).toBe(stub.asked.length);
  expect(Number(stored)).toBeLessThan(3_000);
});

test("an act whose one result nobody has read is told by its exit code", async () => {
  stub.answer((_, response) => json(response, { id, key: "rk_secret" }, 201));
  const { stdout } = await shell(
    `${redrive} keys create robot --scope read | true; echo "\${PIPESTATUS[0]}"`,
  );
  expect(stdout).toBe("141\n");
});

test.each([["tail"], ["failures --json"], ["providers show ats"], ["help"]])(
  "whoever leaves %s has had all that they wanted",
  async (command) => {
    const record = {
      id,
      provider: "ats",
      status: "waiting",
      subject: null,
      lastError: null,
      createdAt: "2026-01-01T00:00:00Z",
      settledAt: null,
    };
    stub.answer((request, response) => {
      if (request.url?.endsWith("/stream")) return;
      // A change each time, so that something is written after the reader has left.
      json(response, { items: [{ ...record, status: `state ${stub.asked.length}` }], next: null });
    });
    const { stdout, stderr } = await shell(`${redrive} ${command} | true; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout, stderr }).toEqual({ stdout: "0\n", stderr: "" });
  },
);

test.each([["failures --json"], ["enqueue --json --provider ats"], ["help"]])(
  "%s into a full disk says so, and is not done",
  async (command) => {
    stub.answer((request, response) =>
      request.method === "GET"
        ? json(response, { items: [{ id }], next: null })
        : json(response, { id }, 201),
    );
    const { code, stderr } = await shell(`echo 1 | ${redrive} ${command} > /dev/full`);
    expect(code).toBe(1);
    expect(stderr).toContain("stdout can't be written (ENOSPC).\n");
  },
);

test("notes that nobody reads stop no work", async () => {
  stub.answer((_, response) => json(response, { id }, 201));
  const line = `(for n in {1..200}; do echo no; echo $n; done) | ${redrive} enqueue --provider ats 2>&1 | true`;
  const { stdout } = await shell(`${line}; echo "\${PIPESTATUS[1]}"`);
  expect(stdout).toBe("5\n");
  expect(stub.asked).toHaveLength(200);
});
