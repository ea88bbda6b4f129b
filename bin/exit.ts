// How a process ends when it can't do its work: one sentence that says what to mend, and exit code 1.
import { Ended } from "#bin/ending.ts";

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
  const code = "code" in error ? String(error.code) : "";
  const databaseSays: Record<string, string> = {
    ECONNREFUSED: "The database does not answer: nothing listens at the host and port of DATABASE_URL.",
    ENOTFOUND: "The database does not answer: the host name in DATABASE_URL is unknown.",
    CONNECT_TIMEOUT: "The database does not answer: connecting to the host of DATABASE_URL timed out.",
    "28P01": "The database refuses the user or password of DATABASE_URL.",
    "28000": "The database refuses the user of DATABASE_URL.",
    "3D000": "The database that DATABASE_URL names does not exist; create it first.",
    "42501": `The user of DATABASE_URL may not do this: ${error.message}.`,
  };
  return databaseSays[code] ?? error.stack ?? error.message;
}
