// Asks for one real record as a test now, instead of at the breaker's next probe.
import { actedProvider, lastProviderAct, noteProviderAct } from "#db/writes/provider-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ProviderAct } from "#lib/contract/provider.ts";

type Probe = { slug: string; reason?: string };

/** @throws Refused when there is no such provider, its breaker is closed, or a probe was asked for already. */
export async function probeProvider(
  sql: AnySql,
  { slug, reason }: Probe,
  { actor }: Pick<Actor, "actor">,
): Promise<ProviderAct> {
  return inTransaction(sql, async (sql) => {
    const asked = await sql`
      update redrive.provider_state
      set probe_requested_by = ${actor}
      where provider = ${slug} and breaker <> 'closed' and probe_requested_by is null
        and paused_at is null and not disabled
      returning provider`;
    if (asked.length === 0) {
      const { breaker, hold, probeRequestedBy } = await actedProvider(sql, slug);
      if (breaker === "closed") {
        throw new Refused(
          "conflict",
          "The breaker is closed: records are sent, so there is nothing to probe.",
        );
      }
      if (hold === "paused" || hold === "disabled") {
        throw new Refused("conflict", `The provider is ${hold}: nothing is sent, not even a probe.`);
      }
      const first = await lastProviderAct(sql, slug, "provider.probe_requested");
      throw new Refused(
        "conflict",
        `${probeRequestedBy} asked for a probe already; it goes with the next record that is due.`,
        {
          by: probeRequestedBy ?? undefined,
          at: first?.at,
        },
      );
    }
    await noteProviderAct(sql, { slug, action: "provider.probe_requested", actor, reason });
    return actedProvider(sql, slug);
  });
}
