// A1 and A2: however large the backlog, few sockets, and no more records a run than agreed.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { aScene, holdOf, mostWithin, type Scene, startsOf } from "#tests/scenarios/scene.ts";
import { enqueue, enqueueMany, eventually, standing, stateOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({ workers: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());

test("A1: a backlog of 5,000 opens at most 25 sockets, and keeps using them", async () => {
  const { sql } = scene;
  expect(ProviderPolicy.parse({ name: "ATS", url: "https://ats.example" }).connectionsMax).toBe(25);
  const ats = await scene.provider("sockets", { batchSizeMax: 25 }, { latency: { medianMs: 10 } });
  await enqueueMany(sql, "sockets", 5_000);
  await eventually(async () => expect((await standing(sql, "sockets")).delivered).toBe(5_000), 50_000);
  const { received, peakInFlight, peakConnections, connectionsOpened } = ats.counts();
  expect(received).toBe(5_000);
  expect(peakInFlight).toBeGreaterThan(8);
  expect(peakConnections).toBeLessThanOrEqual(25);
  // Kept alive: none was closed and opened anew.
  expect(connectionsOpened).toBe(peakConnections);
});

test("A1: sockets that the provider cuts are replaced, not added to", async () => {
  const { sql } = scene;
  const ats = await scene.provider(
    "cut",
    { batchSizeMax: 25, backoff: { baseMs: 50, factor: 1, jitter: 0, attemptsMax: 50 } },
    { latency: { medianMs: 5 }, resetShare: 0.05 },
  );
  await enqueueMany(sql, "cut", 1_000);
  await eventually(async () => expect((await standing(sql, "cut")).delivered).toBe(1_000), 50_000);
  expect(ats.counts().connectionsOpened).toBeGreaterThan(10);
  expect(ats.counts().peakConnections).toBeLessThanOrEqual(25);
});

test("A1: two workers that take turns keep 25 sockets each at most, and use 25 at once together", async () => {
  const { sql } = scene;
  const ats = await scene.provider("turns", { batchSizeMax: 25 }, { latency: { medianMs: 20 } });
  for (let turn = 1; turn <= 6; turn += 1) {
    await enqueueMany(sql, "turns", 150);
    await eventually(async () => expect((await standing(sql, "turns")).delivered).toBe(150 * turn));
    await eventually(async () => expect((await stateOf(sql, "turns")).owner).toBeNull());
  }
  expect(ats.counts().peakInFlight).toBeLessThanOrEqual(25);
  expect(ats.counts().connectionsOpened).toBeLessThanOrEqual(2 * 25);
});

test("A2: a run sends 100 of a backlog of 250, and the next begins with the next insert", async () => {
  const { sql } = scene;
  const limits = { perRun: 100, runEveryMs: 3_600_000 };
  const ats = await scene.provider("by-insert", { limits });
  await enqueueMany(sql, "by-insert", 250);
  for (const [sent, left] of [
    [100, 150],
    [200, 51],
  ] as const) {
    await eventually(async () =>
      expect(await standing(sql, "by-insert")).toMatchObject({ delivered: sent, queued: left }),
    );
    await eventually(async () =>
      expect(await holdOf(scene, "by-insert")).toMatchObject({ hold: "quota_spent" }),
    );
    expect((await holdOf(scene, "by-insert")).reason).toContain("100");
    // Nothing more goes by itself.
    await scene.passes(1_500);
    expect(ats.counts().received).toBe(sent);
    await enqueue(sql, "by-insert");
  }
  await eventually(async () =>
    expect(await standing(sql, "by-insert")).toMatchObject({ delivered: 252, queued: 0 }),
  );
  expect(ats.counts()).toMatchObject({ received: 252, doubled: 0 });
});

test("A2: an insert that comes while a run's last requests are out begins the next one as well", async () => {
  const { sql } = scene;
  const limits = { perRun: 10, runEveryMs: 3_600_000 };
  const ats = await scene.provider("overlapping", { limits }, { latency: { medianMs: 200 } });
  await enqueueMany(sql, "overlapping", 12);
  await eventually(() => expect(ats.counts().accepted).toBe(10));
  await enqueue(sql, "overlapping");
  await eventually(async () =>
    expect(await standing(sql, "overlapping")).toMatchObject({ delivered: 13, queued: 0 }),
  );
});

test("A2: without an insert the next run begins after runEveryMs, until the backlog is gone", async () => {
  const { sql } = scene;
  const runEveryMs = 2_000;
  const ats = await scene.provider("by-time", { limits: { perRun: 100, runEveryMs } });
  await enqueueMany(sql, "by-time", 350);
  await eventually(async () => expect((await standing(sql, "by-time")).delivered).toBe(350), 40_000);
  const starts = await startsOf(scene, "by-time");
  expect(mostWithin(starts, runEveryMs)).toBe(100);
  const pauses = [100, 200, 300].map((first) => (starts[first] ?? 0) - (starts[first - 1] ?? 0));
  for (const pause of pauses) {
    expect(pause).toBeGreaterThanOrEqual(runEveryMs - 5);
    expect(pause).toBeLessThan(runEveryMs + 3_000);
  }
  expect(ats.counts()).toMatchObject({ received: 350, doubled: 0 });
});
