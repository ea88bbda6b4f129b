// C4: what a provider's contract allows, as the provider sees it. The tests run beside each other, for all they do is wait.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Window } from "#lib/contract/policy.ts";
import { days } from "#lib/core/calendar.ts";
import type { ProviderHandle } from "#simulator/server.ts";
import { aScene, holdOf, mostWithin, type Scene, startsOf, zoneAtNoon } from "#tests/scenarios/scene.ts";
import { enqueue, enqueueMany, eventually, standing, statusOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({ workers: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const zone = zoneAtNoon();

/** The zone's clock at a time, and its day. */
const clockAt = (ms: number): string => new Date(ms + zone.offsetMs).toISOString().slice(11, 16);
const dayAt = (ms: number) => {
  const day = days[(new Date(ms + zone.offsetMs).getUTCDay() + 6) % 7];
  if (day === undefined) throw new Error("a week has seven days");
  return day;
};
const window = (fromMs: number, toMs: number): Window => ({
  days: [dayAt(fromMs)],
  from: clockAt(fromMs),
  to: clockAt(toMs),
});

/** The next full minute that is not too near to prepare for. */
const nextMinute = (): number => Math.ceil((Date.now() + 5_000) / minuteMs) * minuteMs;

const arrivals = (provider: ProviderHandle): number[] =>
  provider
    .last(100)
    .map(({ at }) => Date.parse(at))
    .reverse();

describe.concurrent("a provider's contract", { timeout: 120_000 }, () => {
  test("C4: nothing arrives before its window opens, in a maintenance, or after its window has closed", async () => {
    const { sql } = scene;
    const atMs = nextMinute();
    const timeZone = zone.name;
    const opening = await scene.provider("opening", {
      windows: { timeZone, deliver: [window(atMs, atMs + hourMs)] },
    });
    const serviced = await scene.provider("serviced", {
      windows: { timeZone, maintenance: [window(atMs - hourMs, atMs)] },
    });
    // One a second: 90 are not through before it closes.
    const closing = await scene.provider(
      "closing",
      { windows: { timeZone, deliver: [window(atMs - hourMs, atMs)] }, limits: { perSecond: 1 } },
      { latency: { medianMs: 5 } },
    );
    for (const slug of ["opening", "serviced"]) await enqueueMany(sql, slug, 30);
    await enqueueMany(sql, "closing", 90);
    for (const slug of ["opening", "serviced"]) {
      const id = await enqueue(sql, slug);
      await eventually(async () => expect((await holdOf(scene, slug)).hold).toBe("outside_window"));
      expect((await holdOf(scene, slug)).untilMs).toBe(atMs);
      expect((await statusOf(sql, id)).status).toBe("held");
    }
    for (const slug of ["opening", "serviced"]) {
      await eventually(
        async () => expect(await standing(sql, slug)).toMatchObject({ delivered: 31, queued: 0 }),
        80_000,
      );
    }
    for (const provider of [opening, serviced]) {
      expect(arrivals(provider)).toHaveLength(31);
      expect(Math.min(...arrivals(provider))).toBeGreaterThanOrEqual(atMs);
    }
    await eventually(async () => expect((await holdOf(scene, "closing")).hold).toBe("outside_window"));
    // A week later, for the window names one day.
    expect((await holdOf(scene, "closing")).untilMs).toBe(atMs - hourMs + 7 * dayMs);
    const sent = closing.counts().received;
    expect(sent).toBeGreaterThan(2);
    for (const at of await startsOf(scene, "closing")) expect(at).toBeLessThan(atMs);
    expect(Math.max(...arrivals(closing))).toBeLessThan(atMs + 500);
    await scene.passes(2_000);
    expect(closing.counts().received).toBe(sent);
    expect(await standing(sql, "closing")).toMatchObject({ queued: 90 - sent, failed: 0 });
  });

  test("C4: three at once, ten a second, sixty a day", async () => {
    const { sql } = scene;
    const policy = {
      batchSizeMax: 3,
      windows: { timeZone: zone.name },
      limits: { perSecond: 10, perDay: 60 },
    };
    const provider = await scene.provider("agreed", policy, { latency: { medianMs: 120 } });
    await enqueueMany(sql, "agreed", 90);
    await eventually(async () => expect((await standing(sql, "agreed")).delivered).toBe(60), 40_000);
    await eventually(async () => expect((await holdOf(scene, "agreed")).hold).toBe("quota_spent"));
    // Midnight where the provider is.
    const midnightMs = Math.ceil((Date.now() + zone.offsetMs) / dayMs) * dayMs - zone.offsetMs;
    expect(await holdOf(scene, "agreed")).toMatchObject({
      untilMs: midnightMs,
      reason: "the 60 of a day are sent",
    });
    // A new record is no reason to break the contract.
    expect((await statusOf(sql, await enqueue(sql, "agreed"))).status).toBe("held");
    await scene.passes(2_000);
    expect(provider.counts()).toMatchObject({ received: 60, doubled: 0 });
    expect(provider.counts().peakInFlight).toBeLessThanOrEqual(3);
    // The timeline knows the millisecond of each, so a second is one shorter at either end.
    expect(mostWithin(await startsOf(scene, "agreed"), 998)).toBeLessThanOrEqual(10);
    // On their way two may come closer together than they left.
    expect(mostWithin(arrivals(provider), 1_000)).toBeLessThanOrEqual(11);

    await scene.change("agreed", { limits: { perDay: 80 } });
    await eventually(async () =>
      expect(await standing(sql, "agreed")).toMatchObject({ delivered: 80, queued: 11 }),
    );
    await scene.passes(1_000);
    expect(provider.counts().received).toBe(80);
  });

  test("C4: a limit holds across workers: another one that takes the provider over counts on", async () => {
    const { sql } = scene;
    const provider = await scene.provider("shared", { limits: { perDay: 20 } });
    // The provider is let go and taken up again between one record and the next.
    for (let nth = 1; nth <= 22; nth += 1) {
      const id = await enqueue(sql, "shared");
      if (nth <= 20) await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
      await eventually(async () => {
        const [row] = await sql`select owner from redrive.provider_state where provider = 'shared'`;
        expect(row?.owner).toBeNull();
      });
    }
    expect(provider.counts().received).toBe(20);
    const [row] = await sql<
      { epoch: number }[]
    >`select epoch from redrive.provider_state where provider = 'shared'`;
    expect(row?.epoch).toBeGreaterThanOrEqual(20);
    expect(await standing(sql, "shared")).toMatchObject({ queued: 2, failed: 0 });
  });
});
