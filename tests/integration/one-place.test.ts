// Whatever people and workers do, in whatever order: a record is in exactly one of queue, failures and settled.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelRetry } from "#db/writes/cancel-retry.ts";
import { Refused } from "#db/writes/refused.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { releaseLease } from "#db/writes/release-lease.ts";
import { reopenRecord } from "#db/writes/reopen-record.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { settle } from "#db/writes/settle.ts";
import { takeLease } from "#db/writes/take-lease.ts";
import { takeOver } from "#db/writes/take-over.ts";
import { aDatabase, aProvider, type TestDatabase } from "#tests/support/database.ts";
import { enqueue } from "#tests/support/engine.ts";
import { anOpenGate, aResult, aSettlement } from "#tests/support/settlement.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
  await aProvider(base.sql, "any");
});
afterAll(() => base[Symbol.asyncDispose]());

const maria = { actor: "Maria", may: () => true };
const acts = [
  "enqueue",
  "deliver",
  "retry later",
  "fail",
  "die",
  "retry",
  "undo",
  "reject",
  "reopen",
] as const;
type Act = (typeof acts)[number];

test("no record is ever in two of queue, failures and settled, nor in none", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...acts), fc.nat(3)), { minLength: 5, maxLength: 25 }),
      async (steps) => {
        const ids = [await enqueue(base.sql, "any")];
        for (const [act, which] of steps) {
          const id = ids[which % ids.length] ?? "";
          if (act === "enqueue") ids.push(await enqueue(base.sql, "any"));
          else await perform(act, id);
          await expectOnePlace(ids);
        }
      },
    ),
    { numRuns: 60 },
  );
});

async function perform(act: Exclude<Act, "enqueue">, id: string): Promise<void> {
  const { sql } = base;
  try {
    switch (act) {
      case "retry":
        await retryRecord(sql, { id }, maria);
        break;
      case "undo":
        await cancelRetry(sql, id, maria);
        break;
      case "reject":
        await rejectRecord(sql, { id, reason: "not needed", code: "other" }, maria);
        break;
      case "reopen":
        await reopenRecord(sql, { id }, maria);
        break;
      default:
        await work(act, id);
    }
  } catch (error) {
    // A person may press what is no longer possible; they are told so, and nothing changes.
    if (!(error instanceof Refused)) throw error;
  }
}

/** What a worker does to a record, whether or not it is queued: late results and repeated deaths happen. */
async function work(act: "deliver" | "retry later" | "fail" | "die", id: string): Promise<void> {
  const { sql } = base;
  const lease = await takeLease(sql, "any", "worker");
  if (!lease) throw new Error("the lease is free here");
  if (act === "die") {
    await takeOver(sql, { ...lease, interrupted: [id] }, 1);
  } else {
    const [queued] = await sql<{ tries: number }[]>`select tries from redrive.queue where record_id = ${id}`;
    const result = { deliver: aResult.delivered, "retry later": aResult.retrying, fail: aResult.failed }[act];
    // A worker only settles what it read from the queue.
    if (queued) {
      await settle(
        sql,
        aSettlement("any", "worker", lease.epoch, [result(id, { tries: queued.tries + 1, attempts: 1 })]),
      );
    }
  }
  await releaseLease(sql, lease, { version: 1, restsUntilMs: null, gate: anOpenGate });
}

async function expectOnePlace(ids: string[]): Promise<void> {
  const rows = await base.sql<
    { id: string; queued: boolean; failed: boolean; settled: boolean; status: string }[]
  >`
    select
      outbox.id,
      queue.record_id is not null as queued,
      coalesce(failures.state = 'open', false) as failed,
      queue.record_id is null and failures.state is distinct from 'open' and exists (
        select from redrive.events
        where events.record_id = outbox.id and events.kind in ('delivered', 'duplicate', 'rejected', 'discarded')
      ) as settled,
      (select status from redrive.record_status(outbox.id)) as status
    from redrive.outbox
    left join redrive.queue on queue.record_id = outbox.id
    left join redrive.failures on failures.record_id = outbox.id
    where outbox.id = any (${ids}::uuid[])`;
  expect(rows).toHaveLength(ids.length);
  for (const row of rows) {
    expect([row.queued, row.failed, row.settled].filter(Boolean), JSON.stringify(row)).toHaveLength(1);
    const place = row.queued
      ? ["waiting", "retrying", "sending", "held"]
      : row.failed
        ? ["failed"]
        : ["delivered", "rejected"];
    expect(place).toContain(row.status);
  }
}
