// Holds a provider: what is in flight ends, nothing new is sent. A pause is never overwritten by another.
import { actedProvider, noProvider, noteProviderAct } from "#db/writes/provider-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ProviderAct } from "#lib/contract/provider.ts";

type Pause = { slug: string; reason: string; until?: string };

/** @throws Refused when there is no such provider, or someone has paused it already. */
export async function pauseProvider(
  sql: AnySql,
  { slug, reason, until }: Pause,
  { actor }: Pick<Actor, "actor">,
): Promise<ProviderAct> {
  return inTransaction(sql, async (sql) => {
    const paused = await sql`
      update redrive.provider_state
      set paused_at = clock_timestamp(), paused_until = ${until ?? null}, paused_by = ${actor}, pause_reason = ${reason}
      where provider = ${slug} and paused_at is null
      returning provider`;
    if (paused.length === 0) {
      const [held] = await sql<{ pausedBy: string; pausedAt: string; pauseReason: string }[]>`
        select paused_by, paused_at, pause_reason from redrive.provider_state where provider = ${slug}`;
      if (!held) throw noProvider(slug);
      const { pausedBy, pausedAt, pauseReason } = held;
      throw new Refused("conflict", `${pausedBy} paused this provider at ${pausedAt}: ${pauseReason}`, {
        by: pausedBy,
        at: pausedAt,
      });
    }
    await noteProviderAct(sql, {
      slug,
      action: "provider.paused",
      actor,
      reason,
      detail: { until: until ?? null },
    });
    return actedProvider(sql, slug);
  });
}
