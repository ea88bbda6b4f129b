// Who goes first, and how soon.
import { afterAll, beforeAll, expect, test } from "vitest";
import { aProvider } from "#tests/support/database.ts";
import {
  anEngine,
  type Engine,
  enqueueMany,
  enqueueWith,
  eventually,
  untilStatus,
} from "#tests/support/engine.ts";
import { aProviderServer, ok } from "#tests/support/provider-server.ts";

let base: Engine;
beforeAll(async () => {
  base = await anEngine();
});
afterAll(() => base[Symbol.asyncDispose]());

test("what a person waits for overtakes a backlog within a second, and the backlog never stands still", async () => {
  const { sql } = base;
  const came: { bulk: boolean; atMs: number }[] = [];
  await using slow = await aProviderServer((received, response) => {
    came.push({ bulk: !received.body.includes("urgent"), atMs: Date.now() });
    setTimeout(() => ok(received, response), 20);
  });
  await aProvider(sql, "lanes", { url: slow.url, batchSizeMax: 2 });
  await enqueueMany(sql, "lanes", 2_000);
  await eventually(() => expect(came.length).toBeGreaterThan(30));

  const enqueuedMs = Date.now();
  const first = await enqueueWith(sql, "lanes", { priority: -10 }, { urgent: 1 });
  await untilStatus(sql, first, "delivered");
  const urgentMs = came.find(({ bulk }) => !bulk)?.atMs ?? Number.POSITIVE_INFINITY;
  expect(urgentMs - enqueuedMs).toBeLessThan(1_500);

  // A steady stream of urgent ones, more than can go.
  await sql`insert into redrive.outbox (provider, payload, priority) select 'lanes', '{"urgent": 2}', -10 from generate_series(1, 400)`;
  const from = came.length;
  const share = () => {
    const since = came.slice(from);
    const begun = since.slice(since.findIndex(({ bulk }) => !bulk));
    return { all: begun.length, bulk: begun.filter(({ bulk }) => bulk).length };
  };
  await eventually(() => expect(share().all).toBeGreaterThan(160));
  const { all, bulk } = share();
  // An eighth is theirs; what was in the pipe before counts as well.
  expect(bulk / all).toBeGreaterThan(0.08);
  expect(bulk / all).toBeLessThan(0.25);
});
