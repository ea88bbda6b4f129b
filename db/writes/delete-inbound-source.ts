// Deletes a source of webhooks with its counts. Its records stay.
import { audit } from "#db/writes/audit.ts";
import { noSource } from "#db/writes/patch-inbound-source.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";

/** @throws Refused when there is no such source, or its version is another. */
export async function deleteInboundSource(
  sql: AnySql,
  { slug, ifVersion }: { slug: string; ifVersion: number | null },
  { actor }: Pick<Actor, "actor">,
): Promise<{ slug: string }> {
  return inTransaction(sql, async (sql) => {
    const [before] = await sql<
      { kind: string; provider: string; version: number; updatedAt: string; updatedBy: string }[]
    >`
      select kind, provider, version, updated_at, updated_by from redrive.inbound_sources
      where slug = ${slug}
      for update`;
    if (!before) throw noSource(slug);
    if (ifVersion !== null && ifVersion !== before.version) throw wrongVersion("source", before);
    await sql`delete from redrive.inbound_sources where slug = ${slug}`;
    const { kind, provider } = before;
    await audit(sql, {
      actor,
      action: "inbound_source.deleted",
      subjectKind: "inbound_source",
      subjectId: slug,
      detail: { kind, provider },
    });
    return { slug };
  });
}
