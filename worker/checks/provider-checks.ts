// Asks the providers themselves how they are, and the tables what becomes of their records.
import type { Sql } from "#db/client.ts";
import { readHealthChecks, readProvidersSeen } from "#db/reads/provider-checks.ts";
import { type Check, checkBreakers, checkHealth, checkQueues, type HealthSeen } from "#lib/core/checks.ts";
import type { Env } from "#lib/node/env.ts";
import type { Patiently } from "#worker/checks/start-checks.ts";
import { askHealth } from "#worker/http/health-check.ts";
import { createPools } from "#worker/http/pools.ts";

/** Health checks under way at once: fifty providers must not be fifty look-ups in one moment. */
const atOnce = 10;

export async function runProviderChecks(sql: Sql, env: Env, patiently: Patiently): Promise<Check[]> {
  const seen = await patiently(readProvidersSeen(sql));
  const waiting = await patiently(readHealthChecks(sql));
  return [await askAll(waiting, env), checkBreakers(seen), checkQueues(seen)];
}

export const healthCheck = async (sql: Sql, env: Env): Promise<Check> =>
  askAll(await readHealthChecks(sql), env);

/**
 * One call to the health check of each provider that has one, through the same guard as any delivery; each within its own
 * time.
 */
async function askAll(waiting: Awaited<ReturnType<typeof readHealthChecks>>, env: Env): Promise<Check> {
  const http = createPools({ allowPrivate: env.REDRIVE_ALLOW_PRIVATE_NETWORKS });
  const answers: HealthSeen[] = [];
  const askInTurn = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { slug, policy } = next;
      const answer = await askHealth({ http, monotonicMs: () => performance.now() }, slug, policy);
      answers.push({ provider: slug, ...answer });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, askInTurn));
  } finally {
    await http.close();
  }
  return checkHealth(answers.toSorted((one, other) => one.provider.localeCompare(other.provider)));
}
