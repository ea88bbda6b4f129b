// A payload is corrected and sent again: the original stays, the correction travels with its record wherever it goes.
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDueRecords, readLanes } from "#db/reads/due-records.ts";
import { readRecord } from "#db/reads/record.ts";
import { cancelRetry } from "#db/writes/cancel-retry.ts";
import { redriveFailures } from "#db/writes/redrive-failures.ts";
import type { Actor } from "#db/writes/refused.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { settle } from "#db/writes/settle.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import { ana, fail, groupOf, whoMay } from "#tests/integration/desk/support.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { enqueue } from "#tests/support/engine.ts";
import { anOpenGate, aResult, aSettlement } from "#tests/support/settlement.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "ats", {
    edit: { allowed: ["/customer/postal_code", "/a~1b"], locked: ["/id", "/lines/0/id"] },
  });
});
afterAll(() => base[Symbol.asyncDispose]());

const original = {
  id: 7,
  customer: { name: "Grace", postal_code: "x" },
  lines: [{ id: 1 }, { id: 2 }],
  "a/b": 1,
};
const edited = (more: Record<string, unknown>) => JSON.stringify({ ...original, ...more });
const support = whoMay("retry_technical", "retry_client_data", "edit_allowed");

async function aFailure(payload: unknown = original, fingerprint = "f"): Promise<string> {
  const id = await enqueue(base.sql, "ats", payload);
  await fail(base.sql, [id], { fingerprint });
  return id;
}
const inPast = "2000-01-01T00:00:00Z";
const correct = (id: string, payloadText: string, by: Actor = ana) =>
  retryRecord(base.sql, { id, payloadText, at: inPast, reason: "they moved" }, by);

async function dueOf(id: string) {
  const lanes = await readLanes(base.sql, "ats");
  const due = await readDueRecords(
    base.sql,
    "ats",
    lanes,
    lanes.map(() => 1_000),
  );
  return due.find((record) => record.id === id);
}
const revisionOf = async (id: string) => {
  const [row] = await base.sql<{ revision: number; place: string }[]>`
    select revision, 'queue' as place from redrive.queue where record_id = ${id}
    union all select revision, 'failures' from redrive.failures where record_id = ${id}`;
  return row;
};

test("a corrected payload is what goes; the original stays, and the timeline says what was changed", async () => {
  const id = await aFailure();
  await correct(id, edited({ customer: { name: "Grace", postal_code: "1020" } }));
  expect(JSON.parse((await dueOf(id))?.payload ?? "")).toMatchObject({ customer: { postal_code: "1020" } });
  const record = await readRecord(base.db, id, { payload: true });
  expect(record?.payload).toMatchObject({ customer: { postal_code: "1020" } });
  expect(record?.revisions).toMatchObject([
    { nth: 0, by: null, payload: original },
    { nth: 1, by: ana.actor, reason: "they moved", payload: { customer: { postal_code: "1020" } } },
  ]);
  const event = record?.events.find(({ kind }) => kind === "edited");
  expect(event).toMatchObject({
    actor: ana.actor,
    reason: "they moved",
    detail: { revision: 1, changes: [{ path: "/customer/postal_code", old: "x", new: "1020" }] },
  });
  const hidden = await readRecord(base.db, id, { payload: false });
  expect(hidden?.events.find(({ kind }) => kind === "edited")?.detail.changes).toEqual([
    { path: "/customer/postal_code", old: "•••", new: "•••" },
  ]);
  expect(JSON.stringify(hidden)).not.toContain("1020");
  expect(JSON.stringify(hidden)).not.toContain("Grace");
  const [kept] = await base.sql`select payload from redrive.outbox where id = ${id}`;
  expect(kept?.payload).toEqual(original);
});

test("the revision travels through failing again, redrive, death, a group's retry and undo", async () => {
  const { sql } = base;
  const id = await aFailure(original, "travels");
  await correct(id, edited({ customer: { name: "G", postal_code: "1" } }));
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "queue" });

  const lease = await takeLease(sql, "ats", "worker");
  if (!lease) throw new Error("the lease is free here");
  const failing = aResult.failed(id, {
    atMs: Date.now() - 60_000,
    failure: { category: "technical", team: "technical", fingerprint: "travels", message: "m" },
  });
  await settle(sql, aSettlement("ats", "worker", lease.epoch, [failing]));
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "failures" });
  await redriveFailures(
    sql,
    { provider: "ats", owner: "worker", epoch: lease.epoch },
    { most: 100, sinceMs: Date.now(), restMs: 0, coolDownBaseMs: 1 },
  );
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "queue" });
  await sql`update redrive.queue set interruptions = 2 where record_id = ${id}`;
  await takeOver(sql, { ...lease, interrupted: [id] }, 1);
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "failures" });
  await releaseLease(sql, lease, { version: 1, restsUntilMs: null, gate: anOpenGate });

  await retryGroup(sql, { id: (await groupOf(sql, "ats:poison")).id }, ana);
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "queue" });
  await sql`update redrive.queue set due_at = now() + interval '1 hour' where record_id = ${id}`;
  await cancelRetry(sql, id, ana);
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "failures" });

  // A second correction that is taken back before it left is gone; the first stays.
  await retryRecord(sql, { id, payloadText: edited({ customer: { name: "G", postal_code: "2" } }) }, ana);
  expect(await revisionOf(id)).toEqual({ revision: 2, place: "queue" });
  await cancelRetry(sql, id, ana);
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "failures" });
  expect((await readRecord(base.db, id, { payload: true }))?.payload).toMatchObject({
    customer: { postal_code: "1" },
  });
  // And the next takes its number.
  await correct(id, edited({ customer: { name: "G", postal_code: "3" } }));
  expect(JSON.parse((await dueOf(id))?.payload ?? "")).toMatchObject({ customer: { postal_code: "3" } });
});

test.each([
  ["a locked field", edited({ id: 8 }), ana, "payload/id"],
  ["a locked field that is taken out", JSON.stringify({ customer: {} }), ana, "payload/id"],
  ["what is in front of a locked place", edited({ lines: [{ id: 2 }] }), ana, "payload/lines/0/id"],
  [
    "a field that is not allowed",
    edited({ customer: { name: "H", postal_code: "x" } }),
    support,
    "payload/customer/name",
  ],
  ["a new field that is not allowed", edited({ more: 1 }), support, "payload/more"],
  ["everything", "[]", support, "payload/id"],
  ["a NUL", edited({ "a/b": "\0" }), ana, "payload/a~1b"],
  ["half a character", edited({ "a/b": "" }).replace('""', '"\\ud800"'), ana, "payload/a~1b"],
  ["a number that is long once stored", edited({ n: [0] }).replace("[0]", "[1e131071]"), ana, "payload/n/0"],
  ["no JSON", "{", ana, "payload"],
  ["a tower", "[".repeat(300) + "]".repeat(300), ana, "payload"],
] as const)("%s is refused by name, and nothing is done", async (_what, text, by, field) => {
  const id = await aFailure();
  await expect(correct(id, text, by)).rejects.toMatchObject({
    code: "invalid_input",
    extras: { errors: expect.arrayContaining([{ field, message: expect.any(String) }]) },
  });
  expect(await revisionOf(id)).toEqual({ revision: 0, place: "failures" });
  expect(await base.sql`select from redrive.revisions where record_id = ${id}`).toHaveLength(0);
});

test("over 1 MiB is too large", async () => {
  const id = await aFailure();
  await expect(correct(id, edited({ more: "x".repeat(1_048_577) }))).rejects.toMatchObject({
    code: "payload_too_large",
    extras: { errors: [{ field: "payload", message: expect.stringContaining("1 MiB") }] },
  });
  // Short numbers that are long once stored.
  const numbers = Array.from({ length: 1_100 }, () => "1e999").join(",");
  await expect(
    correct(id, edited({ more: 0 }).replace('"more":0', `"more":[${numbers}]`)),
  ).rejects.toMatchObject({
    code: "payload_too_large",
  });
});

test("who may change allowed fields changes those; who may change nothing is told", async () => {
  const id = await aFailure();
  await correct(
    id,
    edited({ "a/b": { new: ["ü", 9] }, customer: { name: "Grace", postal_code: null } }),
    support,
  );
  expect(await revisionOf(id)).toEqual({ revision: 1, place: "queue" });
  const other = await aFailure();
  await expect(correct(other, edited({ "a/b": 2 }), whoMay("retry_technical"))).rejects.toMatchObject({
    code: "forbidden",
    permission: "edit_allowed",
  });
});

test("the same payload again is a plain retry", async () => {
  const id = await aFailure();
  await correct(id, ` ${JSON.stringify(original, null, 2)}`);
  expect(await revisionOf(id)).toEqual({ revision: 0, place: "queue" });
});

test("a number keeps every digit", async () => {
  const id = await aFailure();
  await correct(id, edited({}).replace('"a/b":1', '"a/b":9007199254740993'));
  expect((await dueOf(id))?.payload).toContain("9007199254740993");
  const [event] = await base.sql<{ detail: string }[]>`
    select detail::text as detail from redrive.events where record_id = ${id} and kind = 'edited'`;
  expect(event?.detail).toContain("9007199254740993");
});
