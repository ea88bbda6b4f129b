// Why an act was refused, for people. Of a conflict the API tells who was first in the words of a log; here it is told
// with the person's name and the reader's clock.
import { clock, person } from "#lib/client/formats.ts";
import { ApiError, sentenceOf } from "#lib/client/http.ts";
import type { Problem } from "#lib/contract/problem.ts";

type Reader = { zone: string; nowMs: number };

const thisReader = (): Reader => ({
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  nowMs: Date.now(),
});

export const isConflict = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status === 409;

export function refusalWords(error: unknown, reader: Reader = thisReader()): string {
  const problem = isConflict(error) ? error.problem : null;
  return (problem && whoWasFirst(problem, reader)) ?? sentenceOf(error);
}

/** What the API says they did, how to say it, and the word before the time. */
const deeds = [
  ["retried these", "has run these again already", "at"],
  ["retried this one", "has run this again already", "at"],
  ["rejected these", "has closed these already, unsent", "at"],
  ["rejected this one", "has closed this already, unsent", "at"],
  ["has it already", "has it already", "since"],
  ["retried this record", "is already resending this", "since"],
  ["rejected this record", "has closed this already, unsent", "at"],
  ["reopened this record", "has reopened this already", "at"],
  ["took the retry back", "took the retry back already", "at"],
  ["let the records after this one pass", "has let the others pass already", "at"],
  ["let the others pass already", "has let the others pass already", "at"],
  ["paused this provider", "has paused it already", "at"],
  ["resumed it", "has resumed it already", "at"],
  ["asked for a probe", "has asked for a probe already", "at"],
] as const;

/** "Maria is already resending this, since 14:02."; null when the API names nobody in its sentence. */
function whoWasFirst({ by, at, detail }: Problem, { zone, nowMs }: Reader): string | null {
  if (by === undefined || !detail.includes(by)) return null;
  const [, words, before] = deeds.find(([did]) => detail.includes(`${by} ${did}`)) ?? ["", "was first", "at"];
  const who = by === "someone" ? "Someone" : person(by);
  return at === undefined ? `${who} ${words}.` : `${who} ${words}, ${before} ${clock(at, zone, nowMs)}.`;
}
