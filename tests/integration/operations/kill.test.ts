// Two workers carry out one operation, and one is killed without warning in the middle of it.
import { expect, test } from "vitest";
import { readOperation } from "#db/reads/operations.ts";
import { startSimulator } from "#simulator/server.ts";
import { failed } from "#tests/integration/desk/support.ts";
import { actsOn, standingOf, started } from "#tests/integration/operations/support.ts";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import { eventually, standing } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";

test("a worker is killed amid an operation: another ends it, and each record is acted on once and delivered", {
  timeout: 120_000,
}, async () => {
  await using base = await aDatabase();
  const { sql, db, url } = base;
  const simulator = await startSimulator();
  const provider = simulator.provider("bulk");
  provider.set({ latency: { distribution: "fixed", medianMs: 2 } });
  await aProvider(sql, "bulk", {
    url: provider.url,
    batchSizeMax: 50,
    connectionsMax: 50,
    timeoutMs: { connect: 1_000, headers: 2_000, total: 2_000 },
    breaker: { probeEveryMs: 1_000, goodTrials: 3 },
  });
  const ids = await failed(sql, 6_000, { provider: "bulk" });
  const env = { DATABASE_URL: url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1", LOG_LEVEL: "info" };
  await using victim = run("worker.ts", env);
  await victim.says("worker started");
  const { id } = await started(sql, { filter: { provider: "bulk" }, expected: 6_000, rate: 600 });
  await eventually(async () => expect((await standingOf(sql, id)).acted).toBeGreaterThan(1_000), 60_000);
  await victim.kill("SIGKILL");
  const atDeath = await standingOf(sql, id);
  expect(atDeath).toMatchObject({ state: "running" });
  expect(atDeath.acted).toBeLessThan(6_000);

  await using heir = run("worker.ts", env);
  await eventually(async () => expect(await standingOf(sql, id)).toMatchObject({ state: "done" }), 60_000);
  await eventually(
    async () => expect((await standing(sql, "bulk")).delivered, heir.output()).toBe(6_000),
    60_000,
  );
  await heir.kill("SIGTERM");
  expect(await readOperation(db, id)).toMatchObject({
    acted: 6_000,
    left: 0,
    skipped: { notAllowed: 0, taken: 0, busy: 0 },
    failedAgain: 0,
  });
  expect(new Set(await actsOn(sql, ids))).toEqual(new Set([1]));
  expect(await standing(sql, "bulk")).toMatchObject({ queued: 0, failed: 0 });
  await simulator.close();
});
