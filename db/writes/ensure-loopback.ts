// The provider that Redrive brings along, and its canary each minute: made once, by whichever worker starts first. What people
// change of the canary stays. Where an installation has a provider of that name, that one stays as it is, and has no canary.
import { byClock } from "#db/reads/schedules.ts";
import { startCanary } from "#db/writes/start-canary.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { loopbackAdapter, loopbackSlug, loopbackUrl } from "#lib/core/loopback.ts";

const policy = ProviderPolicy.parse({
  name: "Loopback",
  url: loopbackUrl,
  adapter: loopbackAdapter,
  timeoutMs: { connect: 2_000, headers: 10_000, total: 10_000 },
  // Nobody else is troubled by its tests.
  breaker: { probeEveryMs: 30_000, goodTrials: 1 },
  backoff: { baseMs: 10_000 },
});

const canary = {
  cron: "* * * * *",
  payload: { canary: "loopback" },
  expect: { status: 200, jsonPath: "$.echo.canary", equals: "loopback" },
  limitMs: 10_000,
};

/** @returns whether its canary was made now; then a first one is on its way. */
export async function ensureLoopback(sql: AnySql): Promise<boolean> {
  return inTransaction(sql, async (sql) => {
    await sql`
      insert into redrive.providers (slug, policy, updated_by)
      values (${loopbackSlug}, ${JSON.stringify(policy)}::text::jsonb, ${byClock})
      on conflict do nothing`;
    const [made] = await sql<{ now: string }[]>`
      insert into redrive.canaries (slug, provider, cron, payload, expect, limit_ms, updated_by)
      select
        ${loopbackSlug}, slug, ${canary.cron}, ${JSON.stringify(canary.payload)}::text::jsonb,
        ${JSON.stringify(canary.expect)}::text::jsonb, ${canary.limitMs}, ${byClock}
      from redrive.providers
      where slug = ${loopbackSlug} and policy ->> 'adapter' = ${loopbackAdapter}
      on conflict do nothing
      returning clock_timestamp() as now`;
    if (!made) return false;
    // Nobody waits a minute to see that all is well.
    await startCanary(sql, { slug: loopbackSlug, dueAt: made.now });
    return true;
  });
}
