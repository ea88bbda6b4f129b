// The drains of this process: at most one per provider. A `drain` job, or the sweep, hands a provider over; the lease
// decides whether it is ours. One that rests is taken up again when its rest is over.
import { releaseUnusable } from "#db/writes/release-lease.ts";
import { type Lease, takeLease } from "#db/writes/take-lease.ts";
import type { DrainVitals } from "#lib/core/vitality.ts";
import type { Deps } from "#worker/deps.ts";
import { Drain } from "#worker/drain/drain.ts";

/** How long a provider is left alone whose policy can't be used. */
const unusableRestMs = 30_000;
/** A rest longer than this is left to the sweep: timers end after 24 days, and clocks drift. */
const timedRestMs = 600_000;

export type Drains = {
  /**
   * Delivers for a provider unless someone else does; wakes our own drain if there is one.
   *
   * @param inserted a record was inserted, which is reason enough for a next run.
   */
  start: (provider: string, why?: { inserted: boolean }) => Promise<void>;
  /** Providers that are ours now. */
  active: () => string[];
  /** Whether each of them comes forward. */
  vitals: () => DrainVitals[];
  /** Settles and lets everything go; gives up what is still out after `graceMs`. */
  stop: (graceMs: number) => Promise<void>;
};

export function createDrains(deps: Deps): Drains {
  const running = new Map<string, Drain>();
  const ends = new Set<Promise<void>>();
  const starting = new Set<string>();
  const rests = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  const run = async (provider: string, drain: Drain) => {
    let againInMs: number | null = null;
    try {
      againInMs = await drain.run();
    } catch (error) {
      // The lease runs out by itself, and the next owner takes up what the journal says.
      deps.log.error({ err: error, provider }, "a drain broke");
    } finally {
      running.delete(provider);
    }
    if (againInMs !== null && againInMs <= timedRestMs && !stopped) rest(provider, againInMs);
  };

  const rest = (provider: string, ms: number) => {
    clearTimeout(rests.get(provider));
    const again = () => {
      rests.delete(provider);
      start(provider).catch((error) => deps.log.warn({ err: error, provider }, "not started"));
    };
    rests.set(provider, setTimeout(again, ms).unref());
  };

  /** A provider whose policy this worker can't use is let go for a while; people read why. */
  const open = async (lease: Lease, inserted: boolean): Promise<Drain | null> => {
    try {
      return new Drain(deps, lease, { inserted });
    } catch (error) {
      deps.log.error({ err: error, provider: lease.provider }, "a provider can't be delivered to");
      const why = error instanceof Error ? error.message : "its policy can't be used";
      const { version, takenAtMs } = lease;
      await releaseUnusable(deps.sql, lease, { version, restsUntilMs: takenAtMs + unusableRestMs, why });
      return null;
    }
  };

  const start: Drains["start"] = async (provider, { inserted } = { inserted: false }) => {
    const own = running.get(provider);
    if (own) return own.wake();
    if (stopped || starting.has(provider)) return;
    starting.add(provider);
    try {
      const lease = await takeLease(deps.sql, provider, deps.workerId);
      if (!lease) return;
      const drain = await open(lease, inserted);
      if (!drain) return;
      if (stopped) drain.stop();
      running.set(provider, drain);
      const end = run(provider, drain);
      ends.add(end);
      end.finally(() => ends.delete(end));
    } finally {
      starting.delete(provider);
    }
  };

  return {
    start,
    active: () => [...running.keys()],
    vitals: () => [...running.values()].map((drain) => drain.vitals()),
    async stop(graceMs) {
      stopped = true;
      for (const timer of rests.values()) clearTimeout(timer);
      for (const drain of running.values()) drain.stop();
      const late = setTimeout(() => {
        for (const drain of running.values()) drain.abort();
      }, graceMs);
      await Promise.all(ends);
      clearTimeout(late);
    },
  };
}
