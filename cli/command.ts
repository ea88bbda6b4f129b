// What a command is, and what it is given.
import type { ParseArgsOptionsConfig } from "node:util";
import type { ExitCode } from "#cli/exit-codes.ts";
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
  run: (given: Given) => Promise<ExitCode>;
};

/** The text of an option; undefined where it was not given. */
export const textOf = ({ values }: Given, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};

/** Each text of an option that may be given more than once. */
export const textsOf = ({ values }: Given, name: string): string[] =>
  [values[name] ?? []].flat().filter((value) => typeof value === "string");
