// Failures in groups, for tests that act on them.
import type { Sql } from "#db/client.ts";
import type { Permission } from "#lib/core/access.ts";
import { enqueueMany } from "#tests/support/engine.ts";

export const ana = { actor: "Ana <ana@example.org>", may: () => true };
export const bob = { actor: "Bob <bob@example.org>", may: () => true };
/** Someone who may do only this. */
export const whoMay = (...granted: Permission[]) => ({
  actor: "Cleo <cleo@example.org>",
  may: (permission: Permission) => granted.includes(permission),
});

export type GivenFailures = {
  provider?: string;
  fingerprint?: string;
  category?: string;
  team?: string;
  message?: string;
  status?: number;
  failedAt?: string;
  orderingKey?: string | null;
};

/** Records that failed, as a settlement leaves them. */
export async function failed(sql: Sql, count: number, given: GivenFailures = {}): Promise<string[]> {
  const ids = await enqueueMany(sql, given.provider ?? "ats", count);
  await fail(sql, ids, given);
  return ids;
}

/** Takes queued records to the failures. */
export async function fail(sql: Sql, ids: string[], given: GivenFailures = {}): Promise<void> {
  await sql`
    with gone as (
      delete from redrive.queue where record_id = any (${ids}::uuid[])
      returning record_id, provider, ordering_key, revision
    ), timeline as (
      insert into redrive.events (record_id, at, kind, attempt, outcome, status)
      select record_id, clock_timestamp(), 'failed', 1, 'unavailable', ${given.status ?? 503} from gone
    )
    insert into redrive.failures
      (record_id, provider, category, team, fingerprint, outcome, status_code, message, attempts, tries, failed_at,
        ordering_key, revision)
    select
      record_id, provider, ${given.category ?? "technical"}, ${given.team ?? "technical"},
      ${given.fingerprint ?? "f"}, 'unavailable', ${given.status ?? 503}, ${given.message ?? "503 Service Unavailable"},
      1, 1, coalesce(${given.failedAt ?? null}::timestamptz, clock_timestamp()), ordering_key, revision
    from gone`;
}

export type GroupRow = {
  id: string;
  fingerprint: string;
  team: string;
  records: number;
  openRecords: number;
  emptiedAt: string | null;
  resolvedAt: string | null;
  lastAct: string | null;
  lastActBy: string | null;
  touchedBy: string | null;
  assignee: string | null;
  changedAt: string;
  lastAt: string;
  openedAt: string;
  type: string | null;
  title: string;
  hours: number[];
};

/** All groups of a fingerprint, the oldest first. */
export const groupsOf = (sql: Sql, fingerprint = "f") =>
  sql<GroupRow[]>`select * from redrive.failure_groups where fingerprint = ${fingerprint} order by id`;

/** The one that is not over. */
export async function groupOf(sql: Sql, fingerprint = "f"): Promise<GroupRow> {
  const group = (await groupsOf(sql, fingerprint)).find(({ resolvedAt }) => resolvedAt === null);
  if (!group) throw new Error(`no open group of ${fingerprint}`);
  return group;
}
