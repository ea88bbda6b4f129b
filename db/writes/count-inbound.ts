// What came of each source in a minute, added to what other processes counted.
import type { Sql } from "#db/client.ts";

export type InboundCount = {
  source: string;
  /** ISO, the minute's beginning. */
  minute: string;
  accepted: number;
  duplicates: number;
  refused: number;
  notStored: number;
  acceptedAt: string | null;
  refusal: string | null;
};

/** Of a source that was deleted meanwhile nothing is kept. */
export async function countInbound(sql: Sql, counts: readonly InboundCount[]): Promise<void> {
  await sql`
    insert into redrive.inbound_minutes as known
      (source, minute, accepted, duplicates, refused, not_stored, accepted_at, refusal)
    select source, minute, accepted, duplicates, refused, "notStored", "acceptedAt", refusal
    from jsonb_to_recordset(${JSON.stringify(counts)}::text::jsonb) as count(
      source text, minute timestamptz, accepted int, duplicates int, refused int, "notStored" int,
      "acceptedAt" timestamptz, refusal text
    )
    where exists (select from redrive.inbound_sources where slug = count.source)
    order by source, minute
    on conflict (source, minute) do update set
      accepted = known.accepted + excluded.accepted,
      duplicates = known.duplicates + excluded.duplicates,
      refused = known.refused + excluded.refused,
      not_stored = known.not_stored + excluded.not_stored,
      accepted_at = greatest(known.accepted_at, excluded.accepted_at),
      refusal = coalesce(excluded.refusal, known.refusal)`;
}
