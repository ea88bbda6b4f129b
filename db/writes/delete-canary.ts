// Deletes a canary with its runs; one that is under way is taken off the queue.
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { noCanary } from "#db/writes/start-canary.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import { isBuiltIn, loopbackSlug } from "#lib/core/loopback.ts";

type Row = { provider: string; adapter: string; version: number; updatedAt: string; updatedBy: string };

/** @throws Refused when there is no such canary, its version is another, or it is the built-in one. */
export async function deleteCanary(
  sql: AnySql,
  { slug, ifVersion = null }: { slug: string; ifVersion?: number | null },
  { actor }: Pick<Actor, "actor">,
): Promise<{ slug: string }> {
  return inTransaction(sql, async (sql) => {
    const [row] = await sql<Row[]>`
      select
        canary.provider, providers.policy ->> 'adapter' as adapter, canary.version, canary.updated_at, canary.updated_by
      from redrive.canaries as canary
      join redrive.providers on providers.slug = canary.provider
      where canary.slug = ${slug}
      -- No run of it starts meanwhile.
      for update of canary`;
    if (!row) throw noCanary(slug);
    if (ifVersion !== null && ifVersion !== row.version) throw wrongVersion("canary", row);
    const canary = { provider: row.provider, adapter: row.adapter };
    if (slug === loopbackSlug && isBuiltIn(canary)) {
      throw new Refused("conflict", "This canary is built in: switch it off instead, with enabled: false.");
    }
    await sql`
      with gone as (
        delete from redrive.queue
        using redrive.canary_runs as run
        where run.canary = ${slug} and run.ended_at is null and queue.record_id = run.record_id
        returning queue.record_id
      )
      insert into redrive.events (record_id, at, kind, actor, detail)
      select record_id, clock_timestamp(), 'discarded', ${actor}, '{"error": "The canary was deleted."}'
      from gone`;
    await sql`delete from redrive.canaries where slug = ${slug}`;
    await audit(sql, {
      actor,
      action: "canary.deleted",
      subjectKind: "canary",
      subjectId: slug,
      detail: canary,
    });
    await hint(sql, { topic: "provider", provider: canary.provider });
    return { slug };
  });
}
