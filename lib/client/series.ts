// From the wire's points to what charts draw: gaps filled, counts per minute, samples kept apart from counts.
import type { BatchChange, ThroughputPoint } from "#lib/contract/provider.ts";
import type { BreakerState } from "#lib/core/status.ts";

export type Span = { fromMs: number; toMs: number; stepMs: number };

export type ChartPoint = {
  atMs: number;
  /** Records a minute. */
  delivered: number;
  retried: number;
  failed: number;
  /** Records, as sampled; null where nobody sampled. */
  held: number | null;
  waiting: number | null;
  oldestS: number | null;
  batchSize: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
};

/** One point for each step of the span: an absent bucket is one in which nothing happened. */
export function chartPoints(items: readonly ThroughputPoint[], span: Span): ChartPoint[] {
  const found = new Map(items.map((item) => [alignTo(Date.parse(item.at), span.stepMs), item]));
  const points: ChartPoint[] = [];
  for (let atMs = alignTo(span.fromMs, span.stepMs); atMs < span.toMs; atMs += span.stepMs) {
    points.push(pointOf(atMs, found.get(atMs), 60_000 / span.stepMs));
  }
  return points;
}

const alignTo = (ms: number, stepMs: number) => Math.floor(ms / stepMs) * stepMs;

function pointOf(atMs: number, item: ThroughputPoint | undefined, perMinute: number): ChartPoint {
  const rate = (value: number | undefined) => Math.round((value ?? 0) * perMinute * 10) / 10;
  return {
    atMs,
    delivered: rate(item?.delivered),
    retried: rate(item?.retried),
    failed: rate(item?.failed),
    // Without a sample of the backlog there is none of what is held.
    held: item?.backlog == null ? null : item.held,
    waiting: item?.backlog == null ? null : Math.max(0, item.backlog - item.held),
    oldestS: item?.oldestMs == null ? null : Math.round(item.oldestMs / 100) / 10,
    batchSize: item?.batchSize ?? null,
    p50Ms: item?.p50Ms ?? null,
    p95Ms: item?.p95Ms ?? null,
    p99Ms: item?.p99Ms ?? null,
  };
}

/** The step of points that came without one: the shortest distance between two. */
export function stepOf(items: readonly ThroughputPoint[]): number {
  const at = items.map((item) => Date.parse(item.at));
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? ms));
  return Math.max(10_000, Math.min(...gaps.filter((gap) => gap > 0), 60_000));
}

export const oldestFirst = (changes: readonly BatchChange[]): BatchChange[] =>
  [...changes].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));

export type BatchStep = { atMs: number; size: number; why: string | null };

/** The batch size as steps: each change, and its reason until the next. */
export function batchSteps(changes: readonly BatchChange[], now: number, span: Span): BatchStep[] {
  const sorted = oldestFirst(changes);
  const inside = sorted.filter((change) => Date.parse(change.at) >= span.fromMs);
  const before = sorted.filter((change) => Date.parse(change.at) < span.fromMs).at(-1);
  const steps: BatchStep[] = [
    { atMs: span.fromMs, size: before?.to ?? inside[0]?.from ?? now, why: before?.reason ?? null },
    ...inside.map((change) => ({ atMs: Date.parse(change.at), size: change.to, why: change.reason })),
  ];
  return [...steps, { atMs: span.toMs, size: now, why: inside.at(-1)?.reason ?? before?.reason ?? null }];
}

export type BandState = BreakerState | "paused";
export type BandSegment = { fromMs: number; toMs: number; state: BandState; reason: string | null };

/** What the breaker was before a change that says only what it became. */
const likelyBefore: Record<BreakerState, BreakerState> = {
  closed: "closed",
  open: "closed",
  half_open: "open",
};

/** The breaker over the span, as segments without gaps. `now` is what it is at the end. */
export function breakerSegments(
  changes: readonly BatchChange[],
  now: BreakerState,
  span: Span,
): BandSegment[] {
  const sorted = oldestFirst(changes).filter((change) => Date.parse(change.at) < span.toMs);
  // A change after the span still says what the breaker was before it.
  const first = oldestFirst(changes)[0];
  const segments: BandSegment[] = [
    {
      fromMs: span.fromMs,
      toMs: span.toMs,
      state: first === undefined ? now : likelyBefore[first.breaker],
      reason: null,
    },
  ];
  for (const change of sorted) {
    const last = segments.at(-1);
    const state = change.breaker;
    if (last === undefined || last.state === state) continue;
    const atMs = Math.max(span.fromMs, Date.parse(change.at));
    last.toMs = atMs;
    segments.push({ fromMs: atMs, toMs: span.toMs, state, reason: change.reason });
  }
  return segments.filter((segment) => segment.toMs > segment.fromMs);
}

/**
 * The band with its pauses. They are no change of the breaker, so they are read from the samples: records held while the
 * breaker was closed. `pausedNow` is the reason of one that lasts; it reaches the end.
 */
export function withPauses(
  segments: readonly BandSegment[],
  points: readonly ChartPoint[],
  pausedNow: { reason: string | null } | null,
  span: Span,
): BandSegment[] {
  // What was held around an open breaker was held by the breaker.
  const open = segments.filter(({ state }) => state !== "closed");
  const runs = heldRuns(points, span).filter(
    (run) => !open.some(({ fromMs, toMs }) => run.fromMs <= toMs && fromMs <= run.toMs),
  );
  if (pausedNow !== null) {
    const last = runs.at(-1);
    const moved = points.some(({ atMs, held }) => held === 0 && last !== undefined && atMs >= last.toMs);
    if (last !== undefined && !moved) last.toMs = span.toMs;
    else runs.push({ fromMs: Math.max(span.fromMs, span.toMs - span.stepMs), toMs: span.toMs });
  }
  return segments.flatMap((segment) => {
    if (segment.state !== "closed") return [segment];
    const parts: BandSegment[] = [];
    let fromMs = segment.fromMs;
    for (const run of runs) {
      const [begin, end] = [Math.max(run.fromMs, fromMs), Math.min(run.toMs, segment.toMs)];
      if (begin >= end) continue;
      if (begin > fromMs) parts.push({ ...segment, fromMs, toMs: begin });
      const reason = end === span.toMs ? (pausedNow?.reason ?? null) : null;
      parts.push({ fromMs: begin, toMs: end, state: "paused", reason });
      fromMs = end;
    }
    return fromMs < segment.toMs ? [...parts, { ...segment, fromMs }] : parts;
  });
}

function heldRuns(points: readonly ChartPoint[], { stepMs, toMs }: Span): { fromMs: number; toMs: number }[] {
  const runs: { fromMs: number; toMs: number }[] = [];
  for (const { atMs, held } of points) {
    if (held === null || held === 0) continue;
    const last = runs.at(-1);
    const endMs = Math.min(atMs + stepMs, toMs);
    if (last?.toMs === atMs) last.toMs = endMs;
    else runs.push({ fromMs: atMs, toMs: endMs });
  }
  return runs;
}
