// How a process ends when it can't do its work: one sentence that says what to mend, and exit code 1.
import { Ended } from "#bin/ending.ts";
import { sentenceOf } from "#lib/core/checks.ts";
import { databaseFault } from "#lib/core/database-fault.ts";

/** Something the person who started us can mend; its message is the sentence they read. */
export class CannotStart extends Error {
  override name = "CannotStart";
}

/** Runs `work`; on failure prints one sentence and exits with code 1. Being asked to end is no failure. */
export async function orExit(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Ended) process.exit(0);
    process.stderr.write(`${sentence(error)}\n`);
    process.exit(1);
  }
}

/** What does not stop us, and still wants a person. */
export const warn = (text: string): void => {
  process.stderr.write(`Warning: ${text}.\n`);
};

/** Told in their own words. By name: to import their classes is to load drizzle and the job runner, half a second. */
const foreseen = ["CannotStart", "WrongDatabase", "BadEnvironment"];

/** One sentence for people; the stack only for what nobody foresaw. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (foreseen.includes(error.name)) return error.message;
  const fault = databaseFault(error);
  return fault === null ? (error.stack ?? error.message) : sentenceOf(fault);
}
