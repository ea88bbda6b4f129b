// What a person's acts on a failure group share: who may, who was first, and the rows each act leaves behind. An act locks
// the group first, and passes over a failure that somebody else has in hands: it never waits for one while others, who have
// one, wait for the group. An act on one failure takes the failure first, then the group.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { type Actor, Denied, Refused } from "#db/writes/refused.ts";
import type { GroupAct } from "#lib/contract/group.ts";
import type { Permission } from "#lib/core/access.ts";
import { recordsWithoutMore } from "#lib/core/bulk.ts";
import { type TeamKind, teamKinds } from "#lib/core/desk.ts";

/** Records that one statement of an act moves. */
export const recordsAtOnce = 1_000;

/** What the group remembers as done last, in the words of the timeline. */
export type GroupActKind =
  | "retried"
  | "rejected"
  | "assigned"
  | "moved"
  | "reopened"
  | "skipped"
  | "retry_cancelled";

export type LockedGroup = {
  id: string;
  fingerprint: string;
  provider: string;
  team: string;
  kind: TeamKind;
  openRecords: number;
  assignee: string | null;
  resolvedAt: string | null;
  lastAct: GroupActKind | null;
  lastActBy: string | null;
  lastActAt: string | null;
  lastActRecords: number | null;
};

/** @throws Refused when there is no such group. */
export async function lockGroup(sql: TransactionSql, id: string): Promise<LockedGroup> {
  const [group] = await sql<LockedGroup[]>`
    select
      groups.id, groups.fingerprint, groups.provider, groups.team, coalesce(teams.kind, 'technical') as kind,
      groups.open_records, groups.assignee, groups.resolved_at, groups.last_act, groups.last_act_by, groups.last_act_at,
      groups.last_act_records
    from redrive.failure_groups as groups
    left join redrive.teams on teams.slug = groups.team
    where groups.id = ${id}
    for update of groups`;
  if (!group) throw new Refused("not_found", `There is no failure group ${id}.`);
  return group;
}

/** @throws Refused when there is no such group, or nothing of it is open: then it says who was first. */
export async function lockOpenGroup(sql: TransactionSql, id: string): Promise<LockedGroup> {
  const group = await lockGroup(sql, id);
  if (group.openRecords === 0) throw await nothingOpen(sql, group);
  return group;
}

const settling: Partial<Record<GroupActKind, string>> = { retried: "retried", rejected: "rejected" };

/** Who was first at a group of which nothing is open any more. */
export async function nothingOpen(sql: TransactionSql, group: LockedGroup): Promise<Refused> {
  const act = await lastSettling(sql, group);
  if (act === null) return new Refused("conflict", "Nothing of this group is open now.");
  const these = act.records === 1 ? "this one" : `these ${act.records ?? "records"}`;
  return new Refused("conflict", `${act.by} ${act.did} ${these} at ${act.at}; nothing of it is open now.`, {
    by: act.by,
    at: act.at,
  });
}

type Settling = { did: string; by: string; at: string; records: number | null };

async function lastSettling(sql: TransactionSql, group: LockedGroup): Promise<Settling | null> {
  const did = group.lastAct && settling[group.lastAct];
  if (did && group.lastActBy !== null && group.lastActAt !== null) {
    return { did, by: group.lastActBy, at: group.lastActAt, records: group.lastActRecords };
  }
  // Something else was done since, such as an assignment.
  const [act] = await sql<Settling[]>`
    select case action when 'group.retried' then 'retried' else 'rejected' end as did, actor as by, at,
      (detail ->> 'records')::int as records
    from redrive.audit
    where subject_kind = 'group' and subject_id = ${group.id} and action in ('group.retried', 'group.rejected')
    order by at desc
    limit 1`;
  return act ?? null;
}

/**
 * The kinds of team whose failures the actor may do this to. A single failure that was given to another team is that
 * team's, whatever its group.
 *
 * @throws Denied when the group's own is not among them.
 */
export function kindsFor(
  { may }: Actor,
  group: LockedGroup,
  permissionOf: (kind: TeamKind) => Permission,
): TeamKind[] {
  if (!may(permissionOf(group.kind))) throw new Denied(permissionOf(group.kind));
  return teamKinds.filter((kind) => may(permissionOf(kind)));
}

/** Where in the order of time and id a failure stands. */
export type Place = { failedAt: string; recordId: string };

const nilId = "00000000-0000-0000-0000-000000000000";

/** Behind this place; from the beginning for null. What went before it is not walked over again. */
export const isBehind = (sql: TransactionSql, place: Place | null) => sql`
  (failures.failed_at, failures.record_id)
    > (${place?.failedAt ?? "-infinity"}::timestamptz, ${place?.recordId ?? nilId}::uuid)`;

/** Of a group's open failures the next oldest, locked, but for those that somebody else has in hands. */
export async function chooseOfGroup(
  sql: TransactionSql,
  group: LockedGroup,
  { kinds, after, most }: { kinds: TeamKind[]; after: Place | null; most: number },
): Promise<Place[]> {
  return await sql<Place[]>`
    select failures.failed_at, failures.record_id
    from redrive.failures
    where failures.fingerprint = ${group.fingerprint} and failures.state = 'open'
      and ${isBehind(sql, after)}
      and coalesce((select teams.kind from redrive.teams where teams.slug = failures.team), 'technical')
        = any (${kinds})
    order by failures.failed_at, failures.record_id
    limit ${most}
    for update of failures skip locked`;
}

/** @throws Denied when these are more records than the actor may act on at once. */
export function needForSoMany({ may }: Actor, records: number): void {
  if (records > recordsWithoutMore && !may("bulk_many")) throw new Denied("bulk_many");
}

type Note = {
  kind: GroupActKind;
  records: number;
  by: Actor;
  reason?: string | null;
  detail?: Record<string, unknown>;
};

/** Notes an act on the group itself, its audit row and hint; says how much of it is open now. */
export async function noteGroupAct(
  sql: TransactionSql,
  group: LockedGroup,
  { kind, records, by, reason = null, detail = {} }: Note,
): Promise<GroupAct> {
  const [after] = await noteLastAct(sql, sql`id = ${group.id}`, { kind, records, by });
  if (!after) throw new Error(`group ${group.id} is locked and gone`);
  await audit(sql, {
    actor: by.actor,
    action: `group.${kind}`,
    subjectKind: "group",
    subjectId: group.id,
    reason,
    detail: { fingerprint: group.fingerprint, provider: group.provider, records, ...detail },
  });
  await hint(sql, { topic: "failures", provider: group.provider });
  return { id: group.id, acted: records, open: after.openRecords, by: by.actor, at: after.at };
}

/** An act on one record of a group is one on the group as well, for the next who presses a button. */
export async function noteActInGroup(
  sql: TransactionSql,
  fingerprint: string,
  kind: GroupActKind,
  by: Pick<Actor, "actor">,
): Promise<void> {
  await noteLastAct(sql, sql`fingerprint = ${fingerprint} and resolved_at is null`, { kind, records: 1, by });
}

/** What a failure that was acted on belongs to. */
export type OfGroup = { provider: string; fingerprint: string };

type Acts = { kind: GroupActKind; by: Pick<Actor, "actor">; since: string };

/** An act on many records of many groups is one on each of these; a part of it adds to what it did since it began. */
export async function noteActsInGroups(
  sql: TransactionSql,
  acted: readonly OfGroup[],
  { kind, by, since }: Acts,
): Promise<void> {
  const counts = new Map<string, number>();
  for (const { fingerprint } of acted) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
  await sql`
    update redrive.failure_groups
    set
      last_act = ${kind}, last_act_by = ${by.actor}, last_act_at = clock_timestamp(),
      last_act_records = acted.records + case
        when last_act = ${kind} and last_act_by = ${by.actor} and last_act_at >= ${since}::timestamptz
          then last_act_records else 0 end,
      touched_at = coalesce(touched_at, clock_timestamp()), touched_by = coalesce(touched_by, ${by.actor}),
      changed_at = clock_timestamp()
    from unnest(${[...counts.keys()]}::text[], ${[...counts.values()]}::int[]) as acted(fingerprint, records)
    where failure_groups.fingerprint = acted.fingerprint and failure_groups.resolved_at is null`;
}

const noteLastAct = (
  sql: TransactionSql,
  which: ReturnType<TransactionSql>,
  { kind, records, by }: { kind: GroupActKind; records: number; by: Pick<Actor, "actor"> },
) => sql<{ openRecords: number; at: string }[]>`
  update redrive.failure_groups
  set
    last_act = ${kind}, last_act_by = ${by.actor}, last_act_at = clock_timestamp(), last_act_records = ${records},
    touched_at = coalesce(touched_at, clock_timestamp()), touched_by = coalesce(touched_by, ${by.actor}),
    changed_at = clock_timestamp()
  where ${which}
  returning open_records, last_act_at as at`;

/** An act that changes nothing for the failures: it counts as a touch, and does not hide who acted on them last. */
export async function rememberTouch(
  sql: TransactionSql,
  group: LockedGroup,
  { action, by, detail }: { action: string; by: Actor; detail: Record<string, unknown> },
): Promise<GroupAct> {
  const [after] = await sql<{ at: string }[]>`
    update redrive.failure_groups
    set
      touched_at = coalesce(touched_at, clock_timestamp()), touched_by = coalesce(touched_by, ${by.actor}),
      changed_at = clock_timestamp()
    where id = ${group.id}
    returning changed_at as at`;
  if (!after) throw new Error(`group ${group.id} is locked and gone`);
  await audit(sql, { actor: by.actor, action, subjectKind: "group", subjectId: group.id, detail });
  await hint(sql, { topic: "failures", provider: group.provider });
  return { id: group.id, acted: 0, open: group.openRecords, by: by.actor, at: after.at };
}
