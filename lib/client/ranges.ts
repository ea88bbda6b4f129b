// The charts' time ranges, and how long a point of each is: at most 170 points, wide enough to see on a phone.
export const ranges = ["15m", "1h", "6h", "24h", "7d"] as const;
export type Range = (typeof ranges)[number];

type Extent = { label: string; words: string; ms: number; step: number };

export const extents: Record<Range, Extent> = {
  "15m": { label: "15 min", words: "the last 15 minutes", ms: 900_000, step: 10 },
  "1h": { label: "1 h", words: "the last hour", ms: 3_600_000, step: 30 },
  "6h": { label: "6 h", words: "the last 6 hours", ms: 21_600_000, step: 180 },
  "24h": { label: "24 h", words: "the last 24 hours", ms: 86_400_000, step: 600 },
  "7d": { label: "7 d", words: "the last 7 days", ms: 604_800_000, step: 3_600 },
};

/** From when to when, as the API takes it. */
export function boundsOf(range: Range, nowMs: number): { from: string; to: string; step: number } {
  const { ms, step } = extents[range];
  // Whole points: the first is not cut in half.
  const from = Math.floor((nowMs - ms) / (step * 1_000)) * step * 1_000;
  return { from: new Date(from).toISOString(), to: new Date(nowMs).toISOString(), step };
}
