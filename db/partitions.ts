import type { Sql } from "#db/client.ts";

/** Days of partitions made ahead of need: with every worker down for two weeks, records still find theirs. */
export const partitionDaysAhead = 14;

/** Makes the partitions that are missing, a day at a time, so that no lock is held for longer than one takes. */
export async function makePartitions(sql: Sql): Promise<void> {
  for (let day = 0; day <= partitionDaysAhead; day += 1)
    await sql`select redrive.make_partitions(${day}::int)`;
}
