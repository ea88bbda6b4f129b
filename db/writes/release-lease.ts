// Lets a provider go: the next owner starts at once. Everything is settled, or the journal is left as it was found.
import type { Sql } from "#db/client.ts";

/**
 * @param restsUntilMs nobody need look before then, ms since 1970; null when there is no such time.
 * @param journal `settled` when nothing of ours is on its way; `as_found` when we never began.
 */
export async function releaseLease(
  sql: Sql,
  { provider, owner, epoch }: { provider: string; owner: string; epoch: number },
  restsUntilMs: number | null,
  journal: "settled" | "as_found" = "settled",
): Promise<boolean> {
  const { count } = await sql`
    update redrive.provider_state
    set
      owner = null,
      lease_until = null,
      in_flight = case when ${journal === "settled"} then '{}' else in_flight end,
      in_flight_until = case when ${journal === "settled"} then null else in_flight_until end,
      rests_until = to_timestamp(${restsUntilMs}::float8 / 1000)
    where provider = ${provider} and owner = ${owner} and epoch = ${epoch}`;
  return count > 0;
}
