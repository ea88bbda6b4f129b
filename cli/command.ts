// What a command is, and what it is given.
import type { ParseArgsOptionsConfig } from "node:util";
import type { ExitCode } from "#cli/exit-codes.ts";
import { BadUsage } from "#cli/failing.ts";
import type { Output } from "#cli/output.ts";
import type { Client } from "#clients/client.ts";

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

export type Given = {
  values: Values;
  words: readonly string[];
  /** Made when it is first asked for: what needs no server must not want a key. */
  client: () => Client;
  out: Output;
  /** Aborted on Ctrl-C. */
  ending: AbortSignal;
  stdin: AsyncIterable<Uint8Array>;
  /** How much stdin will give, where it is a file. */
  stdinBytes: number | null;
};

export type Command = {
  /** In a line. */
  summary: string;
  /** What follows its name. */
  usage: string;
  /** What else its help says. */
  help?: string;
  options?: ParseArgsOptionsConfig;
  /** How many words it takes at most, beside its options; none unless said. */
  words?: number;
  /** It runs here and speaks to no server: the options for that are not among its own. */
  isLocal?: true;
  run: (given: Given) => Promise<ExitCode>;
};

/** What a command does of several things, like `providers pause`; `list` where nothing is said. */
export type Acts = Record<string, Required<Pick<Command, "words" | "run">>>;

export function runAct(command: string, acts: Acts, given: Given): Promise<ExitCode> {
  const [what = "list", ...words] = given.words;
  const act = Object.hasOwn(acts, what) ? acts[what] : undefined;
  if (!act)
    throw new BadUsage(`${command} ${what}: is not known; there are ${Object.keys(acts).join(", ")}.`);
  refuseMore(`${command} ${what}`, words, act.words);
  return act.run({ ...given, words });
}

/** What is not looked at must not be typed: whoever did meant something by it. */
export function refuseMore(command: string, words: readonly string[], most: number): void {
  const more = words[most];
  if (more !== undefined)
    throw new BadUsage(`${command}: ${more} is a word too many; quotes keep words together.`);
}

/** The text of an option; undefined where it was not given. */
export const textOf = ({ values }: Given, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};

/** Each text of an option that may be given more than once. */
export const textsOf = ({ values }: Given, name: string): string[] =>
  [values[name] ?? []].flat().filter((value) => typeof value === "string");
