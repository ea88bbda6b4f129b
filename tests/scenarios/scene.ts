// A database, simulated providers and running workers, as a scenario's tests share them. Providers are made and changed as
// the API does it, secrets sealed, so that each policy here is one that a person could have written.
import type { Actor } from "#db/writes/refused.ts";
import type { PatchProvider } from "#lib/contract/policy.ts";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import type { ProviderHandle } from "#simulator/server.ts";
import {
  aSimulatedEngine,
  createdProvider,
  type EngineOptions,
  enqueue,
  eventually,
  holdOf as holdOfProvider,
  type Policy,
  patchPolicy,
  type SimulatedEngine,
  statusOf,
  untilStatus,
} from "#tests/support/engine.ts";

/** A person who may do everything. */
export const ada: Actor = { actor: "ada", may: () => true };

export type Scene = SimulatedEngine & {
  /** A provider that answers in 2 ms, but for `knobs`, and its policy; records go to `…/records`. */
  provider: (slug: string, policy?: Policy, knobs?: PatchKnobs) => Promise<ProviderHandle>;
  /** A person changes its policy. */
  change: (slug: string, patch: PatchProvider) => Promise<void>;
  /** Waits until the workers have lived through this time by the database's clock. */
  passes: (ms: number) => Promise<void>;
};

export async function aScene(given?: EngineOptions): Promise<Scene> {
  const engine = await aSimulatedEngine({ ...given, seed: 7 });
  const { sql, simulator } = engine;
  const scene: Scene = {
    ...engine,
    async provider(slug, policy = {}, knobs = {}) {
      const handle = simulator.provider(slug);
      handle.set({ latency: { distribution: "fixed", medianMs: 2 } });
      handle.set(knobs);
      await createdProvider(sql, slug, { url: `${handle.url}/records`, ...policy }, ada);
      return handle;
    },
    async change(slug, patch) {
      await patchPolicy(sql, slug, patch, ada);
    },
    async passes(ms) {
      const slug = `clock-${++clocks}`;
      await scene.provider(slug);
      const [row] = await sql<{ id: string }[]>`
        select redrive.enqueue(${slug}, '{}', not_before => clock_timestamp() + ${ms} * interval '1 millisecond') as id`;
      await untilStatus(sql, row?.id ?? "", "delivered", ms + 20_000);
    },
  };
  return scene;
}
let clocks = 0;

/** Minutes made milliseconds. */
export const quick = {
  timeoutMs: { connect: 1_000, headers: 2_000, total: 3_000 },
  backoff: { baseMs: 100, factor: 1.5, jitter: 0.2, attemptsMax: 4 },
  breaker: { probeEveryMs: 300, goodTrials: 3 },
} satisfies Policy;

/** Enqueues one record and waits until it is over. @returns how it stands then. */
export async function delivered({ sql }: Pick<Scene, "sql">, slug: string, payload: unknown = {}) {
  const id = await enqueue(sql, slug, payload);
  return eventually(async () => {
    const { status, attempts } = await statusOf(sql, id);
    if (status !== "delivered") throw new Error(`${id} is ${status}`);
    return { id, attempts };
  });
}

/** When each call to a provider began, ms since 1970, in order. */
export async function startsOf({ sql }: Pick<Scene, "sql">, slug: string): Promise<number[]> {
  const rows = await sql<{ at: number }[]>`
    select extract(epoch from events.at)::float8 * 1000 - events.duration_ms as at
    from redrive.events
    join redrive.outbox on outbox.id = events.record_id
    where outbox.provider = ${slug} and events.attempt is not null
    order by 1`;
  return rows.map(({ at }) => at);
}

/** The most of these times that lie within one stretch of `ms`. */
export function mostWithin(times: readonly number[], ms: number): number {
  let most = 0;
  let from = 0;
  for (const [to, at] of times.entries()) {
    while (at - (times[from] ?? at) >= ms) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

export type BatchChange = { fromSize: number; toSize: number; breaker: string; reason: string };

/** How batch size and breaker changed, oldest first. */
export const changesOf = async ({ sql }: Pick<Scene, "sql">, slug: string): Promise<BatchChange[]> =>
  await sql<BatchChange[]>`
    select from_size, to_size, breaker, reason from redrive.batch_changes where provider = ${slug} order by id`;

/** The provider's hold, with its words and until when, ms since 1970. */
export async function holdOf({ sql }: Pick<Scene, "sql">, slug: string) {
  const { until, ...held } = await holdOfProvider(sql, slug);
  return { ...held, untilMs: until === null ? null : Date.parse(until) };
}

/** A zone, not UTC, where it is about noon: no day ends there while a test runs, and no window of this hour either. */
export function zoneAtNoon(): { name: string; offsetMs: number } {
  const offset = 12 - new Date().getUTCHours() || 2;
  return { name: `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`, offsetMs: offset * 3_600_000 };
}
