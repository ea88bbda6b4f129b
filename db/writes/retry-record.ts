// Puts an open failure back into the queue. It leaves in five seconds, so that it can be taken back until then. Of any
// number of people who press at once exactly one wins; the others learn who.
import { noteActInGroup } from "#db/writes/group-acts.ts";
import { need, noteAct, retryPermission, teamOf, whyNot } from "#db/writes/record-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { revisePayload } from "#db/writes/revise-payload.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";

/** Long enough to press Undo, short enough to feel immediate. */
const undoMs = 5_000;

type Gone = {
  provider: string;
  fingerprint: string;
  tries: number;
  revision: number;
  failure: Record<string, unknown>;
};

/** `payloadText`: a corrected payload as JSON, which goes instead. */
type Retry = { id: string; at?: string; reason?: string; payloadText?: string };

/** @throws Refused when there is no such record, it is not failed, someone was first, or the actor may not. */
export async function retryRecord(
  sql: AnySql,
  { id, at, reason, payloadText }: Retry,
  by: Actor,
): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    const needed = "only a failed record can be retried";
    const owner = await teamOf(sql, id, "open");
    if (owner === null) throw await whyNot(sql, id, needed);
    need(by, retryPermission(owner.kind));

    const [gone] = await sql<Gone[]>`
      delete from redrive.failures
      where record_id = ${id} and state = 'open' and team = ${owner.team}
      returning provider, fingerprint, tries, revision, to_jsonb(failures) as failure`;
    if (!gone) throw await whyNot(sql, id, needed);

    const revision =
      payloadText === undefined ? gone.revision : await revisePayload(sql, { id, payloadText, reason }, by);

    // Attempts begin anew, so that it gets all of its policy's; tries go on, for the timeline counts them.
    const [queued] = await sql<{ dueAt: string }[]>`
      insert into redrive.queue (record_id, provider, priority, due_at, attempts, tries, ordering_key, revision)
      select
        outbox.id, outbox.provider, outbox.priority,
        greatest(coalesce(${at ?? null}::timestamptz, clock_timestamp() + ${undoMs}::int * interval '1 millisecond'),
          clock_timestamp()),
        0, ${gone.tries}, outbox.ordering_key, ${revision}
      from redrive.outbox
      where outbox.id = ${id}
      returning due_at`;
    if (!queued) throw new Error(`record ${id} is in failures and not in the outbox`);

    await noteActInGroup(sql, gone.fingerprint, "retried", by);
    await noteAct(sql, {
      id,
      provider: gone.provider,
      kind: "retried",
      actor: by.actor,
      reason,
      detail: { failure: gone.failure, dueAt: queued.dueAt, ...(revision > 0 ? { revision } : {}) },
    });
    return { id, status: gone.tries > 0 ? "retrying" : "waiting", dueAt: queued.dueAt };
  });
}
