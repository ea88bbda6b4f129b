// A flow of steps, each a record: what the application's tasks are told when a step ends, and that they are told once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  ana,
  aServedEngine,
  enqueueWith,
  eventually,
  type ServedEngine,
  untilStatus,
} from "#tests/support/engine.ts";
import { ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import type { Application } from "#worker/application.ts";

type Told = {
  recordId: string;
  provider: string;
  outcome: string;
  status: number | null;
  response: string | null;
  error: string | null;
  reason?: string;
  code?: string;
  correlationId?: string;
};

let base: ServedEngine;
let server: ProviderServer;
/** What the tasks were told, in order. */
const told: { task: string; payload: Told }[] = [];
const toldOf = (recordId: string) => told.filter(({ payload }) => payload.recordId === recordId);

beforeAll(async () => {
  const noted = (task: string, then?: (payload: Told) => Promise<unknown>) => async (payload: unknown) => {
    told.push({ task, payload: payload as Told });
    await then?.(payload as Told);
  };
  const step =
    (type: string, next: string) =>
    ({ recordId }: Told) =>
      enqueueWith(
        base.sql,
        "orders",
        { type, correlation_id: "order-7", on_delivered: next, on_failed: "ask", on_rejected: "give-up" },
        { after: recordId },
      );
  const tasks: Application["tasks"] = {
    "check-availability": noted("check-availability", step("check", "finish")),
    finish: noted("finish", step("finish", "finished")),
    finished: noted("finished"),
    ask: noted("ask"),
    "give-up": noted("give-up"),
  };
  base = await aServedEngine({ workers: 2, application: { tasks } });
  server = base.server;
  await aProvider(base.sql, "orders", { url: `${server.url}/orders` });
});
afterAll(() => base[Symbol.asyncDispose]());

const aStep = (then: Record<string, string>, payload: unknown = {}) =>
  enqueueWith(base.sql, "orders", { correlation_id: "order-7", ...then }, payload);

test("each step of an order begins when the one before it was delivered, with its response, once", async () => {
  let count = 0;
  server.answer((received, response) => {
    count += 1;
    says(200, { step: count })(received, response);
  });
  const created = await aStep({ on_delivered: "check-availability" });
  await eventually(() => expect(told.map(({ task }) => task)).toContain("finished"));
  const steps = await base.sql<{ id: string; type: string | null; status: string }[]>`
    select id, type, status.status from redrive.outbox cross join lateral redrive.record_status(id) as status order by id`;
  expect(steps.map(({ type, status }) => [type, status])).toEqual([
    [null, "delivered"],
    ["check", "delivered"],
    ["finish", "delivered"],
  ]);
  expect(
    told.map(({ task, payload }) => [task, payload.recordId, JSON.parse(payload.response ?? "{}").step]),
  ).toEqual([
    ["check-availability", created, 1],
    ["finish", steps[1]?.id, 2],
    ["finished", steps[2]?.id, 3],
  ]);
  expect(told[0]?.payload).toMatchObject({
    provider: "orders",
    outcome: "delivered",
    status: 200,
    error: null,
    correlationId: "order-7",
  });
});

test("a step that fails tells so; run again by a person, the flow goes on where it paused", async () => {
  server.answer(says(422, { message: "no such article" }));
  const id = await aStep({ on_delivered: "finished", on_failed: "ask" });
  await untilStatus(base.sql, id, "failed");
  await eventually(() => expect(toldOf(id).map(({ task }) => task)).toEqual(["ask"]));
  expect(toldOf(id)[0]?.payload).toMatchObject({
    outcome: "invalid",
    status: 422,
    response: '{"message":"no such article"}',
  });
  expect(toldOf(id)[0]?.payload.error).toContain("no such article");

  server.answer(says(200, { reserved: true }));
  await retryRecord(base.sql, { id, at: new Date().toISOString() }, ana);
  await untilStatus(base.sql, id, "delivered");
  await eventually(() => expect(toldOf(id).map(({ task }) => task)).toEqual(["ask", "finished"]));
});

test("each failure of a step tells anew: a settlement each", async () => {
  server.answer(says(422));
  const id = await aStep({ on_failed: "ask" });
  await untilStatus(base.sql, id, "failed");
  await retryRecord(base.sql, { id, at: new Date().toISOString() }, ana);
  await eventually(() => expect(toldOf(id).map(({ task }) => task)).toEqual(["ask", "ask"]));
});

test("a step that a person rejects goes the other way, with their reason, once", async () => {
  server.answer(says(422));
  const id = await aStep({ on_delivered: "finished", on_failed: "ask", on_rejected: "give-up" });
  await untilStatus(base.sql, id, "failed");
  const rejecting = () => rejectRecord(base.sql, { id, reason: "sold out", code: "other" }, ana);
  const [first, second] = await Promise.allSettled([rejecting(), rejecting()]);
  expect([first.status, second.status].sort()).toEqual(["fulfilled", "rejected"]);
  await eventually(() => expect(toldOf(id).map(({ task }) => task)).toEqual(["ask", "give-up"]));
  expect(toldOf(id)[1]?.payload).toMatchObject({
    outcome: "rejected",
    correlationId: "order-7",
    reason: "sold out",
    code: "other",
  });
});

test("of 200 steps each tells exactly once, over two workers", async () => {
  server.answer(ok);
  await base.sql`
    insert into redrive.outbox (provider, payload, on_delivered, type)
    select 'orders', '{}', 'finished', 'many' from generate_series(1, 200)`;
  const ids = (await base.sql<{ id: string }[]>`select id from redrive.outbox where type = 'many'`).map(
    ({ id }) => id,
  );
  const many = () =>
    told.filter(({ payload }) => ids.includes(payload.recordId)).map(({ payload }) => payload.recordId);
  await eventually(() => expect(new Set(many()).size).toBe(200));
  await eventually(async () =>
    expect(
      await base.sql`select 1 from graphile_worker.jobs where task_identifier = 'finished'`,
    ).toHaveLength(0),
  );
  expect(many().length).toBe(200);
});
