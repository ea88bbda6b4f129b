// D1, D4 and D5: the steps of an order heal by themselves, pause where they can't, and go on exactly there.
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as postReject } from "#app/api/v1/records/[id]/reject/route.ts";
import { POST as postRetry } from "#app/api/v1/records/[id]/retry/route.ts";
import { GET as getRecords } from "#app/api/v1/records/route.ts";
import { call } from "#tests/integration/api/app.ts";
import { anOrderService, type OrderService } from "#tests/scenarios/orders/order-service.ts";
import { eventually, statusOf, untilStatus } from "#tests/support/engine.ts";
import { ok, says } from "#tests/support/provider-server.ts";

let orders: OrderService;
beforeAll(async () => {
  orders = await anOrderService({
    backoff: { baseMs: 100, factor: 2, jitter: 0, attemptsMax: 4 },
    breaker: { probeEveryMs: 300, goodTrials: 1 },
  });
});
afterAll(() => orders[Symbol.asyncDispose]());

test("D1: a step that is told to wait, or meets a fault that passes, is done again by itself", async () => {
  let calls = 0;
  orders.answer("check", (received, response) => {
    calls += 1;
    // Too many at once, out of order, and then it is well.
    if (calls === 1) says(429, {}, { "retry-after": "1" })(received, response);
    else if (calls === 2) says(503)(received, response);
    else ok(received, response);
  });
  const order = await orders.order();
  await orders.untilStatus(order, "FINISHED");
  const check = await orders.stepOf(order, "check");
  const attempts = await orders.sql<{ outcome: string; status: number; waitMs: number | null }[]>`
    select outcome, status, extract(epoch from (detail ->> 'dueAt')::timestamptz - at)::float8 * 1000 as wait_ms
    from redrive.events where record_id = ${check} and attempt is not null order by at`;
  expect(attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
    ["throttled", 429],
    ["unavailable", 503],
    ["delivered", 200],
  ]);
  // As long as it was asked to, and by its own backoff.
  expect(attempts[0]?.waitMs).toBeGreaterThanOrEqual(990);
  expect(attempts[1]?.waitMs).toBeLessThan(900);
});

test("D4: run again by a person, an order goes on exactly where it paused and is FINISHED", async () => {
  orders.answer("check", says(422, { message: "article unknown" }));
  const order = await orders.order();
  const check = await eventually(() => orders.stepOf(order, "check"));
  await untilStatus(orders.sql, check, "failed");
  expect(await orders.statusOf(order)).toBe("CREATED");
  await expect(orders.stepOf(order, "finish")).rejects.toThrow("no step finish");
  orders.answer("check", ok);
  const body = { at: new Date().toISOString() };
  const { status } = await call(postRetry, { as: orders.admin, params: { id: check }, body });
  expect(status).toBe(200);
  await orders.untilStatus(order, "FINISHED");
  // Each step once: the order was created before the pause, and is not created again.
  const sent = orders.server.received.filter(({ headers }) => headers["x-correlation-id"] === order);
  expect(sent.map(({ url }) => url)).toEqual(["/create", "/check", "/check", "/finish"]);
});

test("D4: rejected by a person, an order is REJECTED with their reason, and nothing more is sent", async () => {
  orders.answer("check", says(422, { message: "sold out" }));
  const order = await orders.order();
  const check = await eventually(() => orders.stepOf(order, "check"));
  await untilStatus(orders.sql, check, "failed");
  const body = { reason: "The article is gone for good", code: "obsolete" };
  const { status } = await call(postReject, { as: orders.admin, params: { id: check }, body });
  expect(status).toBe(200);
  await orders.untilStatus(order, "REJECTED");
  const [row] = await orders.sql`select reason from orders where id = ${order}`;
  expect(row?.reason).toBe("The article is gone for good");
  await expect(orders.stepOf(order, "finish")).rejects.toThrow("no step finish");
});

test("D5: an order's steps and each of its exceptions are found in one place", async () => {
  orders.answer("check", says(422, { message: "no such article" }));
  const order = await orders.order();
  const check = await eventually(() => orders.stepOf(order, "check"));
  await untilStatus(orders.sql, check, "failed");
  const { body } = await call(getRecords, { as: orders.admin, path: `/api/v1/records?q=${order}` });
  const found = body.items.map(({ id, status, lastError }) => ({ id, status, lastError }));
  expect(found).toEqual([
    { id: check, status: "failed", lastError: expect.stringContaining("no such article") },
    { id: await orders.stepOf(order, "create"), status: "delivered", lastError: null },
  ]);
  expect(await statusOf(orders.sql, check)).toMatchObject({ attempts: 1 });
});
