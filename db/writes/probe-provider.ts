// Asks for one real record as a test now: instead of at the breaker's next probe, or though the health check is red.
import { actedProvider, lastProviderAct, noteProviderAct } from "#db/writes/provider-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ProviderAct } from "#lib/contract/provider.ts";

type Probe = { slug: string; reason?: string };

/** @throws Refused when there is no such provider, records are sent anyway, or a probe was asked for already. */
export async function probeProvider(
  sql: AnySql,
  { slug, reason }: Probe,
  { actor }: Pick<Actor, "actor">,
): Promise<ProviderAct> {
  return inTransaction(sql, async (sql) => {
    const asked = await sql`
      update redrive.provider_state as state
      set
        probe_requested_by = ${actor},
        -- Nobody would look before the next health check.
        rests_until = case when redrive.hold_of(state.*) = 'unhealthy' then null else rests_until end
      where provider = ${slug} and (breaker <> 'closed' or redrive.hold_of(state.*) = 'unhealthy')
        and probe_requested_by is null and paused_at is null and not disabled
      returning provider`;
    if (asked.length === 0) {
      const { breaker, hold, probeRequestedBy } = await actedProvider(sql, slug);
      if (hold === "paused" || hold === "disabled") {
        throw new Refused("conflict", `The provider is ${hold}: nothing is sent, not even a probe.`);
      }
      if (breaker === "closed" && hold !== "unhealthy") {
        throw new Refused(
          "conflict",
          "The breaker is closed: records are sent, so there is nothing to probe.",
        );
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
