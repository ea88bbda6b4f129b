// The alerts page: newest first by how they stand, and how many stand so. Silenced is what is not resolved and makes no
// message now.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { Alert, AlertList, Alerts, AlertsQuery } from "#lib/contract/alert.ts";
import { isOfProvider } from "#lib/core/alert-kinds.ts";
import { countCap } from "#lib/core/count-cap.ts";

const isSilenced = sql`coalesce(alerts.silenced_until > now(), false)`;

const listed: Record<AlertList, SQL> = {
  open: sql`alerts.state = 'open' and not ${isSilenced}`,
  acknowledged: sql`alerts.state = 'acknowledged' and not ${isSilenced}`,
  silenced: sql`alerts.state <> 'resolved' and ${isSilenced}`,
  resolved: sql`alerts.state = 'resolved'`,
};

type Row = Omit<Alert, "provider"> & { ofProvider: string | null };

export async function readAlerts(db: Db, { state, after, limit }: AlertsQuery): Promise<Alerts> {
  // Resolved ones are many, and looked at for what was over last; the others are few.
  const at = state === "resolved" ? sql`alerts.resolved_at` : sql`alerts.opened_at`;
  const cursor = after === undefined ? null : fromCursor(after);
  const which = state === undefined ? sql`alerts.state <> 'resolved'` : listed[state];
  const beyond =
    cursor === null ? sql`` : sql`and (${at}, alerts.id) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)`;
  const [rows, counts, evaluatedAt] = await Promise.all([
    db.execute<Row>(sql`
      select
        alerts.id, alerts.rule, coalesce(alert_rules.name, alerts.rule) as "ruleName", alerts.kind, alerts.about,
        alerts.figures ->> 'provider' as "ofProvider", alerts.severity, alerts.state, alerts.title, alerts.figures,
        alerts.opened_at::text as "openedAt", alerts.last_at::text as "lastAt", alerts.changed_at::text as "changedAt",
        alerts.acknowledged_at::text as "acknowledgedAt", alerts.acknowledged_by as "acknowledgedBy",
        alerts.silenced_until::text as "silencedUntil", alerts.silenced_by as "silencedBy",
        alerts.silence_reason as "silenceReason", alerts.resolved_at::text as "resolvedAt"
      from redrive.alerts
      left join redrive.alert_rules on alert_rules.slug = alerts.rule
      where ${which} ${beyond}
      order by ${at} desc, alerts.id desc
      limit ${limit + 1}`),
    readCounts(db),
    readEvaluatedAt(db),
  ]);
  const items = rows.slice(0, limit).map(alertOf);
  const last = items.at(-1);
  const lastAt = state === "resolved" ? last?.resolvedAt : last?.openedAt;
  return {
    items,
    next: rows.length > limit && last && lastAt ? toCursor([lastAt, last.id]) : null,
    counts,
    evaluatedAt,
  };
}

async function readCounts(db: Db): Promise<Alerts["counts"]> {
  const [row] = await db.execute<Alerts["counts"]>(sql`
    select
      count(*) filter (where ${listed.open})::int as open,
      count(*) filter (where ${listed.acknowledged})::int as acknowledged,
      count(*) filter (where ${listed.silenced})::int as silenced,
      (
        select count(*)::int
        from (select from redrive.alerts as over where over.state = 'resolved' limit ${countCap + 1}) as counted
      ) as resolved
    from redrive.alerts
    where alerts.state <> 'resolved'`);
  return row ?? { open: 0, acknowledged: 0, silenced: 0, resolved: 0 };
}

async function readEvaluatedAt(db: Db): Promise<string | null> {
  const [row] = await db.execute<{ at: string | null }>(sql`
    select value ->> 'evaluatedAt' as at from redrive.settings where key = 'alerts'`);
  return row?.at ?? null;
}

function alertOf({ ofProvider, ...row }: Row): Alert {
  return {
    ...row,
    provider:
      ofProvider ??
      (isOfProvider(row.kind) && row.kind !== "failures" && row.kind !== "canary" ? row.about : null),
    openedAt: iso(row.openedAt),
    lastAt: iso(row.lastAt),
    changedAt: iso(row.changedAt),
    acknowledgedAt: isoOrNull(row.acknowledgedAt),
    silencedUntil: isoOrNull(row.silencedUntil),
    resolvedAt: isoOrNull(row.resolvedAt),
  };
}
