// `redrive tail` while the API comes and goes, and of records that are older than what it looks at.
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RecordSummary } from "#clients/client.ts";
import { aStub, json, type Stub } from "#tests/integration/cli/stub.ts";
import { aTerminal, type Terminal } from "#tests/integration/cli/terminal.ts";

let stub: Stub;
let terminal: Terminal;
beforeAll(async () => {
  stub = await aStub();
});
afterAll(() => stub[Symbol.asyncDispose]());
beforeEach(() => {
  stub.asked.length = 0;
  terminal = aTerminal(stub);
});

const aRecord = (given: Partial<RecordSummary> & { id: string }): RecordSummary => ({
  provider: "ats",
  status: "waiting",
  attempts: 0,
  type: null,
  subject: null,
  owner: null,
  correlationId: null,
  createdAt: "2026-01-01T00:00:00Z",
  settledAt: null,
  dueAt: null,
  lastError: null,
  ...given,
});

/** Tails until the test is over; what is printed is polled. */
function tailing(...more: string[]) {
  const ending = new AbortController();
  const typed = terminal.type(["tail", "--json", ...more], { ending: ending.signal });
  const end = () => {
    ending.abort();
    return typed;
  };
  return { typed, end };
}

const refuse = (response: ServerResponse, status: number, code: string) =>
  json(response, { code, title: code, detail: `It is ${code}.`, status }, status);

test("while the API is away tail waits for it, says so once, and goes on", async () => {
  let mode: "here" | "away" | "back" = "here";
  let looks = 0;
  stub.answer((request, response) => {
    if (request.url?.endsWith("/stream")) return;
    if (mode === "away") {
      looks++;
      return refuse(response, 503, "unavailable");
    }
    json(response, { items: [aRecord({ id: mode })], next: null });
  });
  const { end } = tailing();
  await expect.poll(terminal.printed).toContain('"id":"here"');
  mode = "away";
  // Two looks of five tries each.
  await expect.poll(() => looks, { timeout: 20_000 }).toBe(10);
  mode = "back";
  await expect.poll(terminal.printed, { timeout: 20_000 }).toContain('"id":"back"');
  const { code, stderr } = await end();
  expect(code).toBe(130);
  expect(stderr).toBe("! It is unavailable. It is tried again until it answers.\nIt answers again.\n");
});

test.each([
  [401, "unauthenticated"],
  [403, "forbidden"],
])("a key that is answered %s ends it, whenever that is", async (status, code) => {
  let isHere = true;
  stub.answer((request, response) => {
    if (request.url?.endsWith("/stream")) return;
    if (isHere) json(response, { items: [aRecord({ id: "here" })], next: null });
    else refuse(response, status, code);
  });
  const { typed } = tailing();
  await expect.poll(terminal.printed).toContain('"id":"here"');
  isHere = false;
  expect(await typed).toMatchObject({ code: 4, stderr: expect.stringMatching(`^It is ${code}\\.`) });
});

test("an API that is away from the beginning ends it", async () => {
  stub.answer((_, response) => refuse(response, 503, "unavailable"));
  expect(await tailing().typed).toMatchObject({ code: 3, stderr: "It is unavailable.\n" });
});

/** A server whose list never changes, and that hints at records which are not in it. */
function hinting(records: RecordSummary[]) {
  const streams: ServerResponse[] = [];
  stub.answer((request, response) => {
    const path = request.url?.replace("/api/v1", "") ?? "";
    if (path === "/stream") return streams.push(response.writeHead(200));
    if (path.startsWith("/records?")) return json(response, { items: [aRecord({ id: "new" })], next: null });
    const found = records.find(({ id }) => path === `/records/${id}`);
    if (found) json(response, { ...found, payload: { secret: 1 }, events: [] });
    else refuse(response, 404, "not_found");
  });
  return async (...ids: string[]) => {
    await expect.poll(() => streams.length, { timeout: 10_000 }).toBeGreaterThan(0);
    // In one piece, so that they are looked at together.
    streams.at(-1)?.write(ids.map((id) => `data: ${JSON.stringify({ topic: "record", id })}\n\n`).join(""));
  };
}

test("what is hinted at and older than what it looks at is shown, as the list would have it, once a change", async () => {
  const old = aRecord({ id: "old", status: "failed", provider: "ats" });
  const hint = hinting([
    old,
    aRecord({ id: "of-sms", provider: "sms" }),
    aRecord({ id: "probe", type: "redrive.canary" }),
  ]);
  const { end } = tailing("--provider", "ats");
  await hint("gone", "of-sms", "probe", "old");
  await expect.poll(terminal.printed, { timeout: 10_000 }).toContain('"id":"old"');
  await hint("old");
  await expect.poll(() => stub.asked.filter((asked) => asked === "GET /records/old").length).toBe(2);
  old.status = "retrying";
  await hint("old");
  await expect.poll(terminal.printed, { timeout: 10_000 }).toContain('"status":"retrying"');
  const { code, json: shown, stderr } = await end();
  expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
  expect(shown()).toEqual([aRecord({ id: "new" }), { ...old, status: "failed" }, old]);
});

test("of more older records than it looks up at a time it says how many there are", async () => {
  const ids = Array.from({ length: 25 }, (_, n) => `old-${n}`);
  const hint = hinting(ids.map((id) => aRecord({ id })));
  const { end } = tailing();
  await hint(...ids);
  const note = "… 5 more of the older records may have changed.\n";
  await expect.poll(terminal.printed, { timeout: 10_000 }).toContain(note);
  expect((await end()).json()).toHaveLength(21);
});
