import { afterAll, beforeAll, expect, test } from "vitest";
import { ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import { policyProblems } from "#lib/contract/policy-problems.ts";
import { keyringOf, unseal } from "#lib/node/secrets.ts";
import { recordsBetween } from "#simulator/demo/feed.ts";
import { backlogMax, insertRecords } from "#simulator/demo/insert.ts";
import { demoProviders } from "#simulator/demo/providers.ts";
import { seedDemo } from "#simulator/demo/seed.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";

const simulatorUrl = "http://127.0.0.1:4100";
let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await seedDemo(base.sql, simulatorUrl);
});
afterAll(() => base[Symbol.asyncDispose]());

const stored = () => base.sql<{ slug: string; policy: ProviderPolicy; version: number; updatedBy: string }[]>`
  select slug, policy, version, updated_by from redrive.providers order by slug`;

test("every demo policy is a whole policy, and points to the simulator", async () => {
  const rows = await stored();
  expect(rows).toHaveLength(demoProviders.length);
  for (const { slug, policy } of rows) {
    expect(ProviderPolicy.parse(policy)).toEqual(policy);
    expect(policyProblems(policy)).toEqual([]);
    expect(policy.url).toBe(`${simulatorUrl}/p/${slug}/records`);
    expect(policy.batchSizeMax).toBeLessThanOrEqual(20);
  }
});

test("seeding again changes nothing", async () => {
  const before = await stored();
  await seedDemo(base.sql, simulatorUrl);
  expect(await stored()).toEqual(before);
});

test("a simulator on another port moves the addresses, health checks too, and leaves edits alone", async () => {
  const fresh = await aDatabase();
  try {
    const { sql } = fresh;
    await seedDemo(sql, simulatorUrl);
    await sql`update redrive.providers set policy = jsonb_set(policy, '{batchSizeMax}', '3') where slug = 'ats'`;
    await sql`
      update redrive.providers
      set policy = jsonb_set(policy, '{url}', '"https://sms.example/send"'), updated_by = 'ada'
      where slug = 'sms'`;
    await seedDemo(sql, "http://127.0.0.1:5100");
    const rows = await sql`
      select slug, policy ->> 'url' as url, policy #>> '{health,url}' as health, policy -> 'batchSizeMax' as size,
        version, updated_by
      from redrive.providers where slug in ('ats', 'sms') order by slug`;
    expect(rows).toEqual([
      {
        slug: "ats",
        url: "http://127.0.0.1:5100/p/ats/records",
        health: "http://127.0.0.1:5100/p/ats/health",
        size: 3,
        version: 2,
        updatedBy: "demo",
      },
      { slug: "sms", url: "https://sms.example/send", health: null, size: 12, version: 1, updatedBy: "ada" },
    ]);
  } finally {
    await fresh[Symbol.asyncDispose]();
  }
});

test("the ATS has a secret as soon as one can be sealed; its address moves too, and what people chose stays", async () => {
  const fresh = await aDatabase();
  try {
    const { sql } = fresh;
    const keys = keyringOf("a secret of at least 32 characters");
    const ats = async () => {
      const [row] = await sql`
        select policy -> 'auth' as auth, sealed_auth, version from redrive.providers where slug = 'ats'`;
      if (!row) throw new Error("no ATS");
      const sealed =
        row.sealedAuth && ProviderAuth.parse(JSON.parse(unseal(keys, "provider:ats", row.sealedAuth)));
      return { auth: row.auth, sealed, version: row.version };
    };
    await seedDemo(sql, simulatorUrl);
    expect(await ats()).toMatchObject({ auth: { kind: "none" }, sealed: null, version: 1 });

    await seedDemo(sql, simulatorUrl, keys);
    const at = (url: string) => ({ kind: "oauth2_client_credentials", tokenUrl: `${url}/p/ats/token` });
    expect(await ats()).toMatchObject({
      auth: { ...at(simulatorUrl), clientSecret: null },
      sealed: { ...at(simulatorUrl), clientSecret: expect.any(String) },
      version: 2,
    });
    await seedDemo(sql, simulatorUrl, keys);
    expect(await ats()).toMatchObject({ version: 2 });

    await seedDemo(sql, "http://127.0.0.1:5100", keys);
    const moved = at("http://127.0.0.1:5100");
    expect(await ats()).toMatchObject({ auth: moved, sealed: moved, version: 4 });

    await sql`
      update redrive.providers
      set policy = jsonb_set(policy, '{auth}', '{"kind": "none"}'), sealed_auth = null, version = version + 1
      where slug = 'ats'`;
    await seedDemo(sql, "http://127.0.0.1:5100", keys);
    expect(await ats()).toMatchObject({ auth: { kind: "none" }, sealed: null, version: 5 });
  } finally {
    await fresh[Symbol.asyncDispose]();
  }
});

test("a fed record arrives in the queue as an application's would", async () => {
  const records = recordsBetween(14_500, 15_000, 10_000);
  expect(await insertRecords(base.sql, simulatorUrl, records)).toBe(records.length);
  const [arrived] = await base.sql`
    select count(*)::int as records, min(queue.priority)::int as priority, count(outbox.correlation_id)::int as correlated
    from redrive.queue join redrive.outbox on outbox.id = queue.record_id`;
  expect(arrived).toMatchObject({ records: records.length, priority: -10 });
  expect(arrived?.correlated).toBeGreaterThan(0);
  const [order] = await base.sql`
    select type, subject, owner, payload from redrive.outbox where provider = 'warehouse' limit 1`;
  expect(order).toMatchObject({ type: "order.reserve", subject: expect.stringMatching(/^Order ORD-\d+$/) });
  expect(order?.payload.address.postal_code).toBeTypeOf("string");
});

test("a provider that a person pointed elsewhere, or deleted, is not fed", async () => {
  const fresh = await aDatabase();
  try {
    await aProvider(fresh.sql, "ats", { url: "https://ats.example/results" });
    await seedDemo(fresh.sql, simulatorUrl);
    await fresh.sql`delete from redrive.providers where slug = 'sms'`;
    await insertRecords(fresh.sql, simulatorUrl, recordsBetween(1_000, 3_000, 10_000));
    const fed = await fresh.sql`select distinct provider from redrive.queue`;
    expect(fed.map(({ provider }) => provider).sort()).toEqual([
      "crm",
      "fund-prices",
      "mailer-events",
      "payments",
      "tax",
      "warehouse",
    ]);
  } finally {
    await fresh[Symbol.asyncDispose]();
  }
});

test("the feed stops at a backlog of 20,000", async () => {
  await base.sql`
    insert into redrive.outbox (provider, payload)
    select 'ats', '{}' from generate_series(1, ${backlogMax})`;
  expect(await insertRecords(base.sql, simulatorUrl, recordsBetween(0, 500, 10_000))).toBe(0);
});
