// What a worker does by the clock beside delivering: says that it lives, sweeps for providers that nobody serves, samples
// the backlog. Each clock runs one turn at a time; a turn that fails is logged and the next one comes.
import type { Log } from "#lib/node/log.ts";

export type Clock = { stop: () => Promise<void> };

/** Runs `turn` every `everyMs`, the first time now; never two turns at once. */
export function startClock(name: string, everyMs: number, turn: () => Promise<void>, log: Log): Clock {
  let running: Promise<void> | null = null;
  const run = () => {
    running ??= turn()
      .catch((error) => log.warn({ err: error }, `${name} failed`))
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(run, everyMs);
  run();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
