// The application's own code in whole workers: adapters and handlers that answer, throw, hang, or are not there.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Sql } from "#db/client.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  aServedEngine,
  enqueue,
  eventually,
  holdOf,
  patchPolicy,
  type ServedEngine,
  standing,
  stateOf,
  statusOf,
  untilStatus,
} from "#tests/support/engine.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { BadPayload, defineAdapter } from "#worker/adapters/adapter.ts";
import { RetryLater } from "#worker/adapters/handler.ts";

let base: ServedEngine;
let server: ProviderServer;
const handled: unknown[] = [];

/** Builds what the payload says, or throws what it says. */
const moody = defineAdapter({
  options: z.strictObject({ greeting: z.string() }),
  create: ({ policy: { url }, options }) => ({
    kind: "http",
    build: ({ payload }) => {
      const { mood } = JSON.parse(payload);
      if (mood === "broken") throw new TypeError("no such property");
      if (mood === "picky") throw new BadPayload("it has no name");
      return {
        method: "POST",
        path: new URL(url).pathname,
        headers: [],
        body: `${options.greeting} ${payload}`,
      };
    },
    read: ({ body }) => {
      if (body.includes("unreadable")) throw new Error("what is this?");
      return { response: body.toUpperCase() };
    },
  }),
});

beforeAll(async () => {
  base = await aServedEngine({
    application: {
      adapters: { moody },
      handlers: {
        add: (payload) => {
          handled.push(payload);
          return { sum: (payload as { a: number }).a + 1 };
        },
        hang: () => new Promise(() => {}),
        picky: () => {
          throw new BadPayload("the customer is unknown");
        },
        later: (payload) => {
          handled.push(payload);
          if (
            handled.filter((each) => each === payload || JSON.stringify(each) === JSON.stringify(payload))
              .length < 2
          )
            throw new RetryLater("the table is locked", { afterMs: 1_000 });
        },
      },
    },
  });
  server = base.server;
});
afterAll(() => base[Symbol.asyncDispose]());

const lastEvent = async (sql: Sql, id: string) => {
  const [event] = await sql<{ kind: string; outcome: string; detail: Record<string, unknown> }[]>`
    select kind, outcome, detail from redrive.events where record_id = ${id} order by at desc limit 1`;
  return event;
};
const failureOf = async (sql: Sql, id: string) => {
  const [failure] = await sql`select category, team, message from redrive.failures where record_id = ${id}`;
  return failure;
};

test("an adapter that throws fails its record with the stack, and the worker goes on", async () => {
  const { sql } = base;
  server.answer(says(200, { fine: true }));
  await aProvider(sql, "moody", {
    url: `${server.url}/moody`,
    adapter: "moody",
    options: { greeting: "hello" },
  });
  const broken = await enqueue(sql, "moody", { mood: "broken" });
  const fine = await enqueue(sql, "moody", { mood: "fine" });
  await untilStatus(sql, broken, "failed");
  await untilStatus(sql, fine, "delivered");
  expect(await failureOf(sql, broken)).toEqual({
    category: "adapter_error",
    team: "technical",
    message: "The adapter threw: no such property",
  });
  const event = await lastEvent(sql, broken);
  expect(event?.detail.error).toBe("The adapter threw: no such property");
  expect(event?.detail.stack).toContain("adapters.test.ts");
  expect(server.received.at(-1)?.body).toBe('hello {"mood": "fine"}');
  expect((await lastEvent(sql, fine))?.detail).toEqual({ response: '{"FINE":TRUE}' });
  expect((await stateOf(sql, "moody")).breaker).toBe("closed");
});

test("one that can't read the answer fails its record as well, and stops a provider that says nothing else", async () => {
  const { sql } = base;
  server.answer(says(200, { what: "unreadable" }));
  await aProvider(sql, "reading", {
    url: `${server.url}/reading`,
    adapter: "moody",
    options: { greeting: "hi" },
  });
  const ids = await Promise.all(Array.from({ length: 12 }, () => enqueue(sql, "reading", { mood: "fine" })));
  // An outage may answer 200 with a page: it must not send the whole queue to the failures.
  await eventually(async () => expect((await stateOf(sql, "reading")).breaker).toBe("open"));
  await untilStatus(sql, ids[0] ?? "", "failed");
  expect((await failureOf(sql, ids[0] ?? ""))?.category).toBe("adapter_error");
  expect((await standing(sql, "reading")).queued).toBeGreaterThan(0);
});

test("a payload that the adapter finds wrong goes to the people who can correct it, unsent", async () => {
  const { sql } = base;
  await aProvider(sql, "picky", {
    url: `${server.url}/picky`,
    adapter: "moody",
    options: { greeting: "hi" },
  });
  const id = await enqueue(sql, "picky", { mood: "picky" });
  await untilStatus(sql, id, "failed");
  expect(await failureOf(sql, id)).toEqual({
    category: "client_data",
    team: "client_data",
    message: "The record can't be sent as it is: it has no name",
  });
  expect(server.received.some(({ url }) => url === "/picky")).toBe(false);
});

test("a handler is called with the payload, and what it answers is kept where it is asked for", async () => {
  const { sql } = base;
  await aProvider(sql, "add", { url: "handler:add", adapter: "handler", keepResponse: true });
  const id = await enqueue(sql, "add", { a: 41 });
  await untilStatus(sql, id, "delivered");
  expect(handled).toContainEqual({ a: 41 });
  expect((await lastEvent(sql, id))?.detail.response).toBe('{"sum":42}');
});

test("a handler that takes too long is given up at its deadline, and tried again", async () => {
  const { sql } = base;
  await aProvider(sql, "hang", {
    url: "handler:hang",
    adapter: "handler",
    timeoutMs: { connect: 100, headers: 300, total: 300 },
  });
  const id = await enqueue(sql, "hang");
  await eventually(async () => expect((await lastEvent(sql, id))?.kind).toBe("attempted"));
  const event = await lastEvent(sql, id);
  expect(event?.outcome).toBe("ambiguous");
  expect((await standing(sql, "hang")).queued).toBe(1);
});

test("a handler says that a payload is wrong, or when it wants to be asked again", async () => {
  const { sql } = base;
  await aProvider(sql, "unknown-customer", { url: "handler:picky", adapter: "handler" });
  await aProvider(sql, "later", { url: "handler:later", adapter: "handler" });
  const wrong = await enqueue(sql, "unknown-customer");
  const later = await enqueue(sql, "later", { again: 1 });
  await untilStatus(sql, wrong, "failed");
  expect((await failureOf(sql, wrong))?.category).toBe("client_data");
  await untilStatus(sql, later, "delivered");
  expect(handled.filter((each) => JSON.stringify(each) === '{"again":1}').length).toBe(2);
});

test("a provider whose adapter nobody has registered is held, says why, and goes on when its policy is mended", async () => {
  const { sql } = base;
  server.answer(ok);
  await aProvider(sql, "misnamed", { url: `${server.url}/misnamed`, adapter: "moddy" });
  const id = await enqueue(sql, "misnamed", { mood: "fine" });
  await eventually(async () => expect((await holdOf(sql, "misnamed")).hold).toBe("unhealthy"));
  const held = await holdOf(sql, "misnamed");
  expect(held.reason).toMatch(/^adapter: there is none named "moddy"; there are .*moody/);
  expect((await statusOf(sql, id)).status).toBe("held");
  const mendedMs = Date.now();
  await patchPolicy(sql, "misnamed", { adapter: "moody", options: { greeting: "hi" } });
  await untilStatus(sql, id, "delivered");
  expect(Date.now() - mendedMs).toBeLessThan(2_500);
});

test("a policy that becomes useless amid its records stops them, and says why", async () => {
  const { sql } = base;
  await using slow = await aProviderServer((received, response) =>
    setTimeout(() => ok(received, response), 20),
  );
  await aProvider(sql, "spoiled", { url: slow.url, batchSizeMax: 2 });
  await sql`insert into redrive.outbox (provider, payload) select 'spoiled', '{}' from generate_series(1, 500)`;
  await eventually(() => expect(slow.received.length).toBeGreaterThan(10));
  await patchPolicy(sql, "spoiled", { options: { nobody: "knows" } });
  await eventually(async () => expect((await holdOf(sql, "spoiled")).hold).toBe("unhealthy"));
  const { length } = slow.received;
  expect((await standing(sql, "spoiled")).delivered).toBe(length);
  await patchPolicy(sql, "spoiled", { options: {}, batchSizeMax: 10 });
  await eventually(async () => expect((await standing(sql, "spoiled")).delivered).toBe(500));
});
