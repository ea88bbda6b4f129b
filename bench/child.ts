// A process of a benchmark: what is measured and what measures never share an event loop.
import { type ChildProcess, fork } from "node:child_process";

export type Child = {
  /** Sends a message, and gives the next one that comes back. */
  ask: <Answer>(message: unknown) => Promise<Answer>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** Starts `file`, a module beside the caller's; `settings` is its first message, and its first answer says it is ready. */
export async function aChild<Ready>(file: URL, settings: unknown): Promise<{ child: Child; ready: Ready }> {
  const child: ChildProcess = fork(file.pathname, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = new Promise<never>((_, failed) => {
    child.once("exit", (code, signal) => failed(new Error(`${file.pathname} ended with ${code ?? signal}`)));
  });
  // Nobody may be waiting when it ends as it should.
  ended.catch(() => {});
  const ask = <Answer>(message: unknown): Promise<Answer> => {
    const answer = new Promise<Answer>((done) => child.once("message", (value) => done(value as Answer)));
    child.send(message as object);
    return Promise.race([answer, ended]);
  };
  const ready = await ask<Ready>(settings);
  return {
    ready,
    child: {
      ask,
      [Symbol.asyncDispose]: async () => {
        const gone = new Promise<void>((done) => child.once("exit", () => done()));
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGKILL");
        await gone;
      },
    },
  };
}

/** In a child: answers each message with what `handle` makes of it; the parent's end is ours. */
export function answerParent(handle: (message: never) => Promise<unknown>): void {
  process.on("message", async (message) => {
    process.send?.(await handle(message as never));
  });
  process.once("disconnect", () => process.exit(0));
}

/** Microseconds of CPU that this process has used: what a busy machine changes least. */
export function ownCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
