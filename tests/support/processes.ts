// Real processes, as an operator runs them; each ends with the test that started it.
import { type ChildProcess, spawn } from "node:child_process";

export type Process = {
  pid: number;
  child: ChildProcess;
  /** Everything it has printed so far. */
  output: () => string;
  /** Resolves with what was printed when the text appears. */
  says: (text: string | RegExp) => Promise<string>;
  /** Resolves with its exit code, or its signal's name. */
  ended: Promise<number | string>;
  kill: (signal: NodeJS.Signals) => Promise<number | string>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

const root = new URL("../..", import.meta.url).pathname;

/** What a process needs of this one's environment; the last makes it start in half the time. */
const { PATH = "", HOME = "/", NODE_COMPILE_CACHE = "" } = process.env;

/** Runs one of bin/'s programs with exactly this environment, and what each process needs. */
export function run(
  file: string,
  env: Record<string, string>,
  options: { args?: string[]; cwd?: string } = {},
): Process {
  const child = spawn(process.execPath, [`${options.cwd ?? root}/bin/${file}`, ...(options.args ?? [])], {
    cwd: options.cwd ?? root,
    env: { PATH, HOME, NODE_ENV: "production", ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | string>((done) =>
    child.once("exit", (code, signal) => done(code ?? signal ?? "")),
  );
  const matches = (text: string | RegExp) =>
    typeof text === "string" ? printed.includes(text) : text.test(printed);
  return {
    pid: child.pid ?? 0,
    child,
    output: () => printed,
    ended,
    says: (text) =>
      new Promise((found, failed) => {
        const look = () => {
          if (!matches(text)) return;
          listeners.delete(look);
          found(printed);
        };
        listeners.add(look);
        look();
        ended.then((code) =>
          failed(new Error(`${file} ended with ${code} before it said ${text}:\n${printed}`)),
        );
      }),
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}
