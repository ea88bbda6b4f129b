// C1: fifty providers, a fifth of them slow, failing or down: the other forty go on as if they were alone.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import type { ProviderHandle } from "#simulator/server.ts";
import { aScene, quick, type Scene } from "#tests/scenarios/scene.ts";
import { enqueueMany, eventually, stateOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({ workers: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());

/** A healthy provider's pace is its latency, not this machine: two at once, 400 ms each, are five a second. */
const healthyMs = 400;
const atOnce = 2;
const windowMs = 3_000;

const well: PatchKnobs = { latency: { distribution: "fixed", medianMs: healthyMs } };
/** Each kind of trouble twice. */
const troubles: PatchKnobs[] = [
  { latency: { distribution: "fixed", medianMs: 2_500 } },
  { latency: { distribution: "bimodal", medianMs: 5, spread: 0.5, slowMs: 2_500 } },
  { errorShare: 1, latency: { distribution: "fixed", medianMs: 5 } },
  { outage: "refuse" },
  { outage: "black_hole" },
];

test("C1: forty healthy providers deliver as much beside ten sick ones as without them", async () => {
  const { sql } = scene;
  const names = (kind: string, count: number) => Array.from({ length: count }, (_, nth) => `${kind}-${nth}`);
  const [healthy, sick] = [names("healthy", 40), names("sick", 10)];
  const policy = { ...quick, batchSizeMax: atOnce };
  const handles: ProviderHandle[] = [];
  for (const slug of healthy) handles.push(await scene.provider(slug, policy, well));
  for (const [nth, slug] of sick.entries()) {
    await scene.provider(slug, { ...quick, batchSizeMax: 10 }, troubles[nth % troubles.length]);
  }
  await pause(sick, true);
  for (const slug of sick) await enqueueMany(sql, slug, 2_000);
  for (const slug of healthy) await enqueueMany(sql, slug, 1_000);
  // Twenty good answers, one after the other, let the batch size grow to two.
  await eventually(async () => {
    for (const slug of healthy) expect((await stateOf(sql, slug)).batchSize).toBe(atOnce);
  }, 40_000);

  const rates = { alone: [] as number[], beside: [] as number[] };
  for (let turn = 0; turn < 4; turn += 1) {
    await pause(sick, true);
    await eventually(() => expect(inFlight(sick)).toBe(0));
    rates.alone.push(await rate(handles));
    await pause(sick, false);
    await eventually(async () => {
      const [row] =
        await sql`select count(*)::int as busy from redrive.provider_state where provider like 'sick-%' and owner is not null`;
      expect(row?.busy).toBeGreaterThan(3);
    });
    rates.beside.push(await rate(handles));
  }
  const [alone, beside] = [median(rates.alone), median(rates.beside)];
  expect(beside / alone, `${alone} records/s without the sick ones, ${beside} beside them`).toBeGreaterThan(
    0.9,
  );
  // None of the forty stands back behind the others.
  const slowest = Math.min(...handles.map((handle) => handle.counts().accepted));
  const quickest = Math.max(...handles.map((handle) => handle.counts().accepted));
  expect(slowest / quickest).toBeGreaterThan(0.8);
}, 120_000);

async function pause(slugs: string[], isPaused: boolean): Promise<void> {
  if (isPaused) {
    await scene.sql`
      update redrive.provider_state
      set paused_at = now(), paused_by = 'ada', pause_reason = 'the measure'
      where provider = any (${slugs}) and paused_at is null`;
  } else {
    await scene.sql`
      update redrive.provider_state
      set paused_at = null, paused_by = null, pause_reason = null
      where provider = any (${slugs})`;
  }
}

const inFlight = (slugs: string[]): number =>
  slugs.reduce((sum, slug) => sum + scene.simulator.provider(slug).inFlight(), 0);

/** Records a second that arrive at these providers, over one window. */
async function rate(handles: ProviderHandle[]): Promise<number> {
  const accepted = () => handles.reduce((sum, handle) => sum + handle.counts().accepted, 0);
  const [before, startedMs] = [accepted(), performance.now()];
  await eventually(() => expect(performance.now() - startedMs).toBeGreaterThan(windowMs));
  return ((accepted() - before) * 1_000) / (performance.now() - startedMs);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
