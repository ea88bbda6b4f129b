// Workers in the test's own process, and questions that engine tests ask of the database.
import { expect, vi } from "vitest";
import type { z } from "zod";
import type { Sql } from "#db/client.ts";
import { createProvider, type Secrets } from "#db/writes/create-provider.ts";
import { patchProvider } from "#db/writes/patch-provider.ts";
import type { Actor } from "#db/writes/refused.ts";
import { newPolicy } from "#lib/contract/new-policy.ts";
import { CreateProvider, type PatchProvider, type ProviderPolicy } from "#lib/contract/policy.ts";
import type { Provider } from "#lib/contract/provider.ts";
import { readEnv } from "#lib/node/env.ts";
import { createLog } from "#lib/node/log.ts";
import { keyringOf, seal, unseal } from "#lib/node/secrets.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";
import { aProviderServer, type ProviderServer } from "#tests/support/provider-server.ts";
import { type Application, defineApplication } from "#worker/application.ts";
import { startWorker, type Worker } from "#worker/main.ts";

/** Seals the secrets that workers of tests open. */
const workerSecret = "a secret of at least 32 characters";

/** A running worker; loopback providers are allowed unless said otherwise. */
export function aWorker(
  url: string,
  env: Record<string, string> = {},
  application: Partial<Application> = {},
): Promise<Worker> {
  return startWorker(
    readEnv({
      NODE_ENV: "test",
      DATABASE_URL: url,
      REDRIVE_ALLOW_PRIVATE_NETWORKS: "1",
      REDRIVE_SECRET: workerSecret,
      ...env,
    }),
    {
      log: createLog("worker", process.env.LOG_LEVEL ?? "silent"),
      application: defineApplication(application),
    },
  );
}

export type Engine = TestDatabase & {
  workers: Worker[];
  /** Stops a worker and starts another in its place. */
  restart: (index?: number) => Promise<void>;
};
export type EngineOptions = { workers?: number; application?: Partial<Application> };

/** A database and its workers, one unless said otherwise; dispose it in `afterAll`. */
export async function anEngine({ workers: count = 1, application }: EngineOptions = {}): Promise<Engine> {
  const base = await aDatabase();
  const start = () => aWorker(base.url, {}, application);
  const workers = await Promise.all(Array.from({ length: count }, start));
  return {
    ...base,
    workers,
    async restart(index = 0) {
      await workers[index]?.stop();
      workers[index] = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await base[Symbol.asyncDispose]();
    },
  };
}

export type ServedEngine = Engine & { server: ProviderServer };

/** An engine beside a third party, which answers 200 unless said otherwise. */
export async function aServedEngine({
  answer,
  ...given
}: EngineOptions & { answer?: Parameters<ProviderServer["answer"]>[0] } = {}): Promise<ServedEngine> {
  const engine = await anEngine(given);
  const server = await aProviderServer(answer);
  return {
    ...engine,
    server,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export type SimulatedEngine = Engine & { simulator: Simulator };

/** An engine beside simulated providers. */
export async function aSimulatedEngine({
  seed,
  ...given
}: EngineOptions & { seed?: number } = {}): Promise<SimulatedEngine> {
  const engine = await anEngine(given);
  const simulator = await startSimulator({ seed });
  return {
    ...engine,
    simulator,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await simulator.close();
    },
  };
}

/** Waits until `check` does not throw; 20 s at most, or what is given. */
export const eventually = <T>(check: () => T | Promise<T>, timeout = 20_000): Promise<T> =>
  vi.waitFor(check, { timeout, interval: 25 });

export async function enqueue(sql: Sql, provider: string, payload: unknown = {}): Promise<string> {
  const [row] = await sql<
    { id: string }[]
  >`select redrive.enqueue(${provider}, ${sql.json(payload as never)}) as id`;
  if (!row) throw new Error("nothing was enqueued");
  return row.id;
}

/** `count` records in one statement, each payload `{"n": …}`. */
export async function enqueueMany(sql: Sql, provider: string, count: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    insert into redrive.outbox (provider, payload)
    select ${provider}, jsonb_build_object('n', n) from generate_series(1, ${count}::int) as n
    returning id`;
  return rows.map(({ id }) => id);
}

/** A person who may do everything. */
export const ana: Actor = { actor: "Ana", may: () => true };

const keys = keyringOf(workerSecret);
const secrets: Secrets = {
  seal: (slug, plain) => seal(keys, `provider:${slug}`, plain),
  unseal: (slug, sealed) => unseal(keys, `provider:${slug}`, sealed),
};

/** A change of policy, as the API makes it. */
export const patchPolicy = (sql: Sql, slug: string, patch: PatchProvider, by = ana): Promise<Provider> =>
  patchProvider(sql, { slug, patch, ifVersion: null }, by, secrets);

export type Policy = Partial<z.input<typeof ProviderPolicy>>;

/** A provider as the API makes it, its secrets sealed. */
export const createdProvider = (sql: Sql, slug: string, policy: Policy, by = ana): Promise<Provider> =>
  createProvider(sql, { slug, policy: newPolicy(CreateProvider.parse({ slug, ...policy })) }, by, secrets);

/** Why a provider is sent nothing, until when, and in whose words. */
export async function holdOf(sql: Sql, provider: string) {
  const [row] = await sql<{ hold: string | null; until: string | null; reason: string | null }[]>`
    select redrive.hold_of(state.*) as hold, redrive.hold_until_of(state.*) as until, gate_reason as reason
    from redrive.provider_state as state where provider = ${provider}`;
  if (!row) throw new Error(`no provider ${provider}`);
  return row;
}

/** A record with options, as a producer inserts it. */
export async function enqueueWith(
  sql: Sql,
  provider: string,
  options: Record<string, string | number | boolean | null>,
  payload: unknown = {},
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into redrive.outbox ${sql({ provider, payload: payload as never, ...options })}
    returning id`;
  if (!row) throw new Error("nothing was enqueued");
  return row.id;
}

export type Status = { status: string; attempts: number; lastError: string | null; dueAt: string | null };

export async function statusOf(sql: Sql, id: string): Promise<Status> {
  const [row] = await sql<
    Status[]
  >`select status, attempts, last_error, due_at from redrive.record_status(${id})`;
  if (!row) throw new Error(`no record ${id}`);
  return row;
}

/** Waits until a record stands so. */
export const untilStatus = (sql: Sql, id: string, status: string, timeout?: number) =>
  eventually(async () => expect((await statusOf(sql, id)).status).toBe(status), timeout);

/** How many of a provider's records stand where. A record that stands nowhere, or twice, shows in the sum. */
export async function standing(sql: Sql, provider: string) {
  const [row] = await sql<
    { accepted: number; queued: number; failed: number; delivered: number; rejected: number }[]
  >`
    select
      (select count(*)::int from redrive.outbox where provider = ${provider}) as accepted,
      (select count(*)::int from redrive.queue where provider = ${provider}) as queued,
      (select count(*)::int from redrive.failures where provider = ${provider} and state = 'open') as failed,
      (select count(*)::int from redrive.failures where provider = ${provider} and state = 'rejected') as rejected,
      (select count(distinct record_id)::int from redrive.events join redrive.outbox on outbox.id = events.record_id
        where outbox.provider = ${provider} and kind in ('delivered', 'duplicate')) as delivered`;
  if (!row) throw new Error("no standing");
  return row;
}

export async function stateOf(sql: Sql, provider: string) {
  const [row] = await sql<
    {
      batchSize: number;
      breaker: string;
      hold: string | null;
      owner: string | null;
      epoch: number;
      breakerReason: string | null;
    }[]
  >`
    select batch_size, breaker, redrive.hold_of(provider_state.*) as hold, owner, epoch, breaker_reason
    from redrive.provider_state where provider = ${provider}`;
  if (!row) throw new Error(`no provider ${provider}`);
  return row;
}
