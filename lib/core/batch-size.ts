// How many requests may be in flight at once: 1 at first, up to the maximum while answers come as fast as usual.
// Replies are gathered in a window; a closed window is judged once: shrink, grow or hold.
//
//   ramping: 1 → 2 → 4 → … → ssthresh, then + 1/8 a window
//   slower than usual × 0.7 or × 0.5 · half fail × 0.5 · a row of failures → 1 · 429 × 0.7
//
// "Slower" looks at the mean of ln(latency): with answers of 5 ms to 70 s a plain mean of 40 can't see a doubling.
import { type Because, briefly, duration, inBrackets, percent, rounded, seconds } from "#lib/core/figures.ts";

/** Plain JSON; times in ms. */
export type BatchSize = {
  size: number;
  /** Grows at every shrink. A reply to a request of an older generation speaks about a size that is gone. */
  generation: number;
  /** Doubling, as at a start. */
  ramping: boolean;
  /** Where doubling ends; null is nowhere. */
  ssthresh: number | null;
  window: Window;
  /** Half-weight moving average of the windows' mean ln(latency); null before the first. */
  recent: number | null;
  usual: Usual | null;
  /** Moving average of failures, 0..1, over about 64 replies. */
  errorRate: number;
  /** Clean but slow windows in a row at size 1, and fast ones at any size; after three they are the new normal. */
  slowWindows: number;
  fastWindows: number;
  /** Failures in a row, and when the first came. */
  streak: Streak;
  /** A size at which failures began, not to be exceeded for a while; null when there is none. */
  ceiling: Ceiling | null;
};

type Streak = { count: number; sinceMs: number };

type Window = {
  openedAtMs: number;
  good: number;
  failed: number;
  /** Of the good ones, how many were slower than the policy's `slowMs`. */
  slow: number;
  /** Sum over good ones of ln(latency in ms), and of its square. */
  sum: number;
  squares: number;
  peakInFlight: number;
};

/** What is normal for this provider: mean and variance of ln(latency), over `samples`. */
type Usual = { mean: number; variance: number; samples: number; updatedAtMs: number };

/** Each time the same size fails again, we stay below it twice as long. */
type Ceiling = { size: number; waitMs: number; untilMs: number };

export type Limits = { batchSizeMax: number; slowMs: number };
export type Moment = { nowMs: number; inFlight: number; policy: Limits };
export type Answer = { good: boolean; startedAtMs: number; generation: number; error: string | null };

export type Shift = { batch: BatchSize; because: Because | null };

const learnt = 60;
const minute = 60_000;
const halfLifeMs = 30 * minute;
/** Upward and below the maximum the slowness may be our own doing: believe it slowly. */
const halfLifeUpMs = 360 * minute;
/** Waits below a ceiling: 2 min, doubling to 4 h; so a limit that stays costs some ten failures, a dozen times a day. */
const ceilingMs = { first: 2 * minute, longest: 240 * minute };

/** A provider that we know nothing about. */
export const newBatchSize = (nowMs: number): BatchSize => ({
  size: 1,
  generation: 0,
  ramping: true,
  ssthresh: null,
  window: newWindow(nowMs),
  recent: null,
  usual: null,
  errorRate: 0,
  slowWindows: 0,
  fastWindows: 0,
  streak: { count: 0, sinceMs: nowMs },
  ceiling: null,
});

const newWindow = (nowMs: number): Window => ({
  openedAtMs: nowMs,
  good: 0,
  failed: 0,
  slow: 0,
  sum: 0,
  squares: 0,
  peakInFlight: 0,
});

/** Back to one at a time, knowing what is normal and where doubling ends; requests out now no longer count. */
export const restart = (batch: BatchSize, nowMs: number): BatchSize => ({
  ...newBatchSize(nowMs),
  generation: batch.generation + 1,
  // At 1 it has shrunk before, and kept where from.
  ssthresh: batch.size > 1 ? batch.size : batch.ssthresh,
  usual: batch.usual,
});

/** Follows a maximum that was lowered. */
export function limit(batch: BatchSize, { nowMs, policy }: Moment): Shift {
  if (batch.size <= policy.batchSizeMax) return { batch, because: null };
  return shrink(batch, policy.batchSizeMax, nowMs, {
    reason: `The maximum was lowered to ${policy.batchSizeMax}`,
    figures: { maximum: policy.batchSizeMax },
  });
}

/** An answer that the provider was well or unwell enough to give. */
export function heard(batch: BatchSize, answer: Answer, moment: Moment): Shift {
  const streak = continued(batch.streak, answer, batch.generation, moment.nowMs);
  if (answer.generation !== batch.generation) return { batch: { ...batch, streak }, because: null };
  const counted: BatchSize = {
    ...batch,
    streak,
    errorRate: batch.errorRate + ((answer.good ? 0 : 1) - batch.errorRate) / 64,
    window: gathered(batch.window, answer, moment),
  };
  if (counted.size > 1 && streak.count >= Math.max(8, counted.size)) return toOne(counted, answer, moment);
  return isFull(counted, moment.nowMs) ? judged(counted, moment) : { batch: counted, because: null };
}

/** Time passed: a window of few answers closes by age. */
export const passed = (batch: BatchSize, moment: Moment): Shift =>
  isFull(batch, moment.nowMs) ? judged(batch, moment) : { batch, because: null };

/** The provider said 429: fewer at once, once per generation. */
export function throttled(batch: BatchSize, generation: number, waitMs: number | null, nowMs: number): Shift {
  if (generation !== batch.generation || batch.size === 1) return { batch, because: null };
  return shrink(batch, 0.7 * batch.size, nowMs, {
    reason: `Asked to slow down${waitMs === null ? "" : ` and to wait ${seconds(waitMs)}`}`,
    figures: { waitMs },
  });
}

/** Nothing comes back, though the provider's health check is green. */
export const halve = (batch: BatchSize, nowMs: number, because: Because): Shift =>
  shrink(batch, batch.size / 2, nowMs, because);

/**
 * Only a success that *started* after the first failure says that the trouble is over; an older one makes up for one
 * failure, or 20 % of errors would sooner or later look like a row.
 */
function continued(streak: Streak, answer: Answer, generation: number, nowMs: number): Streak {
  if (answer.good) {
    const isOver = answer.startedAtMs >= streak.sinceMs || streak.count === 0;
    return { ...streak, count: isOver ? 0 : streak.count - 1 };
  }
  if (answer.generation !== generation) return streak;
  return streak.count === 0 ? { count: 1, sinceMs: nowMs } : { ...streak, count: streak.count + 1 };
}

function gathered(window: Window, answer: Answer, { nowMs, inFlight, policy }: Moment): Window {
  const peakInFlight = Math.max(window.peakInFlight, inFlight, 1);
  if (!answer.good) return { ...window, peakInFlight, failed: window.failed + 1 };
  const latencyMs = Math.max(1, nowMs - answer.startedAtMs);
  const ln = Math.log(latencyMs);
  return {
    ...window,
    peakInFlight,
    good: window.good + 1,
    slow: window.slow + (latencyMs > policy.slowMs ? 1 : 0),
    sum: window.sum + ln,
    squares: window.squares + ln * ln,
  };
}

function isFull({ window, size, ceiling }: BatchSize, nowMs: number): boolean {
  const count = window.good + window.failed;
  const ageMs = nowMs - window.openedAtMs;
  // Refusals come faster than answers: waiting out the second would make hundreds of them.
  const enough = isBeyond(ceiling, size) ? 10 : 20;
  if (count >= enough && 2 * window.failed >= count) return true;
  if (count >= Math.max(20, 2 * size) && ageMs >= 1000) return true;
  return count >= 5 && ageMs >= 30_000;
}

function toOne(batch: BatchSize, answer: Answer, { nowMs }: Moment): Shift {
  const shift = shrink(batch, 1, nowMs, {
    reason: `${batch.streak.count} in a row failed${inBrackets(answer.error)}`,
    figures: { inARow: batch.streak.count, error: briefly(answer.error) },
  });
  // Whatever it was may be over in a second: climb by doubling, but not past where it began.
  return { ...shift, batch: { ...shift.batch, ramping: true, ceiling: ceilingAt(batch, nowMs) } };
}

/** A closed window's figures. `slower` is how many times slower than usual the answers are. */
type Figures = {
  count: number;
  failedShare: number;
  slowShare: number;
  slower: number;
  /** How much slower chance alone makes a window look, at three standard errors. */
  noise: number;
  recentMs: number | null;
  usualMs: number | null;
};

function judged(before: BatchSize, moment: Moment): Shift {
  const { nowMs, policy } = moment;
  const { window } = before;
  const seen = withRecent(before);
  const figures = figuresOf(seen);
  const batch = learned(seen, figures, moment);
  const { size } = batch;
  const most = Math.max(1, Math.floor(policy.batchSizeMax * (1 - Math.max(0, batch.errorRate - 0.1) / 0.4)));

  if (figures.failedShare >= 0.5) {
    const reason = `${window.failed} of the last ${figures.count} failed`;
    // Past a known ceiling it is the size that failed, so a step back will do.
    const to = isBeyond(batch.ceiling, size) ? batch.ceiling.size : size / 2;
    const shift = shrink(batch, to, nowMs, because(reason, batch, figures));
    return size === 1 ? shift : { ...shift, batch: { ...shift.batch, ceiling: ceilingAt(batch, nowMs) } };
  }
  if (figures.slowShare > 0.5) {
    const reason = `${window.slow} of the last ${figures.count} took longer than ${seconds(policy.slowMs)}`;
    return shrink(batch, size / 2, nowMs, because(reason, batch, figures));
  }
  if (figures.slower > Math.max(4, 2 * figures.noise)) {
    return shrink(batch, size / 2, nowMs, because(slowerWords(figures), batch, figures));
  }
  if (figures.slower > Math.max(2, figures.noise)) {
    return shrink(batch, 0.7 * size, nowMs, because(slowerWords(figures), batch, figures));
  }
  if (size > most + size / 8) {
    const reason = `${percent(batch.errorRate)} of the answers are failures, so at most ${most} at once`;
    return shrink(batch, Math.max(most, 0.7 * size), nowMs, because(reason, batch, figures));
  }
  const allowed = Math.min(most, ceilingNow(batch, nowMs));
  if (
    figures.slower <= Math.max(1.3, figures.noise ** 0.5) &&
    2 * window.peakInFlight >= size &&
    size < allowed
  ) {
    return grow(batch, Math.min(allowed, larger(batch)), nowMs, figures);
  }
  return { batch: { ...batch, window: newWindow(nowMs) }, because: null };
}

/** The window's mean joins the average with half the weight. */
function withRecent(batch: BatchSize): BatchSize {
  const { good, sum } = batch.window;
  if (good === 0) return batch;
  const mean = sum / good;
  return { ...batch, recent: batch.recent === null ? mean : (batch.recent + mean) / 2 };
}

function figuresOf({ window, recent, usual }: BatchSize): Figures {
  const count = window.good + window.failed;
  const known = usual !== null && usual.samples >= learnt && recent !== null ? usual : null;
  // The variance of an average whose newest part weighs a half is a third of one window's.
  const error = known === null ? 0 : Math.sqrt(known.variance / (3 * Math.max(1, window.good)));
  return {
    count,
    failedShare: window.failed / count,
    slowShare: window.slow / count,
    slower: known === null || recent === null ? 1 : Math.exp(recent - known.mean),
    noise: Math.exp(Math.min(10, 3 * error)),
    recentMs: recent === null ? null : Math.exp(recent),
    usualMs: known === null ? null : Math.exp(known.mean),
  };
}

/** What is normal: learnt over 60 answers, then followed slowly, and not at all while the provider struggles. */
function learned(batch: BatchSize, figures: Figures, { nowMs, policy }: Moment): BatchSize {
  const { window, recent, usual } = batch;
  if (window.good === 0 || recent === null) return batch;
  const mean = window.sum / window.good;
  const variance = Math.max(0, window.squares / window.good - mean * mean);
  if (usual === null || usual.samples < learnt)
    return { ...batch, usual: merged(usual, mean, variance, window.good, nowMs) };

  const isClean = window.failed * 10 <= figures.count;
  const slowWindows = batch.size === 1 && isClean && figures.slower > 1.3 ? batch.slowWindows + 1 : 0;
  const fastWindows = figures.slower < 0.5 ? batch.fastWindows + 1 : 0;
  if (slowWindows >= 3 || fastWindows >= 3) {
    const adopted = { ...usual, mean: recent, updatedAtMs: nowMs };
    const climbing = slowWindows >= 3 ? { ramping: true, ssthresh: Math.ceil(policy.batchSizeMax / 2) } : {};
    return { ...batch, ...climbing, usual: adopted, slowWindows: 0, fastWindows: 0 };
  }
  const isUp = recent > usual.mean;
  const isFrozen = isUp && (figures.slower > 2 || batch.errorRate > 0.1);
  const halfLife = isUp && batch.size < policy.batchSizeMax ? halfLifeUpMs : halfLifeMs;
  const share = isFrozen
    ? 0
    : 1 - 2 ** (-Math.min(5 * minute, Math.max(0, nowMs - usual.updatedAtMs)) / halfLife);
  const followed = {
    ...usual,
    mean: usual.mean + share * (recent - usual.mean),
    variance: usual.variance + share * (variance - usual.variance),
    updatedAtMs: nowMs,
  };
  return { ...batch, usual: followed, slowWindows, fastWindows };
}

function merged(usual: Usual | null, mean: number, variance: number, samples: number, nowMs: number): Usual {
  if (usual === null) return { mean, variance, samples, updatedAtMs: nowMs };
  const all = usual.samples + samples;
  const share = samples / all;
  const apart = mean - usual.mean;
  return {
    mean: usual.mean + share * apart,
    variance: (1 - share) * usual.variance + share * variance + share * (1 - share) * apart * apart,
    samples: all,
    updatedAtMs: nowMs,
  };
}

/** Past a size that failed before, one by one. */
const larger = (batch: BatchSize): number =>
  batch.ceiling === null
    ? further(batch)
    : Math.min(further(batch), Math.max(batch.size + 1, batch.ceiling.size));

const further = ({ size, ramping, ssthresh }: BatchSize): number => {
  const step = size + Math.max(1, Math.floor(size / 8));
  if (!ramping || (ssthresh !== null && size >= ssthresh)) return step;
  return Math.max(step, Math.min(2 * size, ssthresh ?? 2 * size));
};

function grow(batch: BatchSize, to: number, nowMs: number, figures: Figures): Shift {
  const passedCeiling = isBeyond(batch.ceiling, batch.size);
  const grown: BatchSize = {
    ...batch,
    size: to,
    window: newWindow(nowMs),
    ceiling: passedCeiling ? null : batch.ceiling,
  };
  return { batch: grown, because: because(asUsualWords(figures), batch, figures) };
}

/** Never below 1. At 1 there is nothing to shrink: the window starts anew and the breaker's rules speak. */
function shrink(batch: BatchSize, to: number, nowMs: number, because: Because): Shift {
  const window = newWindow(nowMs);
  const size = Math.max(1, Math.min(batch.size - 1, Math.floor(to)));
  if (batch.size === 1) return { batch: { ...batch, window }, because: null };
  const shrunk: BatchSize = {
    ...batch,
    size,
    generation: batch.generation + 1,
    ramping: false,
    ssthresh: Math.max(1, Math.floor(0.7 * batch.size)),
    window,
    streak: { count: 0, sinceMs: nowMs },
  };
  return { batch: shrunk, because };
}

/** The same ceiling again, give or take a step of growth; one found lower is a new one, from a provider that changed. */
function ceilingAt({ size, ceiling }: BatchSize, nowMs: number): Ceiling {
  const seen = Math.max(1, size - 1);
  const isSame =
    ceiling !== null && seen >= ceiling.size - 1 && seen <= ceiling.size + Math.max(1, ceiling.size / 8);
  const waitMs = isSame ? Math.min(ceilingMs.longest, 2 * ceiling.waitMs) : ceilingMs.first;
  return { size: isSame ? Math.min(seen, ceiling.size) : seen, waitMs, untilMs: nowMs + waitMs };
}

const isBeyond = (ceiling: Ceiling | null, size: number): ceiling is Ceiling =>
  ceiling !== null && size > ceiling.size;

const ceilingNow = ({ ceiling }: BatchSize, nowMs: number): number =>
  ceiling !== null && nowMs < ceiling.untilMs ? ceiling.size : Number.POSITIVE_INFINITY;

const because = (reason: string, batch: BatchSize, figures: Figures): Because => ({
  reason,
  figures: {
    answers: figures.count,
    failed: batch.window.failed,
    slow: batch.window.slow,
    errorRate: rounded(batch.errorRate, 3),
    recentMs: figures.recentMs === null ? null : Math.round(figures.recentMs),
    usualMs: figures.usualMs === null ? null : Math.round(figures.usualMs),
    timesSlower: rounded(figures.slower, 2),
    peakInFlight: batch.window.peakInFlight,
  },
});

const slowerWords = ({ slower, recentMs, usualMs }: Figures): string =>
  `Answers got ${rounded(slower, 1)} times slower than usual (${words(recentMs)}, usually ${words(usualMs)})`;

const asUsualWords = ({ recentMs, usualMs, count, failedShare }: Figures): string => {
  const usually = usualMs === null ? "" : `, usually ${words(usualMs)}`;
  return `Answers take ${words(recentMs)}${usually}, and ${failedShare === 0 ? "none" : percent(failedShare)} of the last ${count} failed`;
};

const words = (ms: number | null): string => (ms === null ? "an unknown time" : duration(ms));
