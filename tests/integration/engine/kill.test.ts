// The worker is killed without warning in the middle of 20,000 records, and another takes over.
import { expect, test } from "vitest";
import { startSimulator } from "#simulator/server.ts";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import { enqueueMany, eventually, standing, stateOf } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";

test("20,000 records survive a SIGKILL: none is lost, and only what was on its way may come twice", {
  timeout: 180_000,
}, async () => {
  await using base = await aDatabase();
  const { sql, url } = base;
  const simulator = await startSimulator();
  const provider = simulator.provider("bulk");
  provider.set({ latency: { distribution: "fixed", medianMs: 5 } });
  await aProvider(sql, "bulk", {
    url: provider.url,
    batchSizeMax: 50,
    connectionsMax: 50,
    timeoutMs: { connect: 1_000, headers: 2_000, total: 2_000 },
    // A machine that stands still for two seconds opens the breaker; the test is not about the ten minutes after that.
    breaker: { probeEveryMs: 1_000, goodTrials: 3 },
  });
  const ids = await enqueueMany(sql, "bulk", 20_000);
  const env = { DATABASE_URL: url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1", LOG_LEVEL: "info" };

  await using victim = run("worker.ts", env);
  await eventually(() => expect(provider.counts().accepted).toBeGreaterThan(7_000), 90_000);
  await victim.kill("SIGKILL");
  const dead = await stateOf(sql, "bulk");
  const [journal] = await sql<
    { ids: string[] }[]
  >`select in_flight as ids from redrive.provider_state where provider = 'bulk'`;
  expect((await standing(sql, "bulk")).queued).toBeGreaterThan(0);

  await using heir = run("worker.ts", env);
  await heir.says("worker started");
  await eventually(async () => expect((await standing(sql, "bulk")).queued, heir.output()).toBe(0), 120_000);
  await heir.kill("SIGTERM");

  expect(await standing(sql, "bulk")).toEqual({
    accepted: 20_000,
    queued: 0,
    failed: 0,
    rejected: 0,
    delivered: 20_000,
  });
  const keys = provider.keys();
  expect(ids.filter((id) => !keys.has(id))).toEqual([]);
  const doubled = [...keys].filter(([, times]) => times > 1).map(([id]) => id);
  const mayDouble = new Set(journal?.ids);
  expect(doubled.filter((id) => !mayDouble.has(id))).toEqual([]);
  expect(doubled.length).toBeLessThanOrEqual(mayDouble.size);
  expect(provider.counts().peakInFlight).toBeLessThanOrEqual(50);
  expect((await stateOf(sql, "bulk")).epoch).toBeGreaterThan(dead.epoch);
  const [interrupted] =
    await sql`select count(distinct record_id)::int as n from redrive.events where kind = 'interrupted'`;
  expect(interrupted?.n).toBeLessThanOrEqual(mayDouble.size);
  await simulator.close();
});
