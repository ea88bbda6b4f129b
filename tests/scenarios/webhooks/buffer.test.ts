// E5: far more than 120,000 wait, the limit of the queue service that the example outgrew; the door stays open, and the work
// goes on at its pace.
import { afterAll, beforeAll, expect, test } from "vitest";
import { anEvent } from "#tests/scenarios/webhooks/senders.ts";
import { aShop, countedEvents, type Shop } from "#tests/scenarios/webhooks/shop.ts";
import { eventually, standing } from "#tests/support/engine.ts";

const buffered = 200_000;

let shop: Shop;
beforeAll(async () => {
  shop = await aShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

test("E5: 200,000 events wait, more are taken as ever, and they are worked off steadily", async () => {
  const { sql } = shop;
  await sql`
    insert into redrive.outbox (provider, payload, type, idempotency_key)
    select 'email-events', ${sql.json(anEvent({ type: "email.opened" }))}, 'email.opened', 'inbound:newsletter:' || n
    from generate_series(1, ${buffered}::int) as n`;
  const counted = async () => (await countedEvents(sql))["email.opened"] ?? 0;
  /** Events a ms, over so many. */
  const fast = async (many: number) => {
    const [fromMs, from] = [performance.now(), await counted()];
    await eventually(async () => expect(await counted()).toBeGreaterThan(from + many), 30_000);
    return ((await counted()) - from) / (performance.now() - fromMs);
  };
  await fast(100);
  const first = await fast(2_000);
  const waiting = await standing(sql, "email-events");
  expect(waiting.queued).toBeGreaterThan(120_000);
  expect(waiting.failed).toBe(0);

  // The door is as open as ever, and what comes goes behind those that wait.
  const calls = await Promise.all(
    Array.from({ length: 200 }, () => shop.tells(anEvent({ type: "email.spam" }))),
  );
  expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([202]));
  expect((await countedEvents(sql))["email.spam"]).toBeUndefined();

  // However long the line is; the machine has other tests as well.
  expect(await fast(2_000)).toBeGreaterThan(first / 10);
  const { accepted, queued, delivered, failed } = await standing(sql, "email-events");
  expect({ accepted, failed, stand: queued + delivered }).toEqual({
    accepted: buffered + 200,
    failed: 0,
    stand: accepted,
  });
});
