// What the demo enqueues between two moments: a steady stream for each provider, and bursts. Pure: the caller brings
// the time, in ms since the demo began.
import { aRecord, type DemoRecord } from "#simulator/demo/records.ts";

/** Records a second; about 30 in all. Payments and tax follow every second order. */
export const perSecond: Record<string, number> = {
  ats: 6,
  sms: 6,
  "fund-prices": 4,
  warehouse: 3,
  crm: 4,
  "mailer-events": 4,
  tax: 1.5,
  payments: 1.5,
};

type Burst = { provider: string; firstMs: number; everyMs: number; records: number; priority: number };

/** Sooner than the scheduled bulk: somebody waits in front of a screen. */
const adHoc = -10;

export const bursts: readonly Burst[] = [
  // The first ones let batch sizes grow within seconds of the start.
  { provider: "sms", firstMs: 3_000, everyMs: 90_000, records: 80, priority: 0 },
  { provider: "mailer-events", firstMs: 6_000, everyMs: 120_000, records: 400, priority: 0 },
  { provider: "fund-prices", firstMs: 15_000, everyMs: 45_000, records: 25, priority: adHoc },
  { provider: "crm", firstMs: 20_000, everyMs: 75_000, records: 60, priority: 0 },
  { provider: "payments", firstMs: 35_000, everyMs: 100_000, records: 10, priority: adHoc },
];

// A laptop that slept, or a database that was away, must not be met by all that was missed meanwhile.
const longestGapMs = 2_000;

/** A burst's records have numbers of their own, far from the steady stream's. */
const burstNumbers = 500_000;

/** What falls due after `fromMs`, until and with `toMs`. `firstNumber` is where the subjects' numbers begin. */
export function recordsBetween(fromMs: number, toMs: number, firstNumber: number): DemoRecord[] {
  const from = Math.max(0, fromMs, toMs - longestGapMs);
  return [...steady(from, toMs, firstNumber), ...burstsBetween(from, toMs, firstNumber)];
}

function steady(fromMs: number, toMs: number, firstNumber: number): DemoRecord[] {
  return Object.entries(perSecond).flatMap(([provider, rate]) => {
    const before = Math.floor((fromMs * rate) / 1_000);
    const after = Math.floor((toMs * rate) / 1_000);
    return numbers(after - before).map((nth) => aRecord(provider, firstNumber + before + nth));
  });
}

function burstsBetween(fromMs: number, toMs: number, firstNumber: number): DemoRecord[] {
  return bursts.flatMap(({ provider, firstMs, everyMs, records, priority }) => {
    const before = timesBy(fromMs, firstMs, everyMs);
    const after = timesBy(toMs, firstMs, everyMs);
    const first = firstNumber + burstNumbers + before * records;
    return numbers((after - before) * records).map((nth) => aRecord(provider, first + nth, priority));
  });
}

const timesBy = (nowMs: number, firstMs: number, everyMs: number): number =>
  nowMs < firstMs ? 0 : 1 + Math.floor((nowMs - firstMs) / everyMs);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, nth) => nth);
