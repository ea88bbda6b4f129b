// Gives failures to another team: a whole group with all that comes to it later, or one failure alone.
import type { TransactionSql } from "#db/client.ts";
import {
  type LockedGroup,
  lockOpenGroup,
  noteActInGroup,
  noteGroupAct,
  recordsAtOnce,
} from "#db/writes/group-acts.ts";
import { need, noteAct, teamOf, whyNot } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";
import type { RecordAct } from "#lib/contract/record.ts";

type Move = { id: string; team: string };

/** @throws Refused when there is no such group or team, nothing of it is open, it has it already, or the actor may not. */
export async function moveGroup(sql: AnySql, { id, team }: Move, by: Actor): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockOpenGroup(sql, id);
    need(by, "assign");
    await refuseUnknownTeam(sql, team);
    if (group.team === team) throw alreadyThere(group);
    let moved = 0;
    for (;;) {
      const now = await moveSome(sql, group, team, by.actor);
      moved += now;
      if (now < recordsAtOnce) break;
    }
    await sql`update redrive.failure_groups set team = ${team}, moved_by = ${by.actor} where id = ${id}`;
    return noteGroupAct(sql, group, {
      kind: "moved",
      records: moved,
      by,
      detail: { from: group.team, to: team },
    });
  });
}

async function moveSome(
  sql: TransactionSql,
  group: LockedGroup,
  team: string,
  actor: string,
): Promise<number> {
  const [moved] = await sql<{ count: number }[]>`
    with chosen as (
      select record_id, team as was
      from redrive.failures
      where fingerprint = ${group.fingerprint} and state = 'open' and team <> ${team}
      order by failed_at, record_id
      limit ${recordsAtOnce}
      for update skip locked
    ), moved as (
      update redrive.failures
      set team = ${team}
      from chosen
      where failures.record_id = chosen.record_id
      returning failures.record_id, chosen.was
    ), timeline as (
      insert into redrive.events (record_id, at, kind, actor, detail)
      select
        record_id, clock_timestamp(), 'moved', ${actor},
        jsonb_build_object('from', was, 'to', ${team}::text, 'group', ${group.id}::text)
      from moved
    )
    select count(*)::int as count from moved`;
  return moved?.count ?? 0;
}

function alreadyThere({ team, lastAct, lastActBy, lastActAt }: LockedGroup): Refused {
  return lastAct === "moved" && lastActBy !== null && lastActAt !== null
    ? new Refused("conflict", `${lastActBy} moved it to the team ${team} at ${lastActAt}.`, {
        by: lastActBy,
        at: lastActAt,
      })
    : new Refused("conflict", `The team ${team} has it already.`);
}

/** @throws Refused when there is no such team. */
export async function refuseUnknownTeam(sql: TransactionSql, team: string): Promise<void> {
  const teams = await sql<{ slug: string }[]>`select slug from redrive.teams order by position, slug`;
  if (teams.some(({ slug }) => slug === team)) return;
  const message = `there is no team "${team}"; there are ${teams.map(({ slug }) => slug).join(", ")}`;
  throw new Refused("invalid_input", `team: ${message}.`, { errors: [{ field: "team", message }] });
}

/** @throws Refused when there is no such record or team, it is not failed, its team is that one, or the actor may not. */
export async function moveFailure(
  sql: AnySql,
  { id, team, reason }: Move & { reason?: string },
  by: Actor,
): Promise<RecordAct> {
  return inTransaction(sql, async (sql) => {
    const needed = "only a failed record can be moved to another team";
    const was = await teamOf(sql, id, "open");
    if (was === null) throw await whyNot(sql, id, needed);
    need(by, "assign");
    await refuseUnknownTeam(sql, team);
    if (was.team === team) throw new Refused("conflict", `The team ${team} has it already.`);

    const [moved] = await sql<{ provider: string; fingerprint: string }[]>`
      update redrive.failures
      set team = ${team}
      where record_id = ${id} and state = 'open'
      returning provider, fingerprint`;
    if (!moved) throw await whyNot(sql, id, needed);
    await noteActInGroup(sql, moved.fingerprint, "moved", by);
    await noteAct(sql, {
      id,
      provider: moved.provider,
      kind: "moved",
      actor: by.actor,
      reason,
      detail: { from: was.team, to: team },
    });
    return { id, status: "failed", dueAt: null };
  });
}
