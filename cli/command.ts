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
  /** Aborted on Ctrl-C, and when nobody reads stdout any more. */
  ending: AbortSignal;
  stdin: AsyncIterable<Uint8Array>;
  /** How much stdin will give, where it is a file. */
  stdinBytes: number | null;
};

/** What is done, and what may be typed for it. */
export type Deed = {
  /** How many words it takes at most, beside its options; none unless said. */
  words?: number;
  /** It changes nothing: whoever reads no further has had all that they wanted of it. */
  reads?: true;
  run: (given: Given) => Promise<ExitCode>;
};

/** What a command does of several things, like `providers pause`; `list` where nothing is said. */
export type Acts = Record<string, Deed & { options?: readonly string[] }>;

export type Command = {
  /** In a line. */
  summary: string;
  /** What follows its name. */
  usage: string;
  /** What else its help says. */
  help?: string;
  options?: ParseArgsOptionsConfig;
  /** It runs here and speaks to no server: the options for that are not among its own. */
  isLocal?: true;
} & (Deed | { acts: Acts });

type Typed = Pick<Given, "words" | "values">;

/** What a command line asks for, and the words that are left for it. */
export function deedOf(
  name: string,
  command: Command,
  { words, values }: Typed,
): { deed: Deed; words: readonly string[] } {
  if (!("acts" in command)) {
    refuseMore(name, words, command.words);
    return { deed: command, words };
  }
  const [what = "list", ...others] = words;
  const { acts } = command;
  const act = Object.hasOwn(acts, what) ? acts[what] : undefined;
  if (!act) throw new BadUsage(`${name} ${what}: is not known; there are ${Object.keys(acts).join(", ")}.`);
  refuseMore(`${name} ${what}`, others, act.words);
  refuseOthers(`${name} ${what}`, command, { values, options: act.options ?? [] });
  return { deed: act, words: others };
}

/** What is not looked at must not be typed: whoever did meant something by it. */
function refuseMore(command: string, words: readonly string[], most = 0): void {
  const more = words[most];
  if (more !== undefined)
    throw new BadUsage(`${command}: ${more} is a word too many; quotes keep words together.`);
}

/** The same of an option that is another act's. */
function refuseOthers(
  act: string,
  command: Command,
  { values, options }: { values: Values; options: readonly string[] },
): void {
  const other = Object.keys(command.options ?? {}).find(
    (name) => values[name] !== undefined && !options.includes(name),
  );
  if (other === undefined) return;
  const taken = [...options, "json", "url"].map((name) => `--${name}`).join(", ");
  throw new BadUsage(`${act}: does not take --${other}; it takes ${taken}.`);
}

/** The text of an option; undefined where it was not given. */
export const textOf = ({ values }: Given, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};

/** Each text of an option that may be given more than once. */
export const textsOf = ({ values }: Given, name: string): string[] =>
  [values[name] ?? []].flat().filter((value) => typeof value === "string");
