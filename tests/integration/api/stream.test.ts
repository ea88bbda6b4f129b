import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getStream } from "#app/api/v1/stream/route.ts";
import { deps } from "#lib/server/deps.ts";
import { eventStream } from "#lib/server/event-stream.ts";
import { type Api, anApi, call, origin, type Person } from "#tests/integration/api/app.ts";
import { holdToContract } from "#tests/support/contract.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

/** An open stream, and what it has said so far. */
function listenTo(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const heard = { text: "", isOver: false };
  const reading = (async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: "" };
      if (done) break;
      heard.text += value;
    }
    heard.isOver = true;
  })();
  return { heard, reading, leave: () => reader?.cancel() };
}

const requestOf = ({ headers }: Person, signal?: AbortSignal) =>
  new Request(`${origin}/api/v1/stream`, { headers, signal });
const open = async (person: Person, signal?: AbortSignal) => {
  const response = await getStream(requestOf(person, signal), { params: Promise.resolve({}) });
  holdToContract(getStream, response, null);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  expect(response.headers.get("cache-control")).toContain("no-store");
  return listenTo(response);
};
const listeners = async () => {
  const [row] = await api.sql<{ n: number }[]>`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and query ilike 'listen %redrive_hints%' and state <> 'active'`;
  return row?.n;
};
const tell = (text: string) => api.sql`select pg_notify('redrive_hints', ${text})`;

test("every open stream hears a hint, over one listening connection, until it is left", async () => {
  const [one, two] = [await open(api.admin), await open(api.admin)];
  for (const { heard } of [one, two]) await expect.poll(() => heard.text).toContain("listening");
  expect(await listeners()).toBe(1);
  await tell('{"topic": "provider", "provider": "ats"}');
  for (const { heard } of [one, two]) {
    await expect.poll(() => heard.text).toContain('data: {"topic":"provider","provider":"ats"}\n\n');
  }
  await one.leave();
  await tell("no hint at all");
  await tell('{"topic": "weather"}');
  await tell('{"topic": "throughput"}');
  await expect.poll(() => two.heard.text).toContain('data: {"topic":"throughput"}\n\n');
  expect(two.heard.text).not.toContain("weather");
  expect(one.heard.text).not.toContain("throughput");
  await two.leave();
  await expect.poll(listeners).toBe(0);
});

test("a stream that its reader leaves ends without a fault", async () => {
  const response = await getStream(requestOf(api.admin), { params: Promise.resolve({}) });
  await response.body?.cancel();
  await expect.poll(listeners).toBe(0);
});

test("a stream ends when its request is aborted", async () => {
  const abort = new AbortController();
  const { heard, reading } = await open(api.admin, abort.signal);
  await expect.poll(() => heard.text).toContain("listening");
  abort.abort();
  await reading;
  await expect.poll(listeners).toBe(0);
});

test("a stream says that it is there, and ends when its person is disabled", async () => {
  const leaving = await api.person("support_tech", "Leaving");
  const { heard, reading } = listenTo(
    await eventStream(requestOf(leaving), deps(), { heartbeatMs: 10, recheckMs: 20 }),
  );
  await expect.poll(() => heard.text).toContain(": still here\n\n");
  expect(heard.isOver).toBe(false);
  await api.sql`update redrive.users set disabled_at = now() where id = ${leaving.id}`;
  await reading;
  expect(heard.isOver).toBe(true);
});

test("nobody hears hints without a session", async () => {
  expect((await call(getStream)).status).toBe(401);
  expect((await call(getStream, { as: await api.person("end_user") })).status).toBe(403);
});
