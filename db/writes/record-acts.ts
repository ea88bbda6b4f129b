// What a person's acts on a failure share: may they, who was first, and the rows each act leaves behind.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { type Actor, Denied, Refused } from "#db/writes/refused.ts";
import type { FailureState } from "#lib/contract/failure.ts";
import type { Permission } from "#lib/core/access.ts";
import type { TeamKind } from "#lib/core/desk.ts";
import type { EventKind, RecordStatus } from "#lib/core/status.ts";

export type ActKind = Extract<
  EventKind,
  "retried" | "retry_cancelled" | "rejected" | "skipped" | "reopened" | "assigned" | "moved"
>;

/** What the timeline says someone did. */
const did: Record<ActKind, string> = {
  retried: "retried this record",
  retry_cancelled: "took the retry back",
  rejected: "rejected this record",
  skipped: "let the records after this one pass",
  reopened: "reopened this record",
  assigned: "assigned this record",
  moved: "moved this record to another team",
};

export const retryPermission = (kind: TeamKind): Permission =>
  kind === "technical" ? "retry_technical" : "retry_client_data";
export const rejectPermission = (kind: TeamKind): Permission =>
  kind === "technical" ? "reject_technical" : "reject_client_data";

export function need({ may }: Actor, permission: Permission): void {
  if (!may(permission)) throw new Denied(permission);
}

/** A team, and which of the two skills it has; one that was deleted is looked after as technical. */
export type TeamOf = { team: string; kind: TeamKind };

/** The team of a failure in the given state; null when the record has none. */
export async function teamOf(sql: TransactionSql, id: string, state: FailureState): Promise<TeamOf | null> {
  const [row] = await sql<TeamOf[]>`
    select failures.team, coalesce(teams.kind, 'technical') as kind
    from redrive.failures
    left join redrive.teams on teams.slug = failures.team
    where failures.record_id = ${id} and failures.state = ${state}`;
  return row ?? null;
}

export async function kindOfTeam(sql: TransactionSql, slug: string): Promise<TeamKind> {
  const [team] = await sql<{ kind: TeamKind }[]>`select kind from redrive.teams where slug = ${slug}`;
  return team?.kind ?? "technical";
}

/** The newest of people's acts on a record. */
export async function lastAct(
  sql: TransactionSql,
  id: string,
): Promise<{ kind: ActKind; actor: string; at: string; detail: Record<string, unknown> } | null> {
  const [act] = await sql<{ kind: ActKind; actor: string; at: string; detail: Record<string, unknown> }[]>`
    select kind, coalesce(actor, 'someone') as actor, at, coalesce(detail, '{}') as detail
    from redrive.events
    where record_id = ${id} and kind in ('retried', 'retry_cancelled', 'rejected', 'skipped', 'reopened')
    order by at desc
    limit 1`;
  return act ?? null;
}

/** Why a record is not in the state that an act needs: it does not exist, or who was first, and how it stands now. */
export async function whyNot(sql: TransactionSql, id: string, needed: string): Promise<Refused> {
  const [record] = await sql<{ status: RecordStatus }[]>`select status from redrive.record_status(${id})`;
  if (!record) return new Refused("not_found", `There is no record ${id}.`);
  const act = await lastAct(sql, id);
  const stands = `It is ${record.status} now; ${needed}.`;
  return act
    ? new Refused("conflict", `${act.actor} ${did[act.kind]} at ${act.at}. ${stands}`, {
        by: act.actor,
        at: act.at,
      })
    : new Refused("conflict", stands);
}

/** Nothing of this record stands in the way any more: the next of its ordering key may go. */
export async function letNextGo(
  sql: TransactionSql,
  { provider, orderingKey }: { provider: string; orderingKey: string | null },
): Promise<void> {
  if (orderingKey !== null) await sql`select redrive.unpark_next(${provider}, ${orderingKey})`;
}

type Act = {
  id: string;
  provider: string;
  kind: ActKind;
  actor: string;
  reason?: string | null;
  detail?: Record<string, unknown>;
};

/** The timeline's event, the audit's row and the hints of an act. */
export async function noteAct(
  sql: TransactionSql,
  { id, provider, kind, actor, reason = null, detail = {} }: Act,
): Promise<void> {
  await sql`
    insert into redrive.events (record_id, at, kind, actor, reason, detail)
    values (
      ${id}, clock_timestamp(), ${kind}, ${actor}, ${reason || null}, ${JSON.stringify(detail)}::text::jsonb
    )`;
  await audit(sql, { actor, action: `record.${kind}`, subjectKind: "record", subjectId: id, reason, detail });
  await hint(sql, { topic: "failures", provider }, { topic: "record", provider, id });
}
