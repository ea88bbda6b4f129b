// How late the event loop is, as it was over the last ten seconds: what a process can honestly say of its own health.
import { monitorEventLoopDelay } from "node:perf_hooks";

/** Beyond this the process is too busy to serve anyone: one turn in a hundred comes this late, ms. */
export const lagLimitMs = 1_000;

const everyMs = 10_000;

export type EventLoop = {
  /** The 99th percentile of the last interval, ms; of the present one until the first is over. */
  lagMs: () => number;
  stop: () => void;
};

/** How often the loop is looked at, ms: a timer that fires on time is that late by nature. */
const resolution = 20;

export function watchEventLoop(): EventLoop {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let last: number | null = null;
  const timer = setInterval(() => {
    last = lagOf(delay);
    delay.reset();
  }, everyMs);
  timer.unref();
  return {
    lagMs: () => last ?? lagOf(delay),
    stop() {
      clearInterval(timer);
      delay.disable();
    },
  };
}

/** 0 before anything was measured, where the histogram says NaN or nothing. */
const lagOf = (delay: ReturnType<typeof monitorEventLoopDelay>): number =>
  delay.count === 0 ? 0 : Math.max(0, Math.round(delay.percentile(99) / 1e6) - resolution);
