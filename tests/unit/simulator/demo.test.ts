// The demo's decisions, at given times.
import { expect, test, vi } from "vitest";
import { bursts, perSecond, recordsBetween } from "#simulator/demo/feed.ts";
import { feeder } from "#simulator/demo/feeder.ts";
import { demoProviders } from "#simulator/demo/providers.ts";
import type { DemoRecord } from "#simulator/demo/records.ts";
import { handsOffMs, leaveToPeople, loopMs, stepsBetween, story } from "#simulator/demo/story.ts";
import { tellStory } from "#simulator/demo/tell.ts";
import { startSimulator } from "#simulator/server.ts";

const beats = (untilMs: number, beatMs = 500): DemoRecord[] => {
  const records = [];
  for (let at = 0; at < untilMs; at += beatMs) records.push(...recordsBetween(at, at + beatMs, 10_000));
  return records;
};

test("about thirty records a second are fed, every provider among them", () => {
  const steady = Object.values(perSecond).reduce((sum, rate) => sum + rate, 0);
  expect(steady).toBe(30);
  const slugs = demoProviders.map(({ slug }) => slug);
  expect(Object.keys(perSecond).sort()).toEqual([...slugs].sort());
  expect(new Set(beats(1_000).map(({ provider }) => provider)).size).toBe(slugs.length);
});

test("what is fed does not depend on where the beats fall", () => {
  const key = ({ provider, subject, priority }: DemoRecord) => `${provider} ${priority} ${subject}`;
  expect(beats(60_000, 500).map(key).sort()).toEqual(beats(60_000, 750).map(key).sort());
});

test("bursts ask for what somebody waits for, ahead of the rest", () => {
  const urgent = bursts.find(({ priority }) => priority < 0);
  if (!urgent) throw new Error("no urgent burst");
  const { firstMs, records, provider } = urgent;
  const fed = recordsBetween(firstMs - 1, firstMs, 10_000).filter(({ priority }) => priority === -10);
  expect(fed).toHaveLength(records);
  expect(fed[0]?.provider).toBe(provider);
});

test("a long gap is not made up for", () => {
  expect(recordsBetween(0, 3_600_000, 10_000).length).toBeLessThan(600);
});

test("a bad order is among the first seconds' records, and bad data stays rare", () => {
  const orders = (untilMs: number) => beats(untilMs).filter(({ provider }) => provider === "warehouse");
  const bad = ({ payload }: DemoRecord) => /postal_code":"\d*A/.test(JSON.stringify(payload));
  expect(orders(20_000).filter(bad).length).toBeGreaterThanOrEqual(1);
  expect(orders(600_000).filter(bad).length / orders(600_000).length).toBeLessThan(0.02);
});

test("the story shows something within 20 s, and a breaker and a batch size within a minute", () => {
  const early = stepsBetween(0, 20_000);
  expect(early.some(({ knobs }) => knobs.outage === "503")).toBe(true);
  const firstMinute = stepsBetween(0, 60_000);
  expect(firstMinute.some(({ knobs }) => (knobs.latency?.medianMs ?? 0) > 500)).toBe(true);
});

test("one provider is down for two minutes", () => {
  const down = story.find(({ knobs }) => knobs.outage === "503");
  const up = story.find(({ provider, atMs }) => provider === down?.provider && atMs > down.atMs);
  expect([up?.knobs.outage, (up?.atMs ?? 0) - (down?.atMs ?? 0)]).toEqual(["none", 120_000]);
});

test("the story is in order, loops, and leaves everybody well", async () => {
  const times = story.map(({ atMs }) => atMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(stepsBetween(loopMs - 1, loopMs)).toEqual(stepsBetween(-1, 0));
  expect(stepsBetween(0, loopMs)).toHaveLength(story.length);
  expect(stepsBetween(0, 10 * loopMs)).toHaveLength(story.length);

  await using simulator = await aStage();
  tellStory(simulator, -1, 0, 0);
  const well = demoProviders.map(({ slug }) => simulator.provider(slug).counts().knobs);
  tellStory(simulator, 0, loopMs - 1, 0);
  expect(demoProviders.map(({ slug }) => simulator.provider(slug).counts().knobs)).toEqual(well);
});

test("a knob that a person turned is the person's for three minutes", () => {
  const turned = new Map([["outage" as const, 1_000]]);
  expect(leaveToPeople({ outage: "503" }, turned, 1_000 + handsOffMs - 1)).toBeNull();
  expect(leaveToPeople({ outage: "503", errorShare: 0 }, turned, 2_000)).toEqual({ errorShare: 0 });
  expect(leaveToPeople({ outage: "503" }, turned, 1_000 + handsOffMs)).toEqual({ outage: "503" });
});

test("what the story may not do it does not tell", async () => {
  await using simulator = await aStage();
  await fetch(`${simulator.url}/api/providers/ats`, { method: "PATCH", body: '{"outage":"none"}' });
  const now = Date.now();
  tellStory(simulator, 0, 10_000, now);
  const state = async () => await (await fetch(`${simulator.url}/api/providers`)).json();
  expect(await state()).toMatchObject({ story: null });
  tellStory(simulator, 10_000, 30_000, now);
  expect((await state()).story).toContain("Pigeon SMS answers fifteen times slower");
  expect(simulator.provider("ats").counts().knobs.outage).toBe("none");
});

test("a database that is away is logged once, and once when it is back", async () => {
  const log = { warn: vi.fn(), info: vi.fn() };
  const insert = vi.fn(async (_records: DemoRecord[]) => {});
  const feed = feeder({ insert, log, firstNumber: 10_000 });
  await feed(0, 500);
  insert.mockRejectedValue(new Error("connection refused"));
  await feed(500, 1_000);
  await feed(1_000, 1_500);
  expect([log.warn.mock.calls.length, log.info.mock.calls.length]).toEqual([1, 0]);
  insert.mockResolvedValue(undefined);
  await feed(1_500, 2_000);
  await feed(2_000, 2_500);
  expect([log.warn.mock.calls.length, log.info.mock.calls.length]).toEqual([1, 1]);
});

async function aStage() {
  const simulator = await startSimulator();
  return { ...simulator, [Symbol.asyncDispose]: simulator.close };
}
