// C2, C3 and C9: how many at once follows how the provider does. The tests run beside each other, for all they do is wait.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import { aScene, changesOf, quick, type Scene } from "#tests/scenarios/scene.ts";
import { enqueueMany, eventually, standing, stateOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

const answersIn = (medianMs: number): PatchKnobs => ({ latency: { distribution: "fixed", medianMs } });
const sizeOf = async (slug: string): Promise<number> => (await stateOf(scene.sql, slug)).batchSize;

/** Waits until the batch size is so. @returns it. */
const sized = (slug: string, isSo: (size: number) => boolean) =>
  eventually(async () => {
    const size = await sizeOf(slug);
    if (!isSo(size)) throw new Error(`the batch size of ${slug} is ${size}`);
    return size;
  }, 45_000);

const reasons = async (slug: string, which: "grown" | "shrunk") =>
  (await changesOf(scene, slug))
    .filter(({ fromSize, toSize }) => (which === "grown" ? toSize > fromSize : toSize < fromSize))
    .map(({ reason }) => reason);

describe.concurrent("an ingestion of thousands", { timeout: 120_000 }, () => {
  test("C2: the batch size grows to the default of 10, shrinks when answers get slower, and grows again", async () => {
    const provider = await scene.provider("slower", {}, answersIn(150));
    await enqueueMany(scene.sql, "slower", 8_000);
    await sized("slower", (size) => size === 10);
    expect((await changesOf(scene, "slower")).map(({ toSize }) => toSize)).toEqual([2, 4, 8, 10]);

    provider.set(answersIn(1_000));
    const shrunk = await sized("slower", (size) => size <= 5);
    expect((await reasons("slower", "shrunk"))[0]).toMatch(/times slower than usual/);

    provider.set(answersIn(150));
    await sized("slower", (size) => size >= Math.min(10, 2 * shrunk));
    expect(provider.counts().peakInFlight).toBe(10);
  });

  test("C2: the batch size shrinks with the error rate, and grows again when errors cease", async () => {
    const provider = await scene.provider("failing", quick, answersIn(80));
    await enqueueMany(scene.sql, "failing", 8_000);
    await sized("failing", (size) => size === 10);
    provider.set({ errorShare: 0.4 });
    const shrunk = await sized("failing", (size) => size <= 5);
    expect((await reasons("failing", "shrunk"))[0]).toMatch(/fail/);
    provider.set({ errorShare: 0 });
    await sized("failing", (size) => size > shrunk);
    await sized("failing", (size) => size >= Math.min(8, 2 * shrunk));
  });

  test("C9: turning the shares of slow and of failing answers up and down moves the batch size", async () => {
    const provider = await scene.provider("turned", { ...quick, slowMs: 500 }, answersIn(100));
    const turn = async (knobs: PatchKnobs) => {
      const url = `${scene.simulator.url}/api/providers/turned`;
      expect((await fetch(url, { method: "PATCH", body: JSON.stringify(knobs) })).status).toBe(200);
    };
    await enqueueMany(scene.sql, "turned", 8_000);
    await sized("turned", (size) => size === 10);
    await turn({ latency: { distribution: "bimodal", spread: 0.7, slowMs: 900 } });
    const slowed = await sized("turned", (size) => size <= 5);
    await turn({ latency: { distribution: "fixed" } });
    const recovered = await sized("turned", (size) => size > slowed);
    await turn({ errorShare: 0.6 });
    await sized("turned", (size) => size < recovered || size === 1);
    await turn({ errorShare: 0 });
    await sized("turned", (size) => size > 1);
    expect(provider.counts().knobs).toMatchObject({ errorShare: 0, latency: { distribution: "fixed" } });
    // What a person who watches reads beside the chart.
    expect((await reasons("turned", "shrunk")).length).toBeGreaterThan(0);
    for (const { reason } of await changesOf(scene, "turned")) expect(reason).toMatch(/\d|test/);
  });

  test("C3: a provider that struggles at 1 is left alone, tested with one record at a time, and restored step by step", async () => {
    // Ten minutes in production, a second here.
    const whole = ProviderPolicy.parse({ name: "p", url: "https://p.example" });
    expect(whole).toMatchObject({ batchSizeMax: 10, breaker: { probeEveryMs: 600_000 } });
    const probeEveryMs = 1_000;
    const provider = await scene.provider(
      "struggling",
      { ...quick, breaker: { probeEveryMs, goodTrials: 3 }, batchSizeMax: 8 },
      answersIn(50),
    );
    await enqueueMany(scene.sql, "struggling", 2_000);
    await sized("struggling", (size) => size === 8);
    provider.set({ outage: "503" });
    await eventually(async () => expect((await stateOf(scene.sql, "struggling")).breaker).toBe("open"));
    const stopped = await changesOf(scene, "struggling");
    // By way of 1, not from the full size.
    expect(stopped.at(-1)).toMatchObject({ fromSize: 1, toSize: 1, breaker: "open" });
    await eventually(() => expect(provider.inFlight()).toBe(0));
    provider.resetCounts();
    const opened = stopped.length;

    await eventually(async () => expect((await tests(opened)).length).toBeGreaterThanOrEqual(4));
    const { received, peakInFlight } = provider.counts();
    expect(peakInFlight).toBe(1);
    const tested = (await tests(opened)).length;
    expect(received).toBeGreaterThanOrEqual(tested - 1);
    expect(received).toBeLessThanOrEqual(tested);
    const times = provider.last(received).map(({ at }) => Date.parse(at));
    for (const [nth, at] of times.slice(1).entries()) {
      expect((times[nth] ?? 0) - at).toBeGreaterThanOrEqual(probeEveryMs - 100);
    }

    provider.set({ outage: "none" });
    await sized("struggling", (size) => size === 8);
    const changes = await changesOf(scene, "struggling");
    const closedAt = changes.findLastIndex(({ breaker }) => breaker !== "closed") + 1;
    const [closed, ...steps] = changes.slice(closedAt);
    expect(closed).toMatchObject({ toSize: 1, breaker: "closed", reason: "3 tests in a row went well" });
    expect(steps[0]).toMatchObject({ fromSize: 1, toSize: 2 });
    expect(steps.at(-1)?.toSize).toBe(8);
    for (const { fromSize, toSize } of steps) expect(toSize).toBeLessThanOrEqual(2 * fromSize);
    await eventually(
      async () => expect(await standing(scene.sql, "struggling")).toMatchObject({ queued: 0, failed: 0 }),
      60_000,
    );
  });
});

/** The tests that the breaker has let through since it opened. */
const tests = async (since: number) =>
  (await changesOf(scene, "struggling")).slice(since).filter(({ breaker }) => breaker === "half_open");
