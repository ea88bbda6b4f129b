// Watches its own process and ends it when it is of no more use, so that a supervisor starts a fresh one. What that means
// is decided in lib/core/vitality.ts; here are the clock, the connection that asks, and the end.
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import {
  type DrainVitals,
  judge,
  type Limits,
  loopSilentMs,
  type Observations,
  sawDatabase,
  limits as usualLimits,
  type Verdict,
} from "#lib/core/vitality.ts";
import type { Log } from "#lib/node/log.ts";
import type { GuardGiven } from "#worker/upkeep/event-loop-guard.ts";

/** The exit code of a worker that ended itself; EX_SOFTWARE of sysexits.h. */
export const diedCode = 70;
export type WatchdogLimits = Limits & {
  loopSilentMs: number;
  everyMs: number;
  /** What is on its way gets this long to be settled. */
  settleMs: number;
};

// Whoever dies is sick, and has providers that others wait for: two seconds must do.
const usual: WatchdogLimits = { ...usualLimits, loopSilentMs, everyMs: 1_000, settleMs: 2_000 };

export type WatchdogGiven = {
  log: Log;
  monotonicMs: () => number;
  /** Whether the database answers a connection of its own, made for this question. */
  reaches: () => Promise<boolean>;
  drainVitals: () => DrainVitals[];
  /** Settles what it can in the time it is given. */
  settle: (graceMs: number) => Promise<void>;
  /** Ends the process. */
  exit?: (code: number) => void;
  /** Shorter ones are for tests. */
  limits?: WatchdogLimits;
};

export type Watchdog = {
  /** To be told of every heartbeat that was written. */
  heartbeatWritten: () => void;
  /** What it saw last, for whoever asks from outside. */
  look: () => Vitality;
  stop: () => void;
};

export type Vitality = {
  verdict: Verdict;
  heartbeatAgeMs: number;
  database: { reachable: boolean; answeredAgoMs: number };
  drains: DrainVitals[];
};

export function startWatchdog({
  log,
  monotonicMs,
  reaches,
  drainVitals,
  settle,
  exit = process.exit,
  limits = usual,
}: WatchdogGiven): Watchdog {
  const startedMs = monotonicMs();
  let seen: Observations = {
    awakeSinceMs: startedMs,
    heartbeatAtMs: startedMs,
    database: { reachable: true, sinceMs: startedMs, answeredAtMs: startedMs },
    drains: [],
  };
  let turnAtMs = startedMs;
  let asking = false;
  let dying = false;
  const guard = guardLoop(limits, log);

  /** A connection costs the server a process, so it is asked only once a heartbeat is overdue. */
  const ask = async () => {
    asking = true;
    const reachable = await reaches().catch(() => false);
    seen = { ...seen, database: sawDatabase(seen.database, reachable, monotonicMs()) };
    asking = false;
  };

  const die = async (why: string) => {
    dying = true;
    log.fatal({ why }, "the worker dies");
    await Promise.race([settle(limits.settleMs).catch(() => {}), delay(limits.settleMs)]);
    exit(diedCode);
  };

  const turn = () => {
    guard.beat();
    const nowMs = monotonicMs();
    const lateMs = nowMs - turnAtMs - limits.everyMs;
    turnAtMs = nowMs;
    // The guard ends a loop that stalls. One that comes back this late was put to sleep with the whole process.
    const slept = lateMs >= limits.loopSilentMs / 2;
    seen = { ...seen, drains: drainVitals(), awakeSinceMs: slept ? nowMs : seen.awakeSinceMs };
    if (dying) return;
    if (!asking && nowMs - seen.heartbeatAtMs >= limits.heartbeatMs / 3) ask();
    const verdict = judge(seen, nowMs, limits);
    if (verdict.verdict === "die") die(verdict.why);
  };
  const timer = setInterval(turn, limits.everyMs);

  return {
    heartbeatWritten() {
      const nowMs = monotonicMs();
      seen = { ...seen, heartbeatAtMs: nowMs, database: sawDatabase(seen.database, true, nowMs) };
    },
    look() {
      const nowMs = monotonicMs();
      return {
        verdict: judge(seen, nowMs, limits),
        heartbeatAgeMs: nowMs - seen.heartbeatAtMs,
        database: {
          reachable: seen.database.reachable,
          answeredAgoMs: nowMs - seen.database.answeredAtMs,
        },
        drains: [...seen.drains],
      };
    },
    stop() {
      clearInterval(timer);
      guard.stop();
    },
  };
}

function guardLoop({ loopSilentMs: silentMs, everyMs }: { loopSilentMs: number; everyMs: number }, log: Log) {
  const beats = new SharedArrayBuffer(4);
  const given: GuardGiven = { beats, everyMs, silentMs, name: "worker" };
  const guard = new Worker(new URL("./event-loop-guard.ts", import.meta.url), { workerData: given });
  guard.unref();
  guard.on("error", (error) => log.error({ err: error }, "nobody guards the event loop any more"));
  const beat = new Int32Array(beats);
  return {
    beat: () => {
      Atomics.add(beat, 0, 1);
    },
    stop: () => {
      guard.terminate().catch(() => {});
    },
  };
}
