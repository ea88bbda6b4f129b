// Lets a provider go: the next owner starts at once. Everything is settled, or the journal is left as it was found.
import type { Sql } from "#db/client.ts";
import type { GateColumns } from "#db/writes/settle.ts";

type Owner = { provider: string; owner: string; epoch: number };

type Release = {
  /** Nobody need look before then, ms since 1970; null when there is no such time. */
  restsUntilMs: number | null;
  /** Why, and what the gate remembers. */
  gate: GateColumns;
};

/** Nothing of ours is on its way any more. */
export async function releaseLease(
  sql: Sql,
  { provider, owner, epoch }: Owner,
  { restsUntilMs, gate }: Release,
): Promise<boolean> {
  const { count } = await sql`
    update redrive.provider_state
    set
      owner = null,
      lease_until = null,
      in_flight = '{}',
      in_flight_until = null,
      rests_until = to_timestamp(${restsUntilMs}::float8 / 1000),
      gate = ${sql.json(gate.gate as never)},
      gate_hold = ${gate.gateHold},
      gate_until = to_timestamp(${gate.gateUntilMs}::float8 / 1000),
      gate_reason = ${gate.gateReason},
      insert_wakes = ${gate.insertWakes}
    where provider = ${provider} and owner = ${owner} and epoch = ${epoch}`;
  return count > 0;
}

/** We never began, for the policy can't be used: the journal stays as it was found, and people read why. */
export async function releaseUnusable(
  sql: Sql,
  { provider, owner, epoch }: Owner,
  { restsUntilMs, why }: { restsUntilMs: number; why: string },
): Promise<void> {
  await sql`
    update redrive.provider_state
    set
      owner = null,
      lease_until = null,
      rests_until = to_timestamp(${restsUntilMs}::float8 / 1000),
      gate_hold = 'unhealthy',
      gate_until = to_timestamp(${restsUntilMs}::float8 / 1000),
      gate_reason = ${why},
      insert_wakes = false
    where provider = ${provider} and owner = ${owner} and epoch = ${epoch}`;
}
