// A provider and a drain in model time: a day of deliveries in a second of ours, the same for the same seed.
// The provider serves `capacity` requests at once, queues some more, and refuses the rest.

import { isCharged } from "#lib/core/blame.ts";
import {
  type Change,
  type Control,
  type ControlEvent,
  type ControlPolicy,
  type Given,
  mayStart,
  newControl,
  reduce,
  view,
  wantsHealthCheck,
} from "#lib/core/control.ts";
import { decide } from "#lib/core/decide.ts";
import type { Outcome } from "#lib/core/outcome.ts";

export type Random = () => number;

/** What the provider is like at a moment. */
export type Weather = {
  mode: "up" | "refusing" | "black_hole";
  capacity: number;
  /** How many wait beyond its capacity before it refuses. */
  queue: number;
  /** Answers take so many times as long. */
  slowness: number;
  errors: number;
};

export type Setup = {
  seed: number;
  durationMs: number;
  policy: ControlPolicy;
  latencyMs: (random: Random) => number;
  weather?: (atMs: number) => Partial<Weather>;
  /** Requests accepted in each minute of the clock; more get 429 with the seconds left. */
  perMinute?: number;
  /** We give up on an answer after this long. */
  deadlineMs?: number;
  /** Deliveries are counted in buckets of this length. */
  bucketMs?: number;
};

export type Result = {
  delivered: number;
  failedRequests: number;
  throttledRequests: number;
  deadRecords: number;
  /** When attempts were charged to their records. */
  chargedAtMs: number[];
  records: number;
  openings: { atMs: number; reason: string | null }[];
  changes: (Change & { atMs: number })[];
  buckets: number[];
  mostInFlight: number;
  control: Control;
};

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Around `medianMs`, with a tail: sigma 0.5 is usual for an HTTP API. */
export const lognormal = (medianMs: number, sigma: number) => (random: Random) =>
  medianMs * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

type Queued = { id: number; attempts: number; tries: number };
type Request = {
  record: Queued;
  startedAtMs: number;
  generation: number;
  state: "served" | "queued" | "lost" | "over";
};
type Due = { atMs: number; order: number; run: () => void };

const backoff = { baseMs: 60_000, factor: 3, jitter: 0.2, attemptsMax: 5 };

export function simulate(setup: Setup): Result {
  const { policy, durationMs, bucketMs = 10_000, deadlineMs = 90_000 } = setup;
  const random = seeded(setup.seed);
  const agenda = new Agenda();
  let nowMs = 0;
  let control = newControl(0);
  const inFlight = new Set<Request>();
  const due: Queued[] = [];
  let records = 0;
  let active = 0;
  const line: Request[] = [];
  let minute = 0;
  let inMinute = 0;
  let isChecking = false;
  const result: Result = {
    delivered: 0,
    failedRequests: 0,
    throttledRequests: 0,
    deadRecords: 0,
    chargedAtMs: [],
    records: 0,
    openings: [],
    changes: [],
    buckets: new Array(Math.ceil(durationMs / bucketMs)).fill(0),
    mostInFlight: 0,
    control,
  };

  const weather = (): Weather => ({
    mode: "up",
    capacity: Number.POSITIVE_INFINITY,
    queue: 0,
    slowness: 1,
    errors: 0,
    ...setup.weather?.(nowMs),
  });

  const given = (): Given => {
    const [oldest] = inFlight;
    return {
      nowMs,
      random: 0.5,
      policy,
      inFlight: inFlight.size,
      oldestStartedAtMs: oldest?.startedAtMs ?? null,
    };
  };

  function happen(event: ControlEvent): void {
    const before = view(control);
    const next = reduce(control, event, given());
    control = next.control;
    const after = view(control);
    for (const change of next.changes) result.changes.push({ ...change, atMs: nowMs });
    if (before.breaker !== "open" && after.breaker === "open") {
      result.openings.push({ atMs: nowMs, reason: after.breakerReason });
    }
    if (wantsHealthCheck(control, given()) && !isChecking) checkHealth();
    for (let left = mayStart(control, given()); left > 0; left -= 1) start();
  }

  function checkHealth(): void {
    isChecking = true;
    const { mode } = weather();
    agenda.add(nowMs + (mode === "black_hole" ? 5_000 : 50), () => {
      isChecking = false;
      happen({ kind: "health_checked", green: mode === "up" && weather().mode === "up", detail: null });
    });
  }

  function start(): void {
    const record = due.shift() ?? { id: ++records, attempts: 0, tries: 0 };
    const request: Request = {
      record,
      startedAtMs: nowMs,
      generation: view(control).generation,
      state: "lost",
    };
    inFlight.add(request);
    result.mostInFlight = Math.max(result.mostInFlight, inFlight.size);
    arrive(request);
  }

  function arrive(request: Request): void {
    const { mode, capacity, queue } = weather();
    const waitMs = mode === "up" ? quotaWaitMs() : null;
    if (mode === "refusing") reply(request, 2, "unavailable");
    else if (waitMs !== null) reply(request, 20, "throttled", waitMs);
    else {
      agenda.add(nowMs + deadlineMs, () => end(request, "ambiguous", null));
      if (mode === "black_hole") return;
      if (active < capacity) serve(request);
      else if (line.length >= queue) reply(request, 10, "unavailable");
      else {
        request.state = "queued";
        line.push(request);
      }
    }
  }

  /** How long until the next minute, when this one's quota is spent. */
  function quotaWaitMs(): number | null {
    if (setup.perMinute === undefined) return null;
    const current = Math.floor(nowMs / 60_000);
    if (current !== minute) {
      minute = current;
      inMinute = 0;
    }
    inMinute += 1;
    return inMinute > setup.perMinute ? Math.ceil(((minute + 1) * 60_000 - nowMs) / 1000) * 1000 : null;
  }

  function serve(request: Request): void {
    const { slowness, errors } = weather();
    active += 1;
    request.state = "served";
    const outcome = random() < errors ? "unavailable" : "delivered";
    agenda.add(nowMs + slowness * setup.latencyMs(random), () => {
      // It works on even when nobody waits any more.
      active -= 1;
      // Whoever waits goes before whoever we send next.
      while (active < weather().capacity) {
        const next = line.shift();
        if (next === undefined) break;
        if (next.state === "queued") serve(next);
      }
      const { mode } = weather();
      if (mode === "up") end(request, outcome, null);
      if (mode === "refusing") end(request, "ambiguous", null);
    });
  }

  const reply = (
    request: Request,
    afterMs: number,
    outcome: Outcome,
    retryAfterMs: number | null = null,
  ): void => agenda.add(nowMs + afterMs, () => end(request, outcome, retryAfterMs));

  function end(request: Request, outcome: Outcome, retryAfterMs: number | null): void {
    if (request.state === "over") return;
    request.state = "over";
    inFlight.delete(request);
    const { startedAtMs, generation, record } = request;
    count(outcome);
    const { lastSuccessAtMs, breaker } = view(control);
    const charged = isCharged(outcome, { startedAtMs, lastSuccessAtMs, breaker });
    const error = outcome === "delivered" ? null : "503: service unavailable";
    const decision = decide({ outcome, retryAfterMs, error, team: null }, record, {
      policy: { backoff },
      charged,
      random: random(),
    });
    if (charged) result.chargedAtMs.push(nowMs);
    if (decision.action === "fail") result.deadRecords += 1;
    if (decision.action === "retry") {
      const again = { ...record, attempts: decision.attempts, tries: record.tries + 1 };
      agenda.add(nowMs + decision.dueInMs, () => due.push(again));
    }
    happen({
      kind: "replied",
      recordId: String(record.id),
      startedAtMs,
      generation,
      outcome,
      retryAfterMs,
      error,
    });
  }

  function count(outcome: Outcome): void {
    if (outcome === "throttled") result.throttledRequests += 1;
    else if (outcome !== "delivered") result.failedRequests += 1;
    else {
      result.delivered += 1;
      const bucket = Math.floor(nowMs / bucketMs);
      result.buckets[bucket] = (result.buckets[bucket] ?? 0) + 1;
    }
  }

  function tick(): void {
    happen({ kind: "ticked" });
    agenda.add(nowMs + 1000, tick);
  }

  tick();
  for (;;) {
    const next = agenda.take();
    if (next === undefined || next.atMs > durationMs) break;
    nowMs = next.atMs;
    next.run();
  }
  return { ...result, records, control };
}

/** What is due next: a binary heap by time, then by order of entry. */
class Agenda {
  private readonly heap: Due[] = [];
  private entered = 0;

  add(atMs: number, run: () => void): void {
    const moment = { atMs, order: this.entered++, run };
    let index = this.heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.heap[above];
      if (parent === undefined || isBefore(parent, moment)) break;
      this.heap[index] = parent;
      index = above;
    }
    this.heap[index] = moment;
  }

  take(): Due | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined || this.heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = this.heap[2 * index + 1];
      const right = this.heap[2 * index + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      this.heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    this.heap[index] = last;
    return first;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
