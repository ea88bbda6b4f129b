// How long an answer takes: drawn from the knob's distribution, then stretched by the queue when the provider is full.
import type { Knobs } from "#lib/contract/simulator.ts";
import { normal, type Random } from "#simulator/random.ts";

const longestMs = 70_000;

/** One draw from the distribution, 0 to 70 s, whole milliseconds: timers of equal length share one list in Node. */
export function drawLatencyMs(latency: Knobs["latency"], random: Random): number {
  return Math.round(Math.min(longestMs, Math.max(0, draw(latency, random))));
}

function draw({ distribution, medianMs, spread, slowMs }: Knobs["latency"], random: Random): number {
  switch (distribution) {
    case "fixed":
      return medianMs;
    case "uniform":
      return medianMs * (1 + spread * (2 * random() - 1));
    case "lognormal":
      return medianMs * Math.exp(spread * normal(random));
    case "bimodal":
      return random() < spread ? slowMs : medianMs;
  }
}

/** Beyond capacity all share what there is: twice the requests take twice as long. */
export function queuedMs(ms: number, inFlight: number, capacity: number | null): number {
  if (capacity === null || inFlight <= capacity) return ms;
  if (capacity === 0) return longestMs;
  return Math.min(longestMs, Math.round((ms * inFlight) / capacity));
}
