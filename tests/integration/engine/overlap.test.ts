// A database that answers late: rows of a read come after they have been settled, or a first write seems never to end.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sql } from "#db/client.ts";
import { createLog } from "#lib/node/log.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { enqueueMany, eventually, standing } from "#tests/support/engine.ts";
import { createTransactions } from "#worker/adapters/transactions.ts";
import { defineApplication } from "#worker/application.ts";
import { createDrains, type Drains } from "#worker/drain/drains.ts";
import { createFlags } from "#worker/flags.ts";
import { createHints } from "#worker/hints.ts";
import { createPools } from "#worker/http/pools.ts";

let base: TestDatabase;
let simulator: Simulator;
beforeAll(async () => {
  base = await aDatabase();
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
  await base[Symbol.asyncDispose]();
});

test("a record that a late read shows again is not sent again", async () => {
  const { sql } = base;
  const provider = simulator.provider("overlap");
  provider.set({ latency: { distribution: "fixed", medianMs: 60 } });
  await aProvider(sql, "overlap", { url: provider.url, batchSizeMax: 8 });
  await enqueueMany(sql, "overlap", 240);
  const late = { reads: 0 };
  await using drains = await drainsOver(withLateReads(sql, late));
  await drains.start("overlap");
  await eventually(async () => expect((await standing(sql, "overlap")).queued).toBe(0), 40_000);
  expect(late.reads).toBeGreaterThan(0);
  expect(provider.counts()).toMatchObject({ received: 240, keys: 240, doubled: 0 });
});

test("a drain whose first write never ends is seen to be stuck, though nothing is on its way", async () => {
  const { sql } = base;
  await aProvider(sql, "stuck", { url: simulator.provider("stuck").url });
  await enqueueMany(sql, "stuck", 5);
  const written = Promise.withResolvers<void>();
  await using drains = await drainsOver(withWritesAfter(sql, written.promise));
  const fromMs = performance.now();
  await drains.start("stuck");
  // Longer than requests may start under a lease that is not renewed.
  await eventually(() => expect(performance.now() - fromMs).toBeGreaterThan(11_500), 15_000);
  const [seen] = drains.vitals();
  expect(seen).toMatchObject({ provider: "stuck", hasWork: true });
  expect(seen?.progressAtMs).toBeLessThan(fromMs + 1_000);
  expect(simulator.provider("stuck").counts().received).toBe(0);
  written.resolve();
  // It lets go, and whoever looks next takes it up.
  await eventually(async () => {
    await drains.start("stuck");
    expect((await standing(sql, "stuck")).queued).toBe(0);
  });
});

/** Drains of a worker that asks the database in its own way. */
async function drainsOver(sql: Sql): Promise<Drains & AsyncDisposable> {
  const log = createLog("worker", "silent");
  const http = createPools({ allowPrivate: true });
  const hints = createHints(base.sql, log);
  const drains = createDrains({
    sql,
    http,
    hints,
    log,
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    workerId: "one that is late",
    keyring: null,
    flags: await createFlags("one that is late"),
    application: defineApplication({}),
    transactions: createTransactions(base.url, base.sql, 10),
    echo: { origin: "http://127.0.0.1:9" },
    allowPrivate: true,
  });
  return {
    ...drains,
    async [Symbol.asyncDispose]() {
      await drains.stop(5_000);
      hints.stop();
      await http.close();
    },
  };
}

/** Settlements begin only after `may`. */
function withWritesAfter(sql: Sql, may: Promise<void>): Sql {
  return new Proxy(sql, {
    apply(target, self, parameters: [TemplateStringsArray, ...unknown[]]) {
      const isWrite =
        Array.isArray(parameters[0]) && parameters[0].join("").includes("in_flight_until = clock");
      const query = () => Reflect.apply(target, self, parameters);
      return isWrite ? may.then(query) : query();
    },
  });
}

/** Holds back what a read found until the rows that an earlier read had found already are settled. */
function withLateReads(sql: Sql, late: { reads: number }): Sql {
  const seen = new Set<string>();
  const holdBack = async (rows: { id: string }[]) => {
    const again = rows.map(({ id }) => id).filter((id) => seen.has(id));
    for (const { id } of rows) seen.add(id);
    // The first of them are on their way, so they settle without this read's help.
    const first = again.slice(0, 1);
    if (first.length === 0) return rows;
    late.reads += 1;
    await eventually(async () => {
      expect(await sql`select from redrive.queue where record_id = any (${first}::uuid[])`).toHaveLength(0);
    });
    return rows;
  };
  return new Proxy(sql, {
    apply(target, self, parameters: [TemplateStringsArray, ...unknown[]]) {
      const query = Reflect.apply(target, self, parameters);
      const isRead = Array.isArray(parameters[0]) && parameters[0].join("").includes("as lane(priority");
      return isRead ? query.then(holdBack) : query;
    },
  });
}
