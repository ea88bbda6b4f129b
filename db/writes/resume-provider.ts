// Lifts a person's pause; a worker's next sweep goes on with what is due.
import { actedProvider, lastProviderAct, noteProviderAct } from "#db/writes/provider-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ProviderAct } from "#lib/contract/provider.ts";

type Resume = { slug: string; reason?: string };

/** @throws Refused when there is no such provider, or it is not paused. */
export async function resumeProvider(
  sql: AnySql,
  { slug, reason }: Resume,
  { actor }: Pick<Actor, "actor">,
): Promise<ProviderAct> {
  return inTransaction(sql, async (sql) => {
    const resumed = await sql`
      update redrive.provider_state
      set paused_at = null, paused_until = null, paused_by = null, pause_reason = null
      where provider = ${slug} and paused_at is not null
      returning provider`;
    if (resumed.length === 0) {
      // Throws when there is no such provider.
      await actedProvider(sql, slug);
      const first = await lastProviderAct(sql, slug, "provider.resumed");
      throw first
        ? new Refused(
            "conflict",
            `This provider is not paused: ${first.by} resumed it at ${first.at}.`,
            first,
          )
        : new Refused("conflict", "This provider is not paused.");
    }
    await noteProviderAct(sql, { slug, action: "provider.resumed", actor, reason });
    return actedProvider(sql, slug);
  });
}
