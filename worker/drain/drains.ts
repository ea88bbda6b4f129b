// The drains of this process: at most one per provider. A `drain` job, or the sweep, hands a provider over; the lease
// decides whether it is ours.
import { releaseLease } from "#db/writes/release-lease.ts";
import { type Lease, takeLease } from "#db/writes/take-lease.ts";
import type { Deps } from "#worker/deps.ts";
import { Drain } from "#worker/drain/drain.ts";

/** How long a provider is left alone whose policy can't be used. */
const unusableRestMs = 30_000;

export type Drains = {
  /** Delivers for a provider unless someone else does; wakes our own drain if there is one. */
  start: (provider: string) => Promise<void>;
  /** Providers that are ours now. */
  active: () => string[];
  /** Settles and lets everything go; gives up what is still out after `graceMs`. */
  stop: (graceMs: number) => Promise<void>;
};

export function createDrains(deps: Deps): Drains {
  const running = new Map<string, Drain>();
  const ends = new Set<Promise<void>>();
  const starting = new Set<string>();
  let stopped = false;

  const run = async (provider: string, drain: Drain) => {
    try {
      await drain.run();
    } catch (error) {
      // The lease runs out by itself, and the next owner takes up what the journal says.
      deps.log.error({ err: error, provider }, "a drain broke");
    } finally {
      running.delete(provider);
    }
  };

  /** A provider whose secrets can't be opened is let go for a while, its journal as it was found. */
  const open = async (lease: Lease): Promise<Drain | null> => {
    try {
      return new Drain(deps, lease);
    } catch (error) {
      deps.log.error({ err: error, provider: lease.provider }, "a provider can't be delivered to");
      await releaseLease(deps.sql, lease, lease.takenAtMs + unusableRestMs, "as_found");
      return null;
    }
  };

  return {
    async start(provider) {
      const own = running.get(provider);
      if (own) return own.wake();
      if (stopped || starting.has(provider)) return;
      starting.add(provider);
      try {
        const lease = await takeLease(deps.sql, provider, deps.workerId);
        if (!lease) return;
        const drain = await open(lease);
        if (!drain) return;
        if (stopped) drain.stop();
        running.set(provider, drain);
        const end = run(provider, drain);
        ends.add(end);
        end.finally(() => ends.delete(end));
      } finally {
        starting.delete(provider);
      }
    },
    active: () => [...running.keys()],
    async stop(graceMs) {
      stopped = true;
      for (const drain of running.values()) drain.stop();
      const late = setTimeout(() => {
        for (const drain of running.values()) drain.abort();
      }, graceMs);
      await Promise.all(ends);
      clearTimeout(late);
    },
  };
}
