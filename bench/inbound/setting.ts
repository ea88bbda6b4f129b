// What both rows of webhooks begin with: a provider, a source, the front door, and callers before it.
import { aChild, type Child } from "#bench/child.ts";
import { benchProvider, benchSecret, benchSource } from "#bench/inbound/calls.ts";
import type { FrontSettings } from "#bench/inbound/front-server.ts";
import type { Order } from "#bench/inbound/generator.ts";
import { connectSql, type Sql } from "#db/client.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { readEnv } from "#lib/node/env.ts";
import { inboundSecrets } from "#lib/node/inbound-secrets.ts";

export const connections = 100;

const secret = "a secret of the benchmark, 32 characters";

/** A client of the database, in which the provider and the source are made where they are not yet. */
export async function benchSql(url: string): Promise<Sql> {
  const sql = connectSql(url, { name: "bench", max: 2 });
  const policy = ProviderPolicy.parse({ name: "Bench", url: "http://127.0.0.1:9/" });
  await sql`
    insert into redrive.providers (slug, policy, updated_by)
    values (${benchProvider}, ${JSON.stringify(policy)}::text::jsonb, 'bench') on conflict do nothing`;
  const env = readEnv({ NODE_ENV: "production", REDRIVE_SECRET: secret });
  const secrets = [{ secret: benchSecret, until: null }];
  await sql`
    insert into redrive.inbound_sources (slug, name, kind, provider, sealed_secrets, secrets, updated_by)
    values (
      ${benchSource}, 'Bench', 'standard_webhooks', ${benchProvider},
      ${inboundSecrets(env).seal(benchSource, JSON.stringify(secrets))}, '[]', 'bench'
    )
    on conflict do nothing`;
  return sql;
}

export type Serving = { child: Child; port: number };

export const aFront = (databaseUrl: string): Promise<Serving> =>
  serving("front-server.ts", { databaseUrl, secret } satisfies FrontSettings);

export const aBare = (): Promise<Serving> => serving("bare-server.ts", {});

async function serving(file: string, settings: unknown): Promise<Serving> {
  const { child, ready } = await aChild<{ port: number }>(new URL(file, import.meta.url), settings);
  return { child, port: ready.port };
}

/** Callers that have so many calls ready. */
export async function callers(port: number, calls: number): Promise<Child> {
  const order: Order = { kind: "prepare", port, calls, connections };
  const { child } = await aChild(new URL("generator.ts", import.meta.url), order);
  return child;
}
