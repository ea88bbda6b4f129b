// Lets a provider go, everything settled: the next owner starts at once.
import type { Sql } from "#db/client.ts";

/** @param restsUntilMs nobody need look before then, ms since 1970; null when there is no such time. */
export async function releaseLease(
  sql: Sql,
  { provider, owner, epoch }: { provider: string; owner: string; epoch: number },
  restsUntilMs: number | null,
): Promise<boolean> {
  const { count } = await sql`
    update redrive.provider_state
    set
      owner = null,
      lease_until = null,
      in_flight = '{}',
      in_flight_until = null,
      rests_until = to_timestamp(${restsUntilMs}::float8 / 1000)
    where provider = ${provider} and owner = ${owner} and epoch = ${epoch}`;
  return count > 0;
}
