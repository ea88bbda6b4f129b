// The command line: which command, with which options, and how it ends.
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { type Command, deedOf, type Given } from "#cli/command.ts";
import { isOfEnding, pauseUntil } from "#cli/ending.ts";
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
  };

const defaultUrl = "http://localhost:3000";

/** Runs a command line. @returns its exit code. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  const [name = "help", ...args] = argv;
  const { stdout, stderr } = world;
  if (name === "help" && args.length > 0) return run([...args, "--help"], world);
  if (["help", "--help", "-h"].includes(name)) {
    stdout.write(overview());
    return exitCodes.done;
  }
  if (name === "--version") {
    stdout.write(`${manifest.version}\n`);
    return exitCodes.done;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new BadUsage(`${name}: there is no such command; redrive help lists them.`);
    const { values, positionals } = parsed(name, command, args);
    if (values.help) {
      stdout.write(helpOf(name, command));
      return exitCodes.done;
    }
    const { deed, words } = deedOf(name, command, { words: positionals, values });
    const out = output(world, values.json === true);
    const url = typeof values.url === "string" ? values.url : (world.env.REDRIVE_URL ?? defaultUrl);
    const client = () => {
      const key = world.env.REDRIVE_API_KEY;
      if (!key)
        throw new BadUsage("REDRIVE_API_KEY is not set: set it to an API key, like that of the server.");
      return createClient({ url, key, pause: pauseUntil(world.ending), ...world.client });
    };
    const { stdin, stdinBytes, ending } = world;
    return await deed.run({ values, words, client, out, stdin, stdinBytes, ending });
  } catch (error) {
    if (isOfEnding(error, world.ending)) return exitCodes.interrupted;
    stderr.write(`${sentenceOf(error)}\n`);
    return exitCodeOf(error);
  }
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
