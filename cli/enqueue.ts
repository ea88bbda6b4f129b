// `redrive enqueue`: JSON lines from stdin into the outbox. A broken line is named and passed over; what is stored is counted.

import { type Command, type Given, textOf } from "#cli/command.ts";
import { Interrupted, until, whyEnded } from "#cli/ending.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { BadUsage, exitCodeOf, isForAll, sentenceOf } from "#cli/failing.ts";
import { type Line, linesOf } from "#cli/lines.ts";
import { number } from "#cli/output.ts";
import { progress } from "#cli/progress.ts";
import { isIdempotencyKey } from "#clients/call.ts";
import { RedriveError } from "#clients/client.ts";

export const enqueue: Command = {
  summary: "store records: one JSON line of stdin each",
  usage: "[--provider SLUG] [--run NAME] [--at-once N] < FILE",
  help: `Each line is a record, like {"provider": "ats", "payload": {"candidate": 7}}; with --provider, a payload alone.
A line that is broken or refused is named, and the others are stored; the exit code is 5 then.

  --provider SLUG  who all of them are for
  --run NAME       the same file again under the same name, within 24 hours, stores nothing twice
  --at-once N      how many are on their way at once, 1 to 64; 16`,
  options: {
    provider: { type: "string" },
    run: { type: "string" },
    "at-once": { type: "string" },
  },
  run: enqueueLines,
};

type Far = {
  stored: number;
  refused: number;
  bytes: number;
  /** The last line that was read. */
  reached: number;
  /** The lines up to there that are neither stored nor refused: on their way, or left when it ended before its time. */
  open: Set<number>;
  /** What all further lines would meet as well; null as long as nothing is. */
  error: unknown;
};

async function enqueueLines(given: Given): Promise<ExitCode> {
  const { out, ending, client, stdin, stdinBytes } = given;
  const workers = atOnce(given);
  const redrive = client();
  const bodyOf = bodyFor(textOf(given, "provider"));
  const run = runOf(given);
  const lines = linesOf(until(ending, stdin));
  const far: Far = { stored: 0, refused: 0, bytes: 0, reached: 0, open: new Set(), error: null };
  const bar = progress(out, stdinBytes);

  const refuse = (line: number, error: unknown, words: string) => {
    far.refused++;
    const code = error instanceof RedriveError ? error.code : "invalid_line";
    if (out.json) out.result({ line, code, error: words }, () => words);
    else out.note(`Line ${number(line)}: ${words}`, "✗");
  };

  /** @throws what all further lines would meet as well. */
  const store = async ({ number: line, text, broken }: Line): Promise<void> => {
    if (broken !== null) return refuse(line, null, `it ${broken}; it was passed over.`);
    if (text.trim() === "") return;
    const body = bodyOf(text);
    if (body instanceof Error) return refuse(line, null, `${body.message}; it was passed over.`);
    try {
      const { id } = await redrive.send<{ id: string }>("POST", "/records", {
        text: body,
        ...(run === undefined ? {} : { idempotencyKey: `${run}:${line}` }),
      });
      far.stored++;
      if (out.json) out.result({ line, id }, () => id);
    } catch (error) {
      if (isForAll(error)) throw error;
      refuse(line, error, sentenceOf(error));
    }
  };

  const isOver = () => far.error !== null || ending.aborted;
  const work = async () => {
    while (!isOver()) {
      const { value, done } = await lines.next();
      if (done) return;
      far.reached = value.number;
      far.open.add(value.number);
      // What a pipe had given of a line when the command was ended is no line.
      if (isOver()) return;
      await store(value);
      far.open.delete(value.number);
      far.bytes += value.bytes;
      bar.show(far);
    }
  };
  const stop = (error: unknown) => {
    far.error ??= error;
  };
  await Promise.all(Array.from({ length: workers }, () => work().catch(stop)));
  bar.end();
  return end(far, given);
}

function end(far: Far, { out, ending }: Given): ExitCode {
  const { stored, refused, error } = far;
  const told = `${number(stored)} stored${refused > 0 ? `, ${number(refused)} not` : ""}.`;
  if (error !== null && !(error instanceof Interrupted)) {
    out.note(`Stopped at line ${number(openFrom(far))}: ${sentenceOf(error)}\n${place(far)}\n${told}`);
    return exitCodeOf(error);
  }
  if (ending.aborted) {
    out.note(`${whyEnded(ending)} ${told} ${place(far)}`);
    return exitCodes.interrupted;
  }
  out.note(told);
  return refused > 0 ? exitCodes.partly : exitCodes.done;
}

/** Several lines are on their way at once: the one that failed first need not be the first of them in the file. */
const openFrom = ({ open, reached }: Far): number => (open.size > 0 ? Math.min(...open) : reached + 1);

/** Where to go on. */
function place(far: Far): string {
  const line = number(openFrom(far));
  return `All lines before ${line} are done; from ${line} on some may be missing.`;
}

function atOnce(given: Given): number {
  const text = textOf(given, "at-once") ?? "16";
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new BadUsage(`--at-once: must be a whole number from 1 to 64, not ${text}.`);
}

/** The first part of each line's `Idempotency-Key`. */
function runOf(given: Given): string | undefined {
  const name = textOf(given, "run");
  if (name === undefined || (name.trim() !== "" && isIdempotencyKey(`${name}:${Number.MAX_SAFE_INTEGER}`)))
    return name;
  throw new BadUsage(
    "--run: must be a name of 1 to 238 characters, none of them beyond Latin-1, like import-2026-11-21.",
  );
}

/** The line goes as it is, so that its numbers keep every digit. */
function bodyFor(provider: string | undefined): (text: string) => string | Error {
  return (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return new Error(`it is not JSON (${error instanceof Error ? error.message : error})`);
    }
    if (provider !== undefined) return `{"provider":${JSON.stringify(provider)},"payload":${text}}`;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return new Error(
        'it is no record like {"provider": …, "payload": …}; with --provider, payloads alone are taken',
      );
    return text;
  };
}
