// `redrive/client` against the API's own handlers, over HTTP: what it repeats, what it does not, and what it says.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call } from "#clients/call.ts";
import { type CallOptions, createClient, each, RedriveError, type Settings } from "#clients/client.ts";
import { type Api, aKey, anApi, bootstrapKey } from "#tests/integration/api/app.ts";
import { type ApiServer, anApiServer } from "#tests/support/api-server.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
let server: ApiServer;
beforeAll(async () => {
  api = await anApi();
  server = await anApiServer();
  await aProvider(api.sql, "ats");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  server.meddle(() => "pass");
  server.asked.length = 0;
  server.headers.length = 0;
});

let paused: number[] = [];
const aClient = (given: Partial<Settings> = {}) => {
  paused = [];
  return createClient({
    url: server.url,
    key: bootstrapKey,
    pause: async (ms) => {
      paused.push(ms);
    },
    ...given,
  });
};

const refusalOf = async (work: Promise<unknown>): Promise<RedriveError> => {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (error instanceof RedriveError) return error;
  throw new Error(`no RedriveError: ${error}`);
};

const stored = async (subject: string) => {
  const [row] = await api.sql<{ n: number }[]>`
    select count(*)::int as n from redrive.outbox where subject = ${subject}`;
  return row?.n;
};

test("a record is taken, and found in the list", async () => {
  const redrive = aClient();
  const { id } = await redrive.enqueueRecord({
    provider: "ats",
    payload: { candidate: 7 },
    subject: "Seven",
  });
  const { items } = await redrive.listRecords({ provider: "ats", q: "Seven" });
  expect(items).toMatchObject([{ id, subject: "Seven", status: "waiting" }]);
});

test("a write whose answer was lost is sent again under the same key, and happens once", async () => {
  let lost = 0;
  server.meddle(() => (lost++ < 2 ? "lose answer" : "pass"));
  const { id } = await aClient().enqueueRecord({ provider: "ats", payload: {}, subject: "Lost" });
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(server.asked).toHaveLength(3);
  expect(new Set(server.headers.map((headers) => headers["idempotency-key"])).size).toBe(1);
  expect(await stored("Lost")).toBe(1);
  expect(paused[1]).toBeGreaterThan((paused[0] ?? 0) / 2);
});

test("a deletion whose answer was lost is sent again under the same key, and is done: neither not found nor done before", async () => {
  await aProvider(api.sql, "leaving");
  const redrive = aClient();
  const { version } = await redrive.getProvider("leaving");
  const { id } = await redrive.createKey({ name: "leaving", scopes: ["read"] });
  const team = await redrive.createTeam({ slug: "leaving", name: "Leaving", kind: "technical" });
  let lost = 0;
  server.meddle(() => (lost++ === 0 ? "lose answer" : "pass"));
  expect(await redrive.deleteProvider("leaving", { ifMatch: version })).toBeNull();
  lost = 0;
  expect(await redrive.revokeKey(id)).toMatchObject({ id, state: "revoked" });
  lost = 0;
  expect(await redrive.deleteTeam(team.slug)).toBeNull();
  expect(server.asked.filter((asked) => asked.startsWith("DELETE"))).toHaveLength(6);
});

test("a deletion that was never carried out tells the truth when it is sent again", async () => {
  let nth = 0;
  server.meddle((_, response) => {
    if (nth++ > 0) return "pass";
    response.writeHead(503).end();
    return "done";
  });
  expect(await refusalOf(aClient().deleteTeam("nobody"))).toMatchObject({ code: "not_found", status: 404 });
  expect(nth).toBe(2);
});

test("two calls are two writes, and one key of the caller's own is one", async () => {
  const redrive = aClient();
  const record = { provider: "ats", payload: {}, subject: "Twice" };
  const first = await redrive.enqueueRecord(record);
  expect((await redrive.enqueueRecord(record)).id).not.toBe(first.id);
  const mine = await redrive.enqueueRecord(record, { idempotencyKey: "mine" });
  expect(await redrive.enqueueRecord(record, { idempotencyKey: "mine" })).toEqual(mine);
  expect(await stored("Twice")).toBe(3);
});

test.each([["импорт"], [""], ["  "], ["a\nb"], ["a".repeat(256)]])(
  "an idempotencyKey that no header carries, or that the API does not take, is named before any try: %j",
  async (idempotencyKey) => {
    const given = { provider: "ats", payload: {} };
    expect(await refusalOf(aClient().enqueueRecord(given, { idempotencyKey }))).toMatchObject({
      code: "bad_settings",
      message: expect.stringMatching(/^idempotencyKey: must be 1 to 255 characters/),
    });
    expect(server.asked).toEqual([]);
    expect(paused).toEqual([]);
  },
);

test("each idempotencyKey that the API takes is sent", async () => {
  const given = { provider: "ats", payload: {}, subject: "Keyed" };
  for (const idempotencyKey of ["août 1", "a".repeat(255), "~"])
    expect(await aClient().enqueueRecord(given, { idempotencyKey })).toEqual(
      await aClient().enqueueRecord(given, { idempotencyKey }),
    );
  expect(await stored("Keyed")).toBe(3);
});

test("an idempotencyKey that is null, as JSON has it, is none: one is made", async () => {
  const options: CallOptions = JSON.parse('{"idempotencyKey": null}');
  await aClient().enqueueRecord({ provider: "ats", payload: {} }, options);
  expect(server.headers[0]?.["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("what no header can carry is not told as a server that can't be reached", async () => {
  const settings = { url: server.url, key: bootstrapKey };
  const asked = { method: "GET", path: "/records", text: null, headers: { "x-note": "импорт" } };
  await expect(call(settings, asked)).rejects.toThrow(TypeError);
  expect(server.asked).toEqual([]);
});

test("it waits as long as the server asks, and no longer than anyone would", async () => {
  const asked = ["3", "86400"];
  server.meddle((_, response) => {
    const after = asked.shift();
    if (after === undefined) return "pass";
    response.writeHead(429, { "retry-after": after }).end();
    return "done";
  });
  await aClient().listRecords();
  expect(paused).toEqual([3_000, 60_000]);
});

test("an id that would lead to another address is refused before anything is asked", async () => {
  const redrive = aClient();
  for (const id of ["", ".", ".."])
    expect(await refusalOf(redrive.getRecord(id))).toMatchObject({ code: "bad_settings" });
  expect(server.asked).toEqual([]);
});

test("a refusal is not repeated, and carries what the API said", async () => {
  const refusal = await refusalOf(aClient().enqueueRecord({ provider: "nobody", payload: {} }));
  expect(refusal).toMatchObject({ code: "unknown_provider", status: 422 });
  expect(refusal.message).toContain("nobody");
  const invalid = await refusalOf(aClient().send("POST", "/records", { body: { provider: 7 } }));
  expect(invalid.problem?.errors?.map(({ field }) => field)).toContain("provider");
  expect(server.asked).toHaveLength(2);
});

test("a wrong key, and one that may not, are told apart", async () => {
  expect(await refusalOf(aClient({ key: "wrong-key-0123456789" }).listRecords())).toMatchObject({
    code: "unauthenticated",
    status: 401,
  });
  const { key } = await aKey(api, { scopes: ["see"] });
  expect(await refusalOf(aClient({ key }).enqueueRecord({ provider: "ats", payload: {} }))).toMatchObject({
    code: "forbidden",
  });
});

test("nobody there: it says where and why after the last try, and never the key", async () => {
  const gone = await anApiServer();
  await gone[Symbol.asyncDispose]();
  const refusal = await refusalOf(aClient({ url: gone.url, tries: 3 }).listRecords());
  expect(refusal).toMatchObject({ code: "unreachable", status: 0 });
  expect(refusal.message).toContain(`${gone.url} (ECONNREFUSED)`);
  expect(paused).toHaveLength(2);
  expect(JSON.stringify(refusal) + refusal.message + refusal.stack).not.toContain(bootstrapKey);
});

test("a server that takes the call and is silent is given up on, in words", async () => {
  server.meddle(() => "done");
  const refusal = await refusalOf(aClient({ timeoutMs: 50, tries: 2 }).listRecords());
  expect(refusal).toMatchObject({ code: "timeout" });
});

test("another web server at the address is told from ours", async () => {
  server.meddle((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>It works!</h1>");
    return "done";
  });
  expect(await refusalOf(aClient().listRecords())).toMatchObject({ code: "not_an_api" });
});

test("a redirect is not followed: the key would go with it", async () => {
  let elsewhere = 0;
  server.meddle((request, response) => {
    if (request.url === "/elsewhere") elsewhere++;
    response.writeHead(302, { location: "/elsewhere" }).end();
    return "done";
  });
  expect(await refusalOf(aClient({ tries: 1 }).listRecords())).toMatchObject({ code: "unreachable" });
  expect(elsewhere).toBe(0);
});

test("JSON that is text already keeps every digit", async () => {
  const { id } = await aClient().send<{ id: string }>("POST", "/records", {
    text: '{"provider": "ats", "payload": {"exact": 12345678901234567890.123}}',
  });
  const [row] = await api.sql`select payload::text from redrive.outbox where id = ${id}`;
  expect(row).toEqual({ payload: '{"exact": 12345678901234567890.123}' });
});

test("each walks all pages of a list", async () => {
  const redrive = aClient();
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    ids.unshift((await redrive.enqueueRecord({ provider: "ats", payload: {}, correlationId: "pages" })).id);
  }
  const found: string[] = [];
  for await (const { id } of each(redrive.listRecords, { q: "pages", limit: 2 })) found.push(id);
  expect(found).toEqual(ids);
});

test("hints of what changes are streamed until nobody wants them", async () => {
  const leaving = new AbortController();
  const hints = aClient().hints(leaving.signal);
  const first = hints.next();
  server.meddle(() => "pass");
  await expect.poll(() => server.asked).toEqual(["GET /stream"]);
  // What is said before the stream listens is nobody's: say it until it is heard.
  const saying = setInterval(
    () => api.sql`select pg_notify('redrive_hints', '{"topic":"record","id":"7"}')`.catch(() => {}),
    20,
  );
  try {
    expect(await first).toEqual({ done: false, value: { topic: "record", id: "7" } });
  } finally {
    clearInterval(saying);
  }
  leaving.abort();
  await expect(hints.next()).rejects.toThrow(/abort/i);
});

test.each([
  [{ url: "ftp://x" }, "url: must be an http or https URL"],
  [{ url: "http://me:s3cret@x" }, "url: must not carry a user name or password"],
  [{ key: "s3cret\nkey" }, "key: holds characters that no key has"],
])("settings that can't be used are named, and no secret is shown: %o", async (given, words) => {
  const make = () => aClient(given);
  expect(make).toThrow(words);
  expect(make).not.toThrow(/s3cret/);
});
