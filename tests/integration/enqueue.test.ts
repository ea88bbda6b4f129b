import { afterAll, beforeAll, expect, test } from "vitest";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "ats");
});
afterAll(() => base[Symbol.asyncDispose]());

test("a row in the outbox is queued in the same transaction", async () => {
  const [row] =
    await base.sql`insert into redrive.outbox (provider, payload) values ('ats', '{"candidate": 7}') returning id`;
  const [status] = await base.sql`select * from redrive.record_status(${row?.id})`;
  expect(status).toMatchObject({ status: "waiting", attempts: 0, lastError: null, settledAt: null });
});

test("a rolled back transaction owes nothing", async () => {
  const before = await base.sql`select count(*)::int as n from redrive.queue`;
  await base.sql
    .begin(async (sql) => {
      await sql`select redrive.enqueue('ats', '{}')`;
      throw new Error("business failed");
    })
    .catch(() => {});
  expect(await base.sql`select count(*)::int as n from redrive.queue`).toEqual(before);
});

test("an unknown provider is refused in the inserting statement, by name", async () => {
  await expect(base.sql`insert into redrive.outbox (provider, payload) values ('atz', '{}')`).rejects.toThrow(
    'unknown provider "atz"',
  );
});

test("a payload over 1 MiB is refused, one of just 1 MiB is taken", async () => {
  const ofBytes = (bytes: number) => base.sql`
    select redrive.enqueue('ats', to_jsonb(repeat('x', ${bytes - 2}::int)))`;
  await expect(ofBytes(1_048_577)).rejects.toThrow(/payload of 1048577 bytes .*"ats".* 1 MiB/);
  await expect(ofBytes(1_048_576)).resolves.toHaveLength(1);
});

test("a payload over 1 MiB is refused however small it is stored", async () => {
  await base.sql`create table documents as select to_jsonb(repeat('x', 5000000)) as document`;
  await expect(
    base.sql`insert into redrive.outbox (provider, payload) select 'ats', document from documents`,
  ).rejects.toThrow("payload of 5000002 bytes");
  await expect(base.sql`select redrive.enqueue('ats', to_jsonb(repeat(chr(1), 190000)))`).rejects.toThrow(
    "1 MiB",
  );
  await expect(
    base.sql`select redrive.enqueue('ats', jsonb_agg(1e131071::numeric)) from generate_series(1, 20)`,
  ).rejects.toThrow("1 MiB");
});

test.each([
  ["id", "gen_random_uuid()", /^the id [0-9a-f-]{36} is no UUIDv7$/, "outbox_id_is_uuid_v7"],
  ["headers", "'[1]'", /^the headers are no JSON object$/, "outbox_headers_are_an_object"],
  ["headers", "'null'", /^the headers are no JSON object$/, "outbox_headers_are_an_object"],
  ["idempotency_key", "repeat('x', 201)", /^idempotency_key must have between 1 and 200/, "outbox_keys_fit"],
  ["dedupe_key", "''", /^dedupe_key must have between 1 and 200 characters$/, "outbox_keys_fit"],
  ["ordering_key", "repeat('x', 201)", /^ordering_key must have between 1 and 200/, "outbox_keys_fit"],
  ["on_delivered", "repeat('x', 129)", /^on_delivered must have between 1 and 128/, "outbox_task_names_fit"],
  ["on_failed", "''", /^on_failed must have between 1 and 128/, "outbox_task_names_fit"],
  ["on_rejected", "repeat('x', 129)", /^on_rejected must have between 1 and 128/, "outbox_task_names_fit"],
])("%s of %s is refused, with the field and the mend", async (column, value, message, constraint) => {
  const before = await base.sql`select count(*)::int as n from redrive.outbox`;
  const error = await base.sql
    .unsafe(
      `insert into redrive.outbox (provider, payload, ${column}) values ('ats', '{}', default), ('ats', '{}', ${value})`,
    )
    .catch((error: unknown) => error);
  expect(error).toMatchObject({
    message: expect.stringMatching(message),
    code: "23514",
    constraint_name: constraint,
    column_name: column,
    hint: expect.stringContaining("out"),
  });
  expect(await base.sql`select count(*)::int as n from redrive.outbox`).toEqual(before);
});

test("the longest names and keys are taken", async () => {
  await base.sql`
    insert into redrive.outbox
      (provider, payload, headers, idempotency_key, dedupe_key, ordering_key, on_delivered, on_failed, on_rejected)
    select 'ats', '{}', '{}', key, key, key, task, task, task
    from (select repeat('x', 200) as key, repeat('x', 128) as task) as longest`;
});

test("two open transactions that enqueue for one provider never wait for each other", async () => {
  await base.sql`insert into redrive.workers (id, host, pid) values ('w', 'h', 1)`;
  await base.sql.begin(async (first) => {
    await first`select redrive.enqueue('ats', '{}')`;
    // While the first is open, with a wake-up job in it, the second must commit; a wait would end in this timeout.
    await base.sql.begin(async (second) => {
      await second`set local lock_timeout = '2s'`;
      await second`set local statement_timeout = '5s'`;
      await second`select redrive.enqueue('ats', '{}')`;
    });
  });
  const jobs = await base.sql`select 1 from graphile_worker.jobs where task_identifier = 'drain'`;
  expect(jobs.length).toBe(2);
});

test("only insert on the outbox and its functions are open to a producer", async () => {
  await base.sql.begin(async (sql) => {
    await sql`set local role redrive_producer`;
    const [made] =
      await sql`select redrive.enqueue('ats', '{"a": 1}', owner => 'customer-42', priority => 3) as id`;
    const [status] = await sql`select status from redrive.record_status(${made?.id})`;
    expect(status?.status).toBe("waiting");
    await expect(sql.savepoint((inner) => inner`select * from redrive.outbox`)).rejects.toThrow(
      "permission denied",
    );
    await expect(sql.savepoint((inner) => inner`delete from redrive.queue`)).rejects.toThrow(
      "permission denied",
    );
  });
});

test("the outbox is append-only", async () => {
  await expect(base.sql`update redrive.outbox set type = 'x'`).rejects.toThrow("append-only");
});

test("a record can't be queued and failed at once", async () => {
  const [made] = await base.sql`select redrive.enqueue('ats', '{}') as id`;
  await expect(
    base.sql`insert into redrive.failures (record_id, provider, category, team, fingerprint, message, attempts, tries, failed_at)
             values (${made?.id}, 'ats', 'technical', 'technical', 'f', 'm', 1, 1, now())`,
  ).rejects.toThrow("is queued and cannot also be in failures");
});
