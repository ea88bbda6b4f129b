// What /metrics and an evaluation of alerts cost, whatever the tables hold.
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoFromPostgres, type Sql } from "#db/client.ts";
import { readMetrics } from "#db/reads/metrics.ts";
import { evaluateAlerts } from "#db/writes/evaluate-alerts.ts";
import { type Api, anApi } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats", { batchSizeMax: 10 });
  await aProvider(api.sql, "crm");
});
afterAll(() => api[Symbol.asyncDispose]());

type Plan = { "Node Type": string; "Relation Name"?: string; Plans?: Plan[] };

test("with 200,000 failures and a long queue neither /metrics nor an evaluation of alerts scans them", async () => {
  const { sql } = api;
  await sql`
    with made as (
      insert into redrive.outbox (provider, payload) select 'ats', '{}' from generate_series(1, 200000) returning id
    )
    select count(*) from made`;
  await sql`
    with gone as (delete from redrive.queue where provider = 'ats' returning record_id)
    insert into redrive.failures
      (record_id, provider, category, team, fingerprint, message, attempts, tries, failed_at)
    select record_id, 'ats', 'technical', 'technical', 'f' || (row_number() over ()) % 50, '503', 1, 1, now() from gone`;
  await sql`
    insert into redrive.failure_groups
      (fingerprint, provider, category, team, title, opened_at, last_at, records, changed_at)
    select 'f' || n, 'ats', 'technical', 'technical', '503', now() - interval '1 day', now(), 4000, now()
    from generate_series(0, 49) as n
    on conflict do nothing`;
  await sql`insert into redrive.outbox (provider, payload) select 'crm', '{}' from generate_series(1, 100000)`;
  await sql`
    insert into redrive.events (record_id, at, kind) select record_id, now(), 'failed' from redrive.failures`;
  await sql`analyze`;

  const queries: { query: string; params: unknown[] }[] = [];
  const own = await explained(queries);
  const startedMs = performance.now();
  const figures = await readMetrics(own);
  const tookMs = performance.now() - startedMs;
  expect(figures.failuresByTeam).toContainEqual({ team: "technical", open: 10_000 });
  expect(figures.queues).toMatchObject([
    { provider: "ats", failed: 10_000 },
    { provider: "crm", due: 10_000 },
  ]);
  await sql`delete from redrive.settings where key = 'alerts'`;
  const evaluationMs = performance.now();
  const seen = await evaluateAlerts(own);
  const evaluatedMs = performance.now() - evaluationMs;
  expect(seen?.opened).toBeGreaterThan(0);
  // Ten times what they take here: a scan of these tables takes more.
  expect({ tookMs, slow: tookMs > 500 }).toMatchObject({ slow: false });
  expect({ evaluatedMs, slow: evaluatedMs > 1_000 }).toMatchObject({ slow: false });

  const big = /^(queue|failures|outbox_\d+|events_\d+|outbox|events)$/;
  const scans: string[] = [];
  let planned = 0;
  for (const { query, params } of queries.filter(({ query }) => /^\s*(select|with)/i.test(query))) {
    const [row] = await own.unsafe<{ "QUERY PLAN": { Plan: Plan }[] }[]>(
      `explain (format json) ${query}`,
      params as never,
    );
    planned += 1;
    const walk = (plan: Plan): void => {
      if (plan["Node Type"] === "Seq Scan" && big.test(plan["Relation Name"] ?? "")) {
        scans.push(`${plan["Relation Name"]}: ${query}`);
      }
      for (const inner of plan.Plans ?? []) walk(inner);
    };
    for (const { Plan: plan } of row?.["QUERY PLAN"] ?? []) walk(plan);
  }
  await own.end();
  expect(planned).toBeGreaterThan(15);
  expect(scans).toEqual([]);

  /** A client like ours that tells each statement it sends. */
  async function explained(into: typeof queries): Promise<Sql> {
    return postgres(api.url, {
      max: 1,
      connection: { TimeZone: "UTC" },
      transform: { column: { to: postgres.fromCamel, from: postgres.toCamel } },
      types: {
        timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoFromPostgres },
        bigint: { to: 20, from: [20], serialize: String, parse: Number },
      },
      onnotice: () => {},
      debug: (_, query, params) => into.push({ query, params }),
    }) as Sql;
  }
});
