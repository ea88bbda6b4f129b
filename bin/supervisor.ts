// Runs processes, prefixes what they say, starts a dead one again with growing pauses, and stops them in order.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Ended } from "#bin/ending.ts";
import { CannotStart } from "#bin/exit.ts";
import { readable } from "#bin/log-line.ts";

/** The first pause before a restart, and the longest, ms. */
const restartMs = { first: 500, most: 30_000 };
/** A process that lived this long begins again with the first pause, ms. */
const soundAfterMs = 60_000;

export type Managed = {
  name: string;
  pid: () => number | undefined;
  /** Resolves when the process says that it is ready; rejects with its last words when it ends before, or is stopped. */
  ready: Promise<void>;
  /** Ends it and waits; after `graceMs` it is killed. */
  stop: (graceMs: number) => Promise<void>;
};

type Start = {
  name: string;
  /** The file, and its arguments. */
  command: string[];
  env: NodeJS.ProcessEnv;
  /** Whether it is started again when it ends by itself. */
  restarts: boolean;
  /** Told of every start, so that the pids are known. */
  onPid?: () => void;
};

/** Starts a process that outlives nothing: it has a channel to us, and ends when that breaks. */
export function manage({ name, command, env, restarts, onPid }: Start): Managed {
  let child: ChildProcess;
  let stopping = false;
  let wasReady = false;
  let pauseMs = restartMs.first;
  let timer: NodeJS.Timeout | null = null;
  /** What it says before it is ready; printed then, or the reason why it could not start. */
  let firstWords: string[] = [];
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  // A process may end after nobody waits for it any more.
  ready.catch(() => {});

  const print = (line: string) => process.stdout.write(`${name.padEnd(9)} │ ${readable(line)}\n`);
  const say = (line: string) => {
    if (wasReady) print(line);
    else firstWords.push(line);
  };

  const start = () => {
    const startedMs = performance.now();
    child = spawn(process.execPath, command, {
      env,
      // A group of its own: Ctrl-C reaches us alone, and we stop the others in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on("line", say);
    child.on("message", () => {
      wasReady = true;
      for (const line of firstWords) print(line);
      firstWords = [];
      resolve();
    });
    // It could not be spawned (no process or file handle left), and closes next.
    child.on("error", (error) => say(error.message));
    // Its streams are closed by then, so its last words are here.
    child.once("close", (code, signal) => {
      if (stopping) return reject(new Ended(`${name} was stopped`));
      if (!wasReady || !restarts) {
        return reject(
          new CannotStart(firstWords.join("\n") || `${name} ended with ${signal ?? `code ${code}`}.`),
        );
      }
      if (performance.now() - startedMs > soundAfterMs) pauseMs = restartMs.first;
      say(`ended with ${signal ?? `code ${code}`}; starting again in ${pauseMs / 1000} s`);
      timer = setTimeout(start, pauseMs);
      pauseMs = Math.min(restartMs.most, pauseMs * 2);
    });
    onPid?.();
  };
  start();

  return {
    name,
    pid: () => child.pid,
    ready,
    async stop(graceMs) {
      stopping = true;
      if (timer) clearTimeout(timer);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((done) => child.once("exit", () => done()));
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(late);
    },
  };
}
