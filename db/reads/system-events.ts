// What happened to the installation as a whole, newest first: breakers that turned, and what the audit says of pauses,
// configuration, releases and bulk operations. Two walks along an index each, merged.
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { iso } from "#db/reads/time.ts";
import { isOfTheSystem } from "#db/schema.ts";
import type { SystemEvent, SystemEvents, SystemEventsQuery } from "#lib/contract/audit.ts";
import {
  pauseActions,
  type SystemEventKind,
  systemEventKind,
  tryingActions,
} from "#lib/core/system-events.ts";

// Of one time the breakers come first: the order is downwards.
const sources = ["audit", "breaker"] as const;
type Source = (typeof sources)[number];
const Place = z.tuple([z.iso.datetime(), z.enum(sources), z.int()]);
type Place = z.infer<typeof Place>;

type Row = {
  source: Source;
  id: string;
  at: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  actor: string | null;
  reason: string | null;
  detail: SystemEvent["detail"] | null;
};

export async function readSystemEvents(
  db: Db,
  { kind, provider, from, to, after, limit }: SystemEventsQuery,
): Promise<SystemEvents> {
  const place = after === undefined ? null : fromCursor(after, Place);
  const within = [from ? sql`at >= ${from}::timestamptz` : null, to ? sql`at < ${to}::timestamptz` : null];
  const most = limit + 1;
  const walks = [
    kind === undefined || kind === "breaker"
      ? breakers(provider, [...within, before(place, "breaker")], most)
      : null,
    kind !== "breaker" ? audited(kind, provider, [...within, before(place, "audit")], most) : null,
  ].filter((walk) => walk !== null);
  const rows = await db.execute<Row>(sql`
    select
      source, id::text as id, at::text as at, action, subject_kind as "subjectKind", subject_id as "subjectId", actor,
      reason, detail
    from (${sql.join(walks, sql` union all `)}) as merged
    order by merged.at desc, merged.source desc, merged.id desc
    limit ${most}`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(eventOf),
    next: rows.length > limit && last ? toCursor([iso(last.at), last.source, Number(last.id)]) : null,
  };
}

/** The whole order is (at, source, id). Of one source it is a bound that its index knows, and the rest of it. */
function before(place: Place | null, source: Source): SQL | null {
  if (place === null) return null;
  const [at, of, id] = place;
  if (source === of) return sql`(at, id) < (${at}::timestamptz, ${id}::bigint)`;
  return source < of ? sql`at <= ${at}::timestamptz` : sql`at < ${at}::timestamptz`;
}

const all = (conditions: readonly (SQL | null)[]): SQL =>
  sql.join([sql`true`, ...conditions.filter((condition) => condition !== null)], sql` and `);

const breakers = (provider: string | undefined, conditions: (SQL | null)[], most: number): SQL => sql`(
  select
    'breaker' as source, id, at, 'breaker.' || breaker as action, 'provider' as subject_kind, provider as subject_id,
    null as actor, reason, figures || jsonb_build_object('breakerWas', breaker_was) as detail
  from redrive.batch_changes
  where breaker <> breaker_was and ${all([provider ? sql`provider = ${provider}` : null, ...conditions])}
  order by at desc, id desc
  limit ${most}
)`;

const audited = (
  kind: Exclude<SystemEventKind, "breaker"> | undefined,
  provider: string | undefined,
  conditions: (SQL | null)[],
  most: number,
): SQL => sql`(
  select 'audit' as source, id, at, action, subject_kind, subject_id, actor, reason, detail
  from redrive.audit
  where ${isOfTheSystem} and ${all([isOfKind(kind), isOf(provider), ...conditions])}
  order by at desc, id desc
  limit ${most}
)`;

const list = (values: readonly string[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );

/** As `systemEventKind` says it of a row. */
function isOfKind(kind: Exclude<SystemEventKind, "breaker"> | undefined): SQL {
  switch (kind) {
    case undefined:
      return sql`action not in (${list(tryingActions)})`;
    case "pause":
      return sql`action in (${list(pauseActions)})`;
    case "operation":
      return sql`subject_kind = 'operation'`;
    case "deploy":
      return sql`subject_kind = 'installation'`;
    case "config":
      return sql`subject_kind not in ('operation', 'installation')
        and action not in (${list([...pauseActions, ...tryingActions])})`;
  }
}

/** A provider's own, and the operations that were for it alone. */
const isOf = (provider: string | undefined): SQL | null =>
  provider
    ? sql`(
        (subject_kind = 'provider' and subject_id = ${provider})
        or (subject_kind = 'operation' and detail -> 'filter' ->> 'provider' = ${provider})
      )`
    : null;

function eventOf(row: Row): SystemEvent {
  const isProvider = row.subjectKind === "provider";
  return {
    id: `${row.source}-${row.id}`,
    at: iso(row.at),
    kind: row.source === "breaker" ? "breaker" : systemEventKind(row.subjectKind, row.action),
    action: row.action,
    provider: isProvider ? row.subjectId : null,
    subject: isProvider ? null : `${row.subjectKind} ${row.subjectId}`,
    actor: row.actor,
    reason: row.reason,
    detail: row.detail ?? {},
  };
}
