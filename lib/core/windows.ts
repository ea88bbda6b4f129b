// Whether we are inside a window of the week, and when that changes. A window belongs to the day on which it begins;
// on each such date it is the half-open interval from the first time its clock shows `from` to the last time it shows
// `to`, so a repeated hour is inside both times. A time that the clock skips is the end of what it skips.
import type { Day } from "#lib/core/calendar.ts";
import { dayAfter, instantMs, localDay, weekday } from "#lib/core/zoned.ts";

/** "HH:MM" each; `to` may be 24:00, and a `to` that is not after `from` is on the next day. */
export type Window = { days: readonly Day[]; from: string; to: string };

export type Opening = {
  inside: boolean;
  /** When `inside` changes, ms; null: not within the next 8 days. */
  untilMs: number | null;
};

type Interval = { fromMs: number; toMs: number };

/** A week and a day, so that a window of one day a week is always in sight. */
const horizonDays = 8;
const dayMs = 86_400_000;

/** What is wrong with a window, as half a sentence for people that names the mend; null: nothing. */
export function windowProblem({ days, from, to }: Window): string | null {
  for (const [name, time] of Object.entries({ from, to }))
    if (!isTime(time)) return `${name} must be HH:MM, 00:00 to 24:00, like 22:00`;
  if (from === "24:00") return "from must be before 24:00: write 00:00 and name the next day";
  if (from === to) return `ends when it starts: at ${from}, for the whole day write 00:00 to 24:00`;
  if (days.length === 0) return "days must name one day at least, like mon";
  const twice = days.find((day, index) => days.indexOf(day) < index);
  return twice === undefined ? null : `days names ${twice} twice: leave one out`;
}

const isTime = (text: string): boolean => /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);

/** Whether `nowMs` is inside any of the windows; those that touch or overlap are one. */
export function openingAt(windows: readonly Window[], timeZone: string, nowMs: number): Opening {
  const intervals = intervalsAround(windows, timeZone, nowMs);
  const reachMs = intervals.reduce(
    (reach, { fromMs, toMs }) => (fromMs <= reach ? Math.max(reach, toMs) : reach),
    nowMs,
  );
  const inside = reachMs > nowMs;
  const changeMs = inside ? reachMs : intervals.find(({ fromMs }) => fromMs > nowMs)?.fromMs;
  const inSight = changeMs !== undefined && changeMs <= nowMs + horizonDays * dayMs;
  return { inside, untilMs: inSight ? changeMs : null };
}

/** By their beginnings, from yesterday's, of which one may still be open, to beyond the horizon. */
function intervalsAround(windows: readonly Window[], timeZone: string, nowMs: number): Interval[] {
  const today = localDay(nowMs, timeZone);
  const dates = Array.from({ length: horizonDays + 3 }, (_, index) => dayAfter(today, index - 1));
  return dates
    .flatMap((date) => intervalsOf(windows, timeZone, date))
    .sort((one, other) => one.fromMs - other.fromMs);
}

const intervalsOf = (windows: readonly Window[], timeZone: string, date: string): Interval[] =>
  windows
    .filter(({ days }) => days.includes(weekday(date)))
    .map((window) => intervalOf(window, timeZone, date))
    // A window that the clock skips from end to end is none.
    .filter(({ fromMs, toMs }) => fromMs < toMs);

function intervalOf({ from, to }: Window, timeZone: string, date: string): Interval {
  const lastDate = to > from ? date : dayAfter(date, 1);
  return {
    fromMs: instantMs(date, from, timeZone, "earlier"),
    toMs: instantMs(lastDate, to, timeZone, "later"),
  };
}
