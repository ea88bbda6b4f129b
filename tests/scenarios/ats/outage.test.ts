// A4 and A7: an outage, however long, fails no record, and a backlog is worked off without anybody's help.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProviderHandle } from "#simulator/server.ts";
import { aScene, changesOf, holdOf, quick, type Scene } from "#tests/scenarios/scene.ts";
import { enqueueMany, eventually, standing, stateOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({ workers: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());

const healthOf = (slug: string, everyMs = 200) => ({
  url: `${scene.simulator.provider(slug).url}/health`,
  everyMs,
  timeoutMs: 200,
});

const openings = async (slug: string) =>
  (await changesOf(scene, slug)).filter(({ breaker }) => breaker === "open").length;

/** Deliveries that came while the breaker was not closed: each is one test of it. */
const probes = async (slug: string) =>
  (await changesOf(scene, slug)).filter(({ breaker }) => breaker === "half_open").length;

test("A4: nothing is sent while the health check is red, and everything once it is green", async () => {
  const { sql } = scene;
  const policy = { ...quick, health: healthOf("asked", 2_000) };
  const ats = await scene.provider("asked", policy, { health: "always_ill" });
  await enqueueMany(sql, "asked", 50);
  await eventually(async () => expect((await holdOf(scene, "asked")).hold).toBe("unhealthy"));
  expect((await holdOf(scene, "asked")).reason).toBe("the health check said 503");
  // Past the next check, which is red as well.
  await scene.passes(2_500);
  expect(ats.counts().received).toBe(0);

  ats.set({ health: "truth" });
  await eventually(async () =>
    expect(await standing(sql, "asked")).toMatchObject({ delivered: 50, queued: 0 }),
  );
  // It went well, so nobody had to find out by a failed delivery.
  expect(ats.counts()).toMatchObject({ received: 50, doubled: 0 });
  expect(await openings("asked")).toBe(0);
});

test("A4: a long outage fails no record, costs a few requests, and all of it is sent again by itself", async () => {
  const { sql } = scene;
  const policy = { ...quick, health: healthOf("two-days"), breaker: { probeEveryMs: 400, goodTrials: 3 } };
  const ats = await scene.provider("two-days", policy, { latency: { medianMs: 10 } });
  await enqueueMany(sql, "two-days", 100);
  await eventually(() => expect(ats.counts().accepted).toBeGreaterThan(20));
  ats.set({ outage: "503" });
  await eventually(async () => expect((await stateOf(sql, "two-days")).breaker).toBe("open"));
  const before = ats.counts().received;
  await enqueueMany(sql, "two-days", 900);
  // Ten times as long as from one test to the next: two days at a policy of minutes.
  await scene.passes(4_000);
  expect(ats.counts().received).toBe(before);
  expect(await standing(sql, "two-days")).toMatchObject({ accepted: 1_000, failed: 0 });
  const [charged] =
    await sql`select max(attempts)::int as most from redrive.queue where provider = 'two-days'`;
  expect(charged?.most).toBe(0);

  ats.set({ outage: "none" });
  await eventually(
    async () =>
      expect(await standing(sql, "two-days")).toMatchObject({ delivered: 1_000, queued: 0, failed: 0 }),
    40_000,
  );
  expect(ats.counts()).toMatchObject({ keys: 1_000, doubled: 0 });
  expect(await openings("two-days")).toBe(1);
});

test("A4: a health check that always says 200 does not overrule deliveries that fail", async () => {
  const { sql } = scene;
  const ats = await scene.provider(
    "liar",
    { ...quick, health: healthOf("liar") },
    { health: "always_ok", outage: "503" },
  );
  await enqueueMany(sql, "liar", 60);
  await eventually(async () => expect((await stateOf(sql, "liar")).breaker).toBe("open"));
  expect((await fetch(`${ats.url}/health`)).status).toBe(200);
  await eventually(async () => expect(await probes("liar")).toBeGreaterThanOrEqual(4));
  // Five failures opened it; from then on one record a test, whatever the check says.
  expect(ats.counts().received).toBeLessThanOrEqual(5 + (await probes("liar")) + 1);
  expect(await standing(sql, "liar")).toMatchObject({ queued: 60, failed: 0, delivered: 0 });

  ats.set({ outage: "none" });
  await eventually(async () =>
    expect(await standing(sql, "liar")).toMatchObject({ delivered: 60, failed: 0 }),
  );
});

test("A4: a health check that always says 503 does not stop deliveries that succeed", async () => {
  const { sql } = scene;
  const ats = await scene.provider(
    "gloomy",
    { ...quick, health: healthOf("gloomy") },
    { latency: { medianMs: 20 } },
  );
  await enqueueMany(sql, "gloomy", 400);
  await eventually(() => expect(ats.counts().accepted).toBeGreaterThan(20));
  ats.set({ health: "always_ill" });
  await eventually(async () => expect((await standing(sql, "gloomy")).delivered).toBe(400));
  expect(await openings("gloomy")).toBe(0);
});

test("A7: a backlog of 20,000 goes down to zero by itself, with an outage in the middle", async () => {
  const { sql } = scene;
  const policy = { ...quick, batchSizeMax: 25, health: healthOf("backlog") };
  const ats = await scene.provider("backlog", policy);
  await enqueueMany(sql, "backlog", 20_000);
  await eventually(() => expect(ats.counts().accepted).toBeGreaterThan(8_000), 60_000);
  ats.set({ outage: "refuse" });
  await eventually(async () => expect((await stateOf(sql, "backlog")).breaker).toBe("open"));
  await scene.passes(1_000);
  ats.set({ outage: "none" });
  await emptied("backlog", ats, 20_000);
  expect(await standing(sql, "backlog")).toEqual({
    accepted: 20_000,
    delivered: 20_000,
    queued: 0,
    failed: 0,
    rejected: 0,
  });
  expect(ats.counts().peakConnections).toBeLessThanOrEqual(25);
}, 120_000);

async function emptied(slug: string, ats: ProviderHandle, count: number): Promise<void> {
  await eventually(() => expect(ats.counts().keys).toBe(count), 90_000);
  await eventually(async () => expect((await standing(scene.sql, slug)).queued).toBe(0));
  expect(ats.counts()).toMatchObject({ accepted: count, doubled: 0 });
}
