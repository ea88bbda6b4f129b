// Runs the demo until it is told to stop: seed once, then twice a second a beat of the story and one of the feed.
import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "#db/client.ts";
import { readEnv } from "#lib/node/env.ts";
import type { Log } from "#lib/node/log.ts";
import { keyring } from "#lib/node/secrets.ts";
import { feeder, firstNumberAt } from "#simulator/demo/feeder.ts";
import { insertRecords } from "#simulator/demo/insert.ts";
import { demoProviders } from "#simulator/demo/providers.ts";
import { seedDemo } from "#simulator/demo/seed.ts";
import { tellStory } from "#simulator/demo/tell.ts";
import type { Simulator } from "#simulator/server.ts";

const beatMs = 500;

type Deps = {
  sql: Sql;
  simulator: Simulator;
  /** Where the worker reaches the simulator; its own `url` may name the same place in another way. */
  simulatorUrl: string;
  log: Log;
};

/** The providers, in the simulator and in the database. */
export async function prepareDemo({ sql, simulator, simulatorUrl }: Deps): Promise<void> {
  for (const { slug, knobs } of demoProviders) simulator.provider(slug).set(knobs);
  await seedDemo(sql, simulatorUrl, keyring(readEnv()));
  await askForTokens(sql, simulator);
}

/** Where the provider's policy has the secret: a demo of before, or without REDRIVE_SECRET, goes on without tokens. */
async function askForTokens(sql: Sql, simulator: Simulator): Promise<void> {
  const rows = await sql<{ slug: string }[]>`
    select slug from redrive.providers where policy -> 'auth' ->> 'kind' = 'oauth2_client_credentials'`;
  for (const { slug, clientSecret } of demoProviders) {
    if (clientSecret === undefined || !rows.some((row) => row.slug === slug)) continue;
    simulator.provider(slug).set({ requireToken: true, clientSecret });
  }
}

export async function runDemo({ sql, simulator, simulatorUrl, log }: Deps, stop: AbortSignal): Promise<void> {
  const feed = feeder({
    log,
    firstNumber: firstNumberAt(Date.now()),
    insert: (records) => insertRecords(sql, simulatorUrl, records),
  });
  // Side by side: a database that hangs must not stop the story, least of all in the middle of an outage.
  await Promise.all([
    beats(stop, (fromMs, toMs) => tellStory(simulator, fromMs, toMs, Date.now())),
    beats(stop, feed),
  ]);
}

/** Calls `act` with the time since the start, from the last beat until now; it begins before 0, which is due at once. */
async function beats(
  stop: AbortSignal,
  act: (fromMs: number, toMs: number) => Promise<void> | void,
): Promise<void> {
  const startedMs = performance.now();
  let fromMs = -1;
  while (!stop.aborted) {
    const toMs = performance.now() - startedMs;
    await act(fromMs, toMs);
    fromMs = toMs;
    await delay(beatMs, undefined, { signal: stop }).catch(() => {});
  }
}
