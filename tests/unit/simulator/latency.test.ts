import { expect, test } from "vitest";
import { defaultKnobs, turn } from "#simulator/knobs.ts";
import { drawLatencyMs, queuedMs } from "#simulator/latency.ts";
import { seededRandom } from "#simulator/random.ts";
import { isAuthorized, issueToken, noTokens } from "#simulator/tokens.ts";

const draws = (latency: Partial<typeof defaultKnobs.latency>, seed = 1) => {
  const random = seededRandom(seed);
  const knobs = turn(defaultKnobs, { latency });
  return Array.from({ length: 2_000 }, () => drawLatencyMs(knobs.latency, random)).sort((a, b) => a - b);
};
const median = (sorted: number[]) => sorted[sorted.length / 2] ?? Number.NaN;

test("the same seed draws the same latencies, another seed others", () => {
  expect(draws({})).toEqual(draws({}));
  expect(draws({})).not.toEqual(draws({}, 2));
});

test("lognormal answers lie around their median with a long tail, from 5 ms to 70 s", () => {
  const drawn = draws({ distribution: "lognormal", medianMs: 500, spread: 1.5 });
  expect(median(drawn)).toBeGreaterThan(430);
  expect(median(drawn)).toBeLessThan(580);
  expect(drawn[0]).toBeLessThan(15);
  expect(draws({ distribution: "lognormal", medianMs: 20_000, spread: 3 }).at(-1)).toBe(70_000);
});

test("uniform answers stay within their half width, fixed ones at their median", () => {
  const drawn = draws({ distribution: "uniform", medianMs: 100, spread: 0.5 });
  expect([drawn[0], drawn.at(-1)]).toEqual([50, 150]);
  expect(new Set(draws({ distribution: "fixed", medianMs: 42 }))).toEqual(new Set([42]));
});

test("bimodal answers are slow in the share that spread says", () => {
  const drawn = draws({ distribution: "bimodal", medianMs: 10, spread: 0.1, slowMs: 5_000 });
  const slow = drawn.filter((ms) => ms === 5_000).length;
  expect(slow / drawn.length).toBeCloseTo(0.1, 1);
  expect(drawn[0]).toBe(10);
});

test("a full provider is slower in proportion, up to 70 s", () => {
  expect(queuedMs(100, 4, null)).toBe(100);
  expect(queuedMs(100, 4, 4)).toBe(100);
  expect(queuedMs(100, 10, 4)).toBe(250);
  expect(queuedMs(1_000, 1_000, 4)).toBe(70_000);
  expect(queuedMs(0, 1, 0)).toBe(70_000);
});

test("a token ends after its seconds", () => {
  const tokens = noTokens();
  const header = `Bearer ${issueToken(tokens, 60, 1_000)}`;
  expect(isAuthorized(tokens, header, 60_999)).toBe(true);
  expect(isAuthorized(tokens, header, 61_000)).toBe(false);
  expect(isAuthorized(tokens, undefined, 1_000)).toBe(false);
  // The next one sweeps it away.
  issueToken(tokens, 60, 61_000);
  expect(tokens).toMatchObject({ issued: 2, endsAt: { size: 1 } });
});
