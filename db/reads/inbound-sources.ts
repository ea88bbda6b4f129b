// The sources of webhooks as people see them: without secrets, with what came in the last hour.
import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { inboundPath } from "#db/writes/create-inbound-source.ts";
import type { InboundSource } from "#lib/contract/inbound.ts";

type Row = Omit<InboundSource, "path" | "lastHour"> & InboundSource["lastHour"];

/** All of them, by name; or the one of that slug. */
export async function readInboundSources(db: Db, slug?: string): Promise<InboundSource[]> {
  const chosen: SQL = slug === undefined ? sql`true` : sql`source.slug = ${slug}`;
  const rows = await db.execute<Row>(sql`
    select
      source.slug, source.name, source.kind, source.provider, source.options, source.mapping, source.secrets,
      source.is_enabled as "enabled", source.bytes_max as "bytesMax", source.version,
      source.updated_at::text as "updatedAt", source.updated_by as "updatedBy",
      coalesce(hour.accepted, 0)::int as "accepted", coalesce(hour.duplicates, 0)::int as "duplicates",
      coalesce(hour.refused, 0)::int as "refused", coalesce(hour.not_stored, 0)::int as "notStored",
      last_accepted.at::text as "lastAcceptedAt", last_refused.refusal as "lastRefusal",
      last_refused.minute::text as "lastRefusedAt"
    from redrive.inbound_sources as source
    cross join lateral (
      select sum(accepted) as accepted, sum(duplicates) as duplicates, sum(refused) as refused,
        sum(not_stored) as not_stored
      from redrive.inbound_minutes as minutes
      where minutes.source = source.slug and minutes.minute > now() - interval '1 hour'
    ) as hour
    left join lateral (
      select minutes.accepted_at as at
      from redrive.inbound_minutes as minutes
      where minutes.source = source.slug and minutes.accepted > 0
      order by minutes.minute desc
      limit 1
    ) as last_accepted on true
    left join lateral (
      select minutes.refusal, minutes.minute
      from redrive.inbound_minutes as minutes
      where minutes.source = source.slug and minutes.refused > 0 and minutes.minute > now() - interval '1 day'
      order by minutes.minute desc
      limit 1
    ) as last_refused on true
    where ${chosen}
    order by lower(source.name), source.slug`);
  return [...rows].map(sourceOf);
}

function sourceOf(row: Row): InboundSource {
  const { accepted, duplicates, refused, notStored, lastAcceptedAt, lastRefusal, lastRefusedAt, ...source } =
    row;
  const nowMs = Date.now();
  return {
    ...source,
    // Those that have ended stay stored until the next change, and count no more.
    secrets: source.secrets.filter(({ until }) => until === null || Date.parse(until) > nowMs),
    path: inboundPath(source.slug),
    updatedAt: iso(source.updatedAt),
    lastHour: {
      accepted,
      duplicates,
      refused,
      notStored,
      lastAcceptedAt: isoOrNull(lastAcceptedAt),
      lastRefusal,
      lastRefusedAt: isoOrNull(lastRefusedAt),
    },
  };
}
