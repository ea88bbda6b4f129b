// Takes a person's retry back while it has not left: the failure is as it was, to the microsecond.
import { noteActInGroup } from "#db/writes/group-acts.ts";
import { kindOfTeam, lastAct, need, noteAct, retryPermission, whyNot } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";

/** Nearer to its time than this a record may be on its way already: an owner reads what is due a moment ahead. */
const marginMs = 150;

/** @throws Refused when there is no such record, no retry to take back, it has left, or the actor may not. */
export async function cancelRetry(sql: AnySql, id: string, by: Actor): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    const act = await lastAct(sql, id);
    if (act?.kind !== "retried") throw await whyNot(sql, id, "there is no retry to take back");
    const failure = act.detail.failure as {
      provider: string;
      team: string;
      tries: number;
      revision?: number;
    };
    need(by, retryPermission(await kindOfTeam(sql, failure.team)));

    // The same number of tries: an attempt that was made meanwhile is one that has left.
    const gone = await sql<{ dueAt: string; orderingKey: string | null }[]>`
      delete from redrive.queue
      where record_id = ${id}
        and due_at > clock_timestamp() + ${marginMs}::int * interval '1 millisecond'
        and tries = ${failure.tries}
      returning due_at, ordering_key`;
    if (gone.length === 0) {
      const again = await lastAct(sql, id);
      if (again?.kind !== "retried") throw await whyNot(sql, id, "the retry was taken back already");
      throw new Refused(
        "conflict",
        "Too late to take this retry back: the record has left, or goes as soon as its provider is sent to.",
        {
          by: again.actor,
          at: again.at,
        },
      );
    }
    // It is no new failure: it keeps its team, and its group does not count it again.
    await sql`select set_config('redrive.restoring', ${id}, true)`;
    const [restored] = await sql<{ fingerprint: string }[]>`
      insert into redrive.failures
      select * from jsonb_populate_record(
        null::redrive.failures,
        -- An earlier release wrote failures without these.
        jsonb_build_object('redrives', 0, 'ordering_key', ${gone[0]?.orderingKey ?? null}::text, 'revision', 0)
          || ${JSON.stringify(failure)}::text::jsonb
      )
      returning fingerprint`;
    if (!restored) throw new Error(`the failure of record ${id} was not put back`);
    await sql`select set_config('redrive.restoring', '', true)`;
    // A correction that never left is taken back with it; the timeline keeps what it was.
    await sql`delete from redrive.revisions where record_id = ${id} and nth > ${failure.revision ?? 0}`;
    await noteActInGroup(sql, restored.fingerprint, "retry_cancelled", by);
    await noteAct(sql, { id, provider: failure.provider, kind: "retry_cancelled", actor: by.actor });
    // An owner sees the row until this commits: if the writes above took long, it may have left meanwhile.
    const [still] = await sql<{ early: boolean }[]>`
      select ${gone[0]?.dueAt ?? null}::timestamptz > clock_timestamp() + interval '50 milliseconds' as early`;
    if (!still?.early)
      throw new Refused("conflict", "Too late to take this retry back: the record leaves right now.");
    return { id, status: "failed", dueAt: null };
  });
}
