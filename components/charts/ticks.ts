// Where the time axis has its marks: at whole minutes, hours or days of the reader's zone.
import { clock } from "#lib/client/formats.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [1, 2, 5, 10, 15, 30]
  .map((n) => n * minute)
  .concat(
    [1, 2, 3, 6, 12].map((n) => n * hour),
    [day, 2 * day],
  );

export function timeTicks(fromMs: number, toMs: number, zone: string, most: number): number[] {
  const step = steps.find((candidate) => (toMs - fromMs) / candidate <= most) ?? 7 * day;
  const shift = zoneShift(fromMs, zone);
  const ticks: number[] = [];
  for (let at = Math.ceil((fromMs + shift) / step) * step - shift; at <= toMs; at += step) ticks.push(at);
  return ticks;
}

/** `14:00`, and over days `20 Nov`. */
export function tickLabel(atMs: number, spanMs: number, zone: string): string {
  const iso = new Date(atMs).toISOString();
  if (spanMs > 2 * day) return clock(iso, zone, 0).replace(/ \d{4} \d\d:\d\d$/, "");
  return clock(iso, zone, atMs);
}

/** How far the zone is ahead of UTC, ms. */
function zoneShift(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(new Date(ms));
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value ?? 0);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return local - Math.floor(ms / minute) * minute;
}

/** A log axis around the values: its ends, and the powers of ten between them. */
export function logTicks(values: readonly number[]): { domain: [number, number]; ticks: number[] } {
  const positive = values.filter((value) => value > 0);
  const least = positive.reduce((a, b) => Math.min(a, b), 1_000);
  const most = positive.reduce((a, b) => Math.max(a, b), least * 10);
  const low = Math.floor(Math.log10(Math.max(1, least)));
  const high = Math.floor(Math.log10(most * 1.5));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { domain: [10 ** low, most * 1.5], ticks };
}

/** `1.2k`: short, for an axis. */
export function short(value: number): string {
  if (value >= 1_000_000) return `${trim(value / 1_000_000)}M`;
  return value >= 1_000 ? `${trim(value / 1_000)}k` : trim(value);
}

const trim = (value: number): string => value.toFixed(1).replace(/\.0$/, "");
