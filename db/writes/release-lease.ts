// Lets a provider go: the next owner starts at once. Everything is settled, or the journal is left as it was found.
import type { Sql } from "#db/client.ts";
import type { GateColumns } from "#db/writes/settle.ts";

type Owner = { provider: string; owner: string; epoch: number };

type Release = {
  /** Of the policy that the rest and the gate's words are of: if it has changed meanwhile, they mean nothing. */
  version: number;
  /** Nobody need look before then, ms since 1970; null when there is no such time. */
  restsUntilMs: number | null;
  /** Why, and what the gate remembers. */
  gate: GateColumns;
};

/** Nothing of ours is on its way any more. */
export async function releaseLease(
  sql: Sql,
  { provider, owner, epoch }: Owner,
  { version, restsUntilMs, gate }: Release,
): Promise<boolean> {
  const { count } = await sql`
    with policy as (
      -- Locked, to wait for whoever is changing it, who has cleared the rest.
      select version = ${version} as is_same from redrive.providers where slug = ${provider} for share
    )
    update redrive.provider_state
    set
      owner = null,
      lease_until = null,
      in_flight = '{}',
      in_flight_until = null,
      rests_until = case when is_same then to_timestamp(${restsUntilMs}::float8 / 1000) end,
      gate = ${sql.json(gate.gate as never)},
      gate_hold = case when is_same then ${gate.gateHold}::text end,
      gate_until = case when is_same then to_timestamp(${gate.gateUntilMs}::float8 / 1000) end,
      gate_reason = case when is_same then ${gate.gateReason}::text end,
      insert_wakes = is_same and ${gate.insertWakes}
    from policy
    where provider = ${provider} and owner = ${owner} and epoch = ${epoch}`;
  return count > 0;
}

/** We never began, for the policy can't be used: the journal stays as it was found, and people read why. */
export async function releaseUnusable(
  sql: Sql,
  { provider, owner, epoch }: Owner,
  { version, restsUntilMs, why }: { version: number; restsUntilMs: number; why: string },
): Promise<void> {
  await sql`
    with policy as (
      select version = ${version} as is_same from redrive.providers where slug = ${provider} for share
    )
    update redrive.provider_state
    set
      owner = null,
      lease_until = null,
      rests_until = case when is_same then to_timestamp(${restsUntilMs}::float8 / 1000) end,
      gate_hold = case when is_same then 'unhealthy' end,
      gate_until = case when is_same then to_timestamp(${restsUntilMs}::float8 / 1000) end,
      gate_reason = case when is_same then ${why}::text end,
      insert_wakes = false
    from policy
    where provider = ${provider} and owner = ${owner} and epoch = ${epoch}`;
}
