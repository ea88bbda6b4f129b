// Deletes a source of webhooks with its counts. Its records stay.
import { audit } from "#db/writes/audit.ts";
import { noSource } from "#db/writes/patch-inbound-source.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";

/** @throws Refused when there is no such source. */
export async function deleteInboundSource(
  sql: AnySql,
  { slug }: { slug: string },
  { actor }: Pick<Actor, "actor">,
): Promise<{ slug: string }> {
  return inTransaction(sql, async (sql) => {
    const [gone] = await sql<{ kind: string; provider: string }[]>`
      delete from redrive.inbound_sources where slug = ${slug} returning kind, provider`;
    if (!gone) throw noSource(slug);
    await audit(sql, {
      actor,
      action: "inbound_source.deleted",
      subjectKind: "inbound_source",
      subjectId: slug,
      detail: gone,
    });
    return { slug };
  });
}
