// The command line: which command, with which options, and how it ends.
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { type Command, type Deed, deedOf, type Given } from "#cli/command.ts";
import { isOfEnding, pauseUntil, Unread, Unwritable } from "#cli/ending.ts";
import { enqueue } from "#cli/enqueue.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { BadUsage, exitCodeOf, sentenceOf } from "#cli/failing.ts";
import { failures, reject, retry } from "#cli/failures.ts";
import { keys } from "#cli/keys.ts";
import { output, type Screen } from "#cli/output.ts";
import { programs } from "#cli/programs.ts";
import { providers } from "#cli/providers.ts";
import { tail } from "#cli/tail.ts";
import { createClient, type Settings } from "#clients/client.ts";
import manifest from "../package.json" with { type: "json" };

export const commands: Record<string, Command> = {
  ...programs,
  enqueue,
  tail,
  failures,
  retry,
  reject,
  providers,
  keys,
};

const help = { help: { type: "boolean", short: "h" } } as const;
/** What every command takes that asks the server. */
const common = { json: { type: "boolean" }, url: { type: "string" } } as const;

export type World = Screen &
  Pick<Given, "stdin" | "stdinBytes" | "ending"> & {
    /** How patient the client is. */
    client?: Partial<Settings>;
    /** Resolves when what was written is, or could not be. */
    written?: () => Promise<void>;
  };

const defaultUrl = "http://localhost:3000";

/** Runs a command line. @returns its exit code. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  const [name = "help", ...args] = argv;
  if (name === "help" && args.length > 0) return run([...args, "--help"], world);
  let reads = false;
  let code: ExitCode;
  try {
    const { deed, ...typed } = asked(name, args);
    reads = deed.reads ?? false;
    code = await deed.run(givenOf(typed, world));
  } catch (error) {
    code = failed(error, world);
  }
  await world.written?.();
  return endOf({ code, reads }, world);
}

type Asked = Pick<Given, "values" | "words"> & { deed: Deed };

function asked(name: string, args: readonly string[]): Asked {
  if (["help", "--help", "-h"].includes(name)) return saying(overview());
  if (name === "--version") return saying(`${manifest.version}\n`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new BadUsage(`${name}: there is no such command; redrive help lists them.`);
  const { values, positionals } = parsed(name, command, args);
  if (values.help) return saying(helpOf(name, command));
  return { ...deedOf(name, command, { words: positionals, values }), values };
}

function givenOf({ values, words }: Omit<Asked, "deed">, world: World): Given {
  const { stdin, stdinBytes, ending, env } = world;
  const url = typeof values.url === "string" ? values.url : (env.REDRIVE_URL ?? defaultUrl);
  const client = () => {
    const key = env.REDRIVE_API_KEY;
    if (!key)
      throw new BadUsage("REDRIVE_API_KEY is not set: set it to an API key, like that of the server.");
    return createClient({ url, key, pause: pauseUntil(ending), ...world.client });
  };
  return { values, words, client, out: output(world, values.json === true), stdin, stdinBytes, ending };
}

function failed(error: unknown, { ending, stderr }: World): ExitCode {
  if (isOfEnding(error, ending)) return exitCodes.interrupted;
  stderr.write(`${sentenceOf(error)}\n`);
  return exitCodeOf(error);
}

/** What has become of its results counts as well: done and unread is not done, but for what only reads. */
function endOf({ code, reads }: { code: ExitCode; reads: boolean }, { ending, stderr }: World): ExitCode {
  const { reason } = ending;
  if (reason instanceof Unwritable) {
    stderr.write(`${reason.message}\n`);
    return exitCodes.refused;
  }
  const isWhole = code === exitCodes.done || code === exitCodes.interrupted;
  if (!(reason instanceof Unread) || !isWhole) return code;
  return reads ? exitCodes.done : exitCodes.unread;
}

function parsed(name: string, { options, isLocal }: Command, args: readonly string[]) {
  try {
    const known: ParseArgsOptionsConfig = { ...help, ...(isLocal ? {} : common), ...options };
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (error) {
    // Node names the option; the rest of what it says is for programmers.
    const said = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error);
    throw new BadUsage(`${said}; redrive ${name} --help lists the options.`);
  }
}

/** Help is to be read, and needs nothing. */
const saying = (text: string): Asked => ({
  deed: {
    reads: true,
    async run({ out }) {
      out.print(text);
      return exitCodes.done;
    },
  },
  values: {},
  words: [],
});

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2;
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `redrive COMMAND [options]

${lines.join("\n")}

  redrive COMMAND --help says more of one
  --json    results as JSON lines, for pipes
  --url     where Redrive is; else REDRIVE_URL, else ${defaultUrl}
  REDRIVE_API_KEY is the key; it is never taken from the command line, where others on the machine could read it

`;
}

function helpOf(name: string, { summary, usage, help }: Command): string {
  const head = `redrive ${name}${usage ? ` ${usage}` : ""}\n\n${summary[0]?.toUpperCase()}${summary.slice(1)}.\n`;
  return help ? `${head}\n${help}\n` : head;
}
