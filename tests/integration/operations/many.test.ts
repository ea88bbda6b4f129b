// Two hundred thousand failures: carried out in bounded memory, and read without a scan.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sql } from "#db/client.ts";
import { readAudit } from "#db/reads/audit.ts";
import { readOperation, readOperationRecords, readOperations } from "#db/reads/operations.ts";
import { readSystemEvents } from "#db/reads/system-events.ts";
import { previewOperation } from "#db/writes/preview-operation.ts";
import { stepOperation } from "#db/writes/step-operation.ts";
import { ana } from "#tests/integration/desk/support.ts";
import { started } from "#tests/integration/operations/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { noted, scansIn } from "#tests/support/plans.ts";

const many = 200_000;

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  for (const slug of ["ats", "crm"]) await aProvider(base.sql, slug);
  await manyFailed(base.sql);
}, 120_000);
afterAll(() => base[Symbol.asyncDispose]());

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What is still in use when all garbage is gone. */
function heldMb(): number {
  collect();
  // The driver's buffers outside the heap come and go.
  return process.memoryUsage().heapUsed / 1_048_576;
}

/** Of two providers, in forty groups; their rows go in at once. */
async function manyFailed(sql: Sql): Promise<void> {
  await sql`alter table redrive.outbox disable trigger user`;
  await sql`
    insert into redrive.outbox (provider, payload)
    select case when n % 10 = 0 then 'crm' else 'ats' end, jsonb_build_object('n', n)
    from generate_series(1, ${many}::int) as n`;
  await sql`alter table redrive.outbox enable trigger user`;
  await sql`
    insert into redrive.failures
      (record_id, provider, category, team, fingerprint, outcome, status_code, message, attempts, tries, failed_at)
    select
      id, provider, 'technical', 'technical', 'f' || abs(hashtext(id::text)) % 40, 'unavailable', 503, '503', 1, 1,
      now() - interval '1 hour'
    from redrive.outbox`;
  await sql`
    insert into redrive.audit (at, actor, action, subject_kind, subject_id)
    select
      now() - n * interval '1 second', 'person ' || n % 50, case when n % 7 = 0 then 'provider.changed' else 'record.retried' end,
      case when n % 7 = 0 then 'provider' else 'record' end, 'subject ' || n % 1000
    from generate_series(1, 100000) as n`;
  await sql`
    insert into redrive.batch_changes (provider, at, from_size, to_size, breaker, breaker_was, reason, figures)
    select
      'ats', now() - n * interval '1 second', 1, 2, case when n % 50 = 0 then 'open' else 'closed' end, 'closed', 'why', '{}'
    from generate_series(1, 50000) as n`;
  await sql`vacuum analyze redrive.failures`;
  await sql`analyze redrive.outbox, redrive.audit, redrive.batch_changes`;
}

test("an operation on 180,000 of 200,000 failures takes no more memory than a step", {
  timeout: 240_000,
}, async () => {
  const { sql, db } = base;
  const { matched, eligible } = await previewOperation(
    sql,
    { action: "retry", filter: { provider: "ats" } },
    ana,
  );
  expect({ matched, eligible }).toEqual({ matched: 180_000, eligible: 180_000 });
  const { id } = await started(sql, { action: "reject", expected: matched });
  const held: number[] = [];
  let steps = 0;
  for (;;) {
    const stepped = await stepOperation(sql);
    if (stepped === null || stepped.isOver) break;
    expect(stepped.acted).toBeLessThanOrEqual(1_000);
    if (++steps % 30 === 0) held.push(heldMb());
  }
  expect(await readOperation(db, id)).toMatchObject({ state: "done", acted: 180_000, left: 0 });
  const [left] = await sql`select count(*)::int as n from redrive.failures where state = 'open'`;
  expect(left).toEqual({ n: 20_000 });
  // After each 30,000 records as much as after the first: all ids alone would be 13 MB.
  expect(held.length).toBe(6);
  expect(Math.max(...held) - (held[0] ?? 0)).toBeLessThan(5);
});

test("lists, the audit, the events and the next step are read from indexes", async () => {
  const { sql, db, sent, end } = noted(base.url);
  const filters = [
    {},
    { provider: "crm" },
    { team: "technical", q: "503" },
    { fingerprint: "f1", statusCode: 503 },
  ];
  for (const filter of filters) {
    const { id } = await started(base.sql, { filter, expected: many, first: 10 });
    await base.sql`update redrive.operations set place_at = '2020-01-01', place_id = ${id} where id = ${id}`;
    await stepOperation(sql);
    await base.sql`update redrive.operations set state = 'cancelled', ended_at = now() where id = ${id}`;
  }
  const [{ id = "" } = {}] = (await readOperations(db, { limit: 50 })).items;
  await readOperations(db, { state: "done", limit: 50 });
  await readOperation(db, id);
  await readOperationRecords(db, id, { limit: 50 });
  for (const query of [
    {},
    { actor: "person 7" },
    { action: "provider.changed" },
    { subjectKind: "provider", subjectId: "subject 7" },
    { from: "2020-01-01T00:00:00Z", to: "2999-01-01T00:00:00Z" },
  ]) {
    const page = await readAudit(db, { ...query, limit: 50 });
    if (page.next) await readAudit(db, { ...query, limit: 50, after: page.next });
  }
  for (const kind of [undefined, "breaker", "pause", "config", "operation"] as const) {
    const page = await readSystemEvents(db, { kind, limit: 50 });
    if (page.next) await readSystemEvents(db, { kind, limit: 50, after: page.next });
  }
  await base.sql`analyze redrive.operation_records`;
  expect(sent.length).toBeGreaterThan(30);
  expect(await scansIn(base.sql, sent)).toEqual([]);
  await end();
});
