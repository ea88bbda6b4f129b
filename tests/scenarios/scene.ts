// A database, simulated providers and running workers, as a scenario's tests share them. Providers are made and changed as
// the API does it, secrets sealed, so that each policy here is one that a person could have written.
import type { z } from "zod";
import { createProvider, type Secrets } from "#db/writes/create-provider.ts";
import { patchProvider } from "#db/writes/patch-provider.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type PatchProvider, ProviderPolicy } from "#lib/contract/policy.ts";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import { keyringOf, seal, unseal } from "#lib/node/secrets.ts";
import { type ProviderHandle, type Simulator, startSimulator } from "#simulator/server.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";
import { aWorker, enqueue, eventually, statusOf } from "#tests/support/engine.ts";
import type { Application } from "#worker/application.ts";
import type { Worker } from "#worker/main.ts";

/** The workers' own, see `aWorker`. */
const keys = keyringOf("a secret of at least 32 characters");
const secrets: Secrets = {
  seal: (slug, plain) => seal(keys, `provider:${slug}`, plain),
  unseal: (slug, sealed) => unseal(keys, `provider:${slug}`, sealed),
};

/** A person who may do everything. */
export const ada: Actor = { actor: "ada", may: () => true };

type Policy = Omit<z.input<typeof ProviderPolicy>, "name" | "url"> & { name?: string; url?: string };

export type Scene = TestDatabase & {
  simulator: Simulator;
  workers: Worker[];
  /** A provider that answers in 2 ms, but for `knobs`, and its policy; records go to `…/records`. */
  provider: (slug: string, policy?: Policy, knobs?: PatchKnobs) => Promise<ProviderHandle>;
  /** A person changes its policy. */
  change: (slug: string, patch: PatchProvider) => Promise<void>;
  /** Waits until the workers have lived through this time by the database's clock. */
  passes: (ms: number) => Promise<void>;
};

export async function aScene(
  given: { workers?: number; application?: Partial<Application> } = {},
): Promise<Scene> {
  const base = await aDatabase();
  const simulator = await startSimulator({ seed: 7 });
  const starting = Array.from({ length: given.workers ?? 1 }, () => aWorker(base.url, {}, given.application));
  const workers = await Promise.all(starting);
  const scene: Scene = {
    ...base,
    simulator,
    workers,
    async provider(slug, policy = {}, knobs = {}) {
      const handle = simulator.provider(slug);
      handle.set({ latency: { distribution: "fixed", medianMs: 2 } });
      handle.set(knobs);
      const whole = ProviderPolicy.parse({ name: slug, url: `${handle.url}/records`, ...policy });
      await createProvider(base.sql, { slug, policy: whole }, ada, secrets);
      return handle;
    },
    async change(slug, patch) {
      await patchProvider(base.sql, { slug, patch, ifVersion: null }, ada, secrets);
    },
    async passes(ms) {
      const slug = `clock-${++clocks}`;
      await scene.provider(slug);
      const [row] = await base.sql<{ id: string }[]>`
        select redrive.enqueue(${slug}, '{}', not_before => clock_timestamp() + ${ms} * interval '1 millisecond') as id`;
      await eventually(async () => {
        if ((await statusOf(base.sql, row?.id ?? "")).status !== "delivered") throw new Error("not yet");
      }, ms + 20_000);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await simulator.close();
      await base[Symbol.asyncDispose]();
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
  const [row] = await sql<{ hold: string | null; untilMs: number | null; reason: string | null }[]>`
    select
      redrive.hold_of(state.*) as hold,
      extract(epoch from redrive.hold_until_of(state.*))::float8 * 1000 as until_ms,
      gate_reason as reason
    from redrive.provider_state as state
    where provider = ${slug}`;
  if (!row) throw new Error(`no provider ${slug}`);
  return row;
}

/** A zone, not UTC, where it is about noon: no day ends there while a test runs, and no window of this hour either. */
export function zoneAtNoon(): { name: string; offsetMs: number } {
  const offset = 12 - new Date().getUTCHours() || 2;
  return { name: `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`, offsetMs: offset * 3_600_000 };
}
