// When a cron expression is due in a provider's zone: minute hour day month weekday. The only door to croner.
// When the clock changes, named times ("30 1 * * *", "0,30 1-2 * * *") run once: at the end of the gap if skipped, the
// first time if repeated. A job with * or a step in its minute or hour ("*/15 * * * *") keeps its beat in real time: it
// has no run in the gap, and runs in both of the repeated hours.
import { Cron } from "croner";

const example = 'like "0 6 * * 1-5" for 06:00 from Monday to Friday';

/** What is wrong with an expression, as half a sentence for people that names the mend; null: nothing. */
export function cronProblem(expression: string, timeZone: string): string | null {
  const fields = expression.trim().split(/\s+/).length;
  if (fields > 5)
    return `must have five fields, it has ${fields}: leave out seconds and years, a job runs once a minute at most, ${example}`;
  if (fields < 5) return `must have five fields, minute hour day month weekday, ${example}`;
  const read = parse(expression, timeZone);
  if ("problem" in read) return `${read.problem}: write minute hour day month weekday, ${example}`;
  // The calendar repeats itself: what does not come after 1970 never comes.
  return read.job.nextRun(new Date(0)) === null
    ? `names a day that never comes: choose one that its months have, ${example}`
    : null;
}

/** The first time it is due after `afterMs`, ms; null: never. */
export const nextRunMs = (expression: string, timeZone: string, afterMs: number): number | null =>
  jobOf(expression, timeZone).nextRun(new Date(afterMs))?.getTime() ?? null;

/** The last time it was due at or before `nowMs`, unless that is more than `withinMs` ago; null: there is none. */
export function latestRunMs(
  expression: string,
  timeZone: string,
  nowMs: number,
  withinMs: number,
): number | null {
  // croner looks strictly before the time it is given.
  const [latest] = jobOf(expression, timeZone).previousRuns(1, new Date(nowMs + 1));
  return latest !== undefined && nowMs - latest.getTime() <= withinMs ? latest.getTime() : null;
}

function parse(expression: string, timeZone: string): { job: Cron } | { problem: string } {
  try {
    return { job: jobOf(expression, timeZone) };
  } catch (error) {
    return { problem: `cannot be read (${inWords(error)})` };
  }
}

/** Without a function a job never starts a timer. Reading one takes 30 µs, so none is kept. */
const jobOf = (expression: string, timeZone: string): Cron =>
  new Cron(expression.trim(), { timezone: timeZone, mode: "5-part", fixedTimeRule: "no-wildcard" });

const inWords = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
