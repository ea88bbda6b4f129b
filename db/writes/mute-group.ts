// Keeps a group silent until a time: no message tells of it, and lists show that it is muted.
import { lockGroup, rememberTouch } from "#db/writes/group-acts.ts";
import { need } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { GroupAct } from "#lib/contract/group.ts";

const longest = "30 days";

/** @throws Refused when there is no such group, the time is past or too far, or the actor may not. */
export async function muteGroup(
  sql: AnySql,
  { id, mutedUntil }: { id: string; mutedUntil: string | null },
  by: Actor,
): Promise<GroupAct> {
  return inTransaction(sql, async (sql) => {
    const group = await lockGroup(sql, id);
    need(by, "assign");
    if (mutedUntil !== null) await refuseOddTime(sql, mutedUntil);
    await sql`update redrive.failure_groups set muted_until = ${mutedUntil} where id = ${id}`;
    const action = mutedUntil === null ? "group.unmuted" : "group.muted";
    return rememberTouch(sql, group, { action, by, detail: { until: mutedUntil } });
  });
}

async function refuseOddTime(sql: AnySql, until: string): Promise<void> {
  const [time] = await sql<{ isFit: boolean }[]>`
    select ${until}::timestamptz > clock_timestamp()
      and ${until}::timestamptz <= clock_timestamp() + ${longest}::interval as is_fit`;
  if (time?.isFit) return;
  const message = `must be a time to come, within ${longest}; or null to hear of it again`;
  throw new Refused("invalid_input", `until: ${message}.`, { errors: [{ field: "until", message }] });
}
