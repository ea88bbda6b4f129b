// What a bulk operation would cover: counted exactly, by provider and by whose failures they are. Nothing is written.
import type { TransactionSql } from "#db/client.ts";
import { kindOfFailure, lookedAt, narrowed, withRecords } from "#db/writes/failure-filter.ts";
import { rejectPermission, retryPermission } from "#db/writes/record-acts.ts";
import { type Actor, Denied, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { OperationPreview, PreviewOperation } from "#lib/contract/bulk.ts";
import type { Permission } from "#lib/core/access.ts";
import { type BulkAction, usualPace } from "#lib/core/bulk.ts";
import { type TeamKind, teamKinds } from "#lib/core/desk.ts";

/** What an action takes, by the kind of the failure's team. */
export const permissionOf: Record<BulkAction, (kind: TeamKind) => Permission> = {
  retry: retryPermission,
  reject: rejectPermission,
};

/** The kinds of team whose failures the actor may do this to. @throws Denied when there is none. */
export function kindsOf({ may }: Pick<Actor, "may">, action: BulkAction): TeamKind[] {
  const kinds = teamKinds.filter((kind) => may(permissionOf[action](kind)));
  if (kinds.length === 0) throw new Denied(permissionOf[action]("technical"));
  return kinds;
}

/** @throws Refused when the actor may do this to no failure at all, or the cutoff lies ahead. */
export function previewOperation(
  sql: AnySql,
  { action, filter, cutoff }: PreviewOperation,
  by: Pick<Actor, "may">,
): Promise<OperationPreview> {
  return inTransaction(sql, async (sql) => {
    const until = await cutoffUntilNow(sql, cutoff);
    const covered = await cover(sql, { action, filter, cutoff: until }, kindsOf(by, action));
    const { matched, eligible, rateMax, providers } = covered;
    const rateUsual = action === "retry" ? usualPace(eligible, rateMax) : null;
    return {
      cutoff: until,
      matched,
      eligible,
      notAllowed: matched - eligible,
      rateMax,
      rateUsual,
      providers,
    };
  });
}

/** The cutoff, now when there is none. Half a minute ahead is another clock, and means now. */
export async function cutoffUntilNow(sql: TransactionSql, cutoff: string | undefined): Promise<string> {
  const [time] = await sql<{ until: string; isAhead: boolean }[]>`
    select
      least(${cutoff ?? null}::timestamptz, clock_timestamp()) as until,
      coalesce(${cutoff ?? null}::timestamptz > clock_timestamp() + interval '30 seconds', false) as is_ahead`;
  if (!time) throw new Error("the database tells no time");
  if (!time.isAhead) return time.until;
  const message = "lies ahead; give the time at which the matches were looked at";
  throw new Refused("invalid_input", `cutoff: ${message}.`, { errors: [{ field: "cutoff", message }] });
}

export type Covered = Pick<OperationPreview, "matched" | "eligible" | "rateMax" | "providers">;

/** How many failures match, and how many of them are of these kinds of team. */
export async function cover(
  sql: TransactionSql,
  { filter, cutoff }: Required<PreviewOperation>,
  kinds: readonly TeamKind[],
): Promise<Covered> {
  const rows = await sql<{ provider: string; matched: number; eligible: number; rateMax: number | null }[]>`
    select
      counted.provider, sum(counted.records)::int as matched,
      coalesce(sum(counted.records) filter (where counted.kind = any (${kinds as TeamKind[]})), 0)::int as eligible,
      least(
        (providers.policy -> 'limits' ->> 'perSecond')::float8, (providers.policy -> 'limits' ->> 'perMinute')::float8 / 60
      ) as rate_max
    from (
      select failures.provider, ${kindOfFailure(sql)} as kind, count(*) as records
      from redrive.failures
      ${withRecords(sql, filter)}
      where ${narrowed(sql, filter, cutoff)} and ${lookedAt(sql, filter)}
      group by failures.provider, failures.team
    ) as counted
    left join redrive.providers on providers.slug = counted.provider
    group by counted.provider, providers.policy
    order by eligible desc, counted.provider`;
  const sum = (of: "matched" | "eligible") => rows.reduce((total, row) => total + row[of], 0);
  const rates = rows.filter(({ eligible }) => eligible > 0).flatMap(({ rateMax }) => rateMax ?? []);
  return {
    matched: sum("matched"),
    eligible: sum("eligible"),
    rateMax: rates.length > 0 ? Math.min(...rates) : null,
    providers: rows
      .filter(({ eligible }) => eligible > 0)
      .map(({ provider, eligible }) => ({ provider, eligible })),
  };
}
