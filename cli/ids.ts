// The records that a command acts on: named one by one, or on stdin, one a line. Each is tried; each that fails is named.

import type { Given } from "#cli/command.ts";
import { Interrupted, until, whyEnded } from "#cli/ending.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { BadUsage, exitCodeOf, isForAll, sentenceOf } from "#cli/failing.ts";
import { linesOf } from "#cli/lines.ts";
import { number, plain } from "#cli/output.ts";
import type { Client, RecordAct } from "#clients/client.ts";

type Act = (redrive: Client, id: string) => Promise<RecordAct>;

/** @param told what has become of a record, in words. */
export async function onEach(given: Given, act: Act, told: (record: RecordAct) => string): Promise<ExitCode> {
  const { out, ending } = given;
  const redrive = given.client();
  let done = 0;
  let worst: ExitCode = exitCodes.done;
  for await (const id of ids(given)) {
    if (ending.aborted) return interrupted(given, done);
    try {
      if (!isId(id)) throw new BadUsage("it is no record's id; redrive failures lists those that wait.");
      const record = await act(redrive, id);
      done++;
      out.result(record, () => `${out.paint("green", "✓")} ${record.id}  ${told(record)}`);
    } catch (error) {
      if (isForAll(error) && !(error instanceof Interrupted)) throw error;
      worst = exitCodeOf(error);
      out.note(`${plain(id)}: ${sentenceOf(error)}`, "✗");
      if (error instanceof Interrupted) return interrupted(given, done);
    }
  }
  // Whether stdin had more to say is not known then.
  if (ending.aborted && given.words.includes("-")) return interrupted(given, done);
  return worst !== exitCodes.done && done > 0 ? exitCodes.partly : worst;
}

function interrupted({ out, ending }: Given, done: number): ExitCode {
  out.note(`${whyEnded(ending)} ${number(done)} done.`);
  return exitCodes.interrupted;
}

/** As the database writes them. */
export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

async function* ids({ words, stdin, ending }: Given): AsyncGenerator<string> {
  if (words.length === 0) throw new BadUsage("Name a record's id, or - to read ids from stdin, one a line.");
  for (const word of words) {
    if (word !== "-") yield word;
    else
      for await (const { text } of linesOf(until(ending, stdin)))
        if (text.trim() !== "") yield idIn(text.trim());
  }
}

/** A bare id, or a line of `redrive failures --json`. */
function idIn(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    const { id }: { id?: unknown } = JSON.parse(text);
    return typeof id === "string" ? id : text;
  } catch {
    return text;
  }
}
