// When a rule's finding becomes an alert, and when the alert is over.
//
//   calm ──bad──▶ watched ──bad for so long──▶ open ──well for so long──▶ resolved ──bad again soon──▶ open
//     ▲              │                           └──person──▶ acknowledged ──┘
//     └────well──────┘
//
// Between bad and well lies a band that changes nothing: what swings around a limit opens one alert, not twenty.

/** `between`: neither; or nobody can say now. */
export const levels = ["bad", "between", "well"] as const;
export type Level = (typeof levels)[number];

export type AlertFigures = Record<string, number | string | null>;

/** What a rule finds of one thing that it looks at. */
export type Reading = {
  /** A provider, a worker, a canary, a fingerprint; empty for the whole installation. */
  about: string;
  level: Level;
  /** A sentence for people. */
  title: string;
  figures: AlertFigures;
  /** Since when it has been bad, where that is known; else since it was first seen so. */
  sinceMs?: number | null;
  /** Longer than the rule's own wait, where less would prove nothing. */
  forMs?: number;
};

/** What is remembered of it: since when it is watched, and its alert when there is one. */
export type Known = { watchedSinceMs: number | null; alert: { lastMs: number } | null };

export type Step =
  | { do: "nothing" }
  | { do: "watch"; sinceMs: number }
  | { do: "forget" }
  | { do: "open" }
  /** It holds still. */
  | { do: "keep" }
  | { do: "resolve" };

export type StepGiven = {
  nowMs: number;
  /** How long it must have been bad. */
  forMs: number;
  /** How long it must have been well. */
  calmMs: number;
};

const nothing: Step = { do: "nothing" };

export function step(reading: Reading, known: Known, given: StepGiven): Step {
  return known.alert === null
    ? opening(reading, known.watchedSinceMs, given)
    : closing(reading.level, known.alert.lastMs, given);
}

function opening(reading: Reading, watchedSinceMs: number | null, { nowMs, forMs }: StepGiven): Step {
  if (reading.level === "well") return watchedSinceMs === null ? nothing : { do: "forget" };
  if (reading.level === "between") return nothing;
  const sinceMs = Math.min(nowMs, watchedSinceMs ?? nowMs, reading.sinceMs ?? nowMs);
  if (nowMs - sinceMs >= Math.max(forMs, reading.forMs ?? 0)) return { do: "open" };
  return watchedSinceMs === null ? { do: "watch", sinceMs } : nothing;
}

function closing(level: Level, lastMs: number, { nowMs, calmMs }: StepGiven): Step {
  if (level !== "well") return { do: "keep" };
  return nowMs - lastMs >= calmMs ? { do: "resolve" } : nothing;
}

/** What was looked at before and is not there any more: it is no trouble now. */
export const goneReading = (about: string): Reading => ({ about, level: "well", title: "", figures: {} });

/** Evaluations are so far apart; nobody looks twice in between. */
export const evaluateEveryMs = 10_000;

/** One that comes back within this long goes on as the same alert, so that its message is updated and not sent anew. */
export const reopenWithinMs = 600_000;
