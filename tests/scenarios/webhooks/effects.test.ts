// E3, E4, E6 and E7: what the shop's own code makes of the events, at its own pace, each once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { retryRecord } from "#db/writes/retry-record.ts";
import { ada } from "#tests/scenarios/scene.ts";
import { anEvent } from "#tests/scenarios/webhooks/senders.ts";
import { aShop, atOnce, countedEvents, type Shop } from "#tests/scenarios/webhooks/shop.ts";
import { eventually, standing, statusOf, untilStatus } from "#tests/support/engine.ts";

/** The first handling of this customer's events fails when it has written all. */
const brittle = "mary";
let faults = 0;
let now = 0;
let most = 0;
let slowly = false;

let shop: Shop;
beforeAll(async () => {
  shop = await aShop({
    workers: 2,
    policy: {
      timeoutMs: { connect: 1_000, headers: 3_000, total: 3_000 },
      backoff: { baseMs: 100, factor: 1.5, jitter: 0.2, attemptsMax: 3 },
      breaker: { probeEveryMs: 200, goodTrials: 1 },
    },
    around: (handler) => async (payload, given) => {
      if (typeof handler !== "function") throw new Error("the example wants a transaction");
      now += 1;
      most = Math.max(most, now);
      try {
        const answer = await handler(payload, given);
        if (slowly) await given.sql`select pg_sleep(0.003)`;
        if (given.record.attempt === 1 && JSON.stringify(payload).includes(brittle)) {
          faults += 1;
          throw new Error("once");
        }
        return answer;
      } finally {
        now -= 1;
      }
    },
  });
});
afterAll(() => shop[Symbol.asyncDispose]());

const untilQuiet = () =>
  eventually(async () => expect((await standing(shop.sql, "email-events")).queued).toBe(0), 40_000);

test("E7: the application's own code remembers what a customer looked at, and counts", async () => {
  const events = [
    anEvent({ customer: "grace", product: "lamp", timestamp: "2026-11-23T12:00:00Z" }),
    anEvent({ customer: "grace", product: "lamp", timestamp: "2026-11-23T09:00:00Z" }),
    anEvent({ customer: "grace", product: "chair" }),
    anEvent({ customer: "grace", type: "email.opened" }),
    anEvent({ customer: "grace", type: "email.spam" }),
  ];
  for (const event of events) expect((await shop.tells(event)).status).toBe(202);
  await untilQuiet();
  const viewed = await shop.sql`
    select product, viewed_at from viewed_products where customer = 'grace' order by product`;
  expect(viewed).toEqual([
    { product: "chair", viewedAt: "2026-11-23T10:00:00Z" },
    { product: "lamp", viewedAt: "2026-11-23T12:00:00Z" },
  ]);
  expect(await countedEvents(shop.sql)).toEqual({
    "email.clicked": 3,
    "email.opened": 1,
    "email.spam": 1,
  });
});

test("E3: whatever comes in, three are handled at a time over all workers, and nobody who calls waits for it", async () => {
  most = 0;
  slowly = true;
  await atOnce(50, Array.from({ length: 1_500 }), async () => {
    expect((await shop.tells(anEvent({ type: "email.opened" }))).status).toBe(202);
  });
  const { queued } = await standing(shop.sql, "email-events");
  expect(queued).toBeGreaterThan(100);
  await untilQuiet();
  slowly = false;
  expect(most).toBe(3);
  expect((await standing(shop.sql, "email-events")).failed).toBe(0);
});

test("E4: an event that comes several times, and is handled again after a fault, has its effect once", async () => {
  const before = (await countedEvents(shop.sql))["email.spam"] ?? 0;
  const ids = Array.from({ length: 200 }, (_, nth) => ({ id: crypto.randomUUID(), nth }));
  const records = new Set<string>();
  await atOnce(20, ids, async ({ id, nth }) => {
    const event = anEvent({ type: "email.spam", customer: nth % 10 === 0 ? brittle : "ada" });
    const answers = await Promise.all([shop.tells(event, id), shop.tells(event, id)]);
    answers.push(await shop.tells(event, id));
    for (const { body } of answers) records.add(String(body.id));
  });
  await untilQuiet();
  expect(records.size).toBe(200);
  expect(faults).toBe(20);
  expect(await countedEvents(shop.sql)).toMatchObject({ "email.spam": before + 200 });
});

test("E6: what can't be processed is set aside with the reason, and the others go on; mended, it is processed", async () => {
  await shop.sql`alter table email_statistics add constraint known check (campaign <> 'nobody knows')`;
  const wrong = await shop.tells({ ...anEvent(), type: "email.bounced" });
  const poison = await shop.tells(anEvent({ campaign: "nobody knows" }));
  const good = await Promise.all(
    Array.from({ length: 100 }, () => shop.tells(anEvent({ customer: "joan" }))),
  );
  const [wrongId, poisonId] = [String(wrong.body.id), String(poison.body.id)];
  await untilStatus(shop.sql, wrongId, "failed");
  await eventually(async () => {
    // Others go through meanwhile, so it is the record and not the handler.
    await shop.tells(anEvent({ customer: "joan" }));
    expect((await statusOf(shop.sql, poisonId)).status).toBe("failed");
  });
  for (const { body } of good) await untilStatus(shop.sql, String(body.id), "delivered");
  const failures = await shop.sql`
    select record_id, team, message from redrive.failures where state = 'open' order by record_id`;
  expect(failures).toEqual([
    { recordId: wrongId, team: "client_data", message: expect.stringContaining("type: ") },
    { recordId: poisonId, team: "technical", message: expect.stringContaining('constraint "known"') },
  ]);
  const before = (await countedEvents(shop.sql))["email.clicked"] ?? 0;
  await shop.sql`alter table email_statistics drop constraint known`;
  const at = new Date().toISOString();
  await retryRecord(shop.sql, { id: poisonId, at }, ada);
  await retryRecord(shop.sql, { id: wrongId, at, payloadText: JSON.stringify(anEvent()) }, ada);
  await untilStatus(shop.sql, poisonId, "delivered");
  await untilStatus(shop.sql, wrongId, "delivered");
  expect((await countedEvents(shop.sql))["email.clicked"]).toBe(before + 2);
});
