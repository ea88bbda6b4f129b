// Enqueues the demo's records as an application would: one insert of many rows.
import type { Sql } from "#db/client.ts";
import type { DemoRecord } from "#simulator/demo/records.ts";

/** The demo stops feeding here: whoever leaves a provider down over night must not find a full disk. */
export const backlogMax = 20_000;

/**
 * Inserts the records whose providers point to this simulator, and returns how many. A person may have pointed one to
 * a real system, or deleted it: neither gets records that mean nothing.
 */
export async function insertRecords(sql: Sql, simulatorUrl: string, records: DemoRecord[]): Promise<number> {
  const { count } = await sql`
    with backlog as (
      select count(*) as records from (select from redrive.queue limit ${backlogMax}) as counted
    )
    insert into redrive.outbox (provider, payload, type, subject, owner, correlation_id, priority)
    select fresh.provider, fresh.payload, fresh.type, fresh.subject, fresh.owner, fresh.correlation_id, fresh.priority
    from jsonb_to_recordset(${sql.json(records)}) as fresh(
      provider text, payload jsonb, type text, subject text, owner text, correlation_id text, priority smallint
    )
    join redrive.providers on providers.slug = fresh.provider
    where starts_with(providers.policy ->> 'url', ${new URL("/p/", simulatorUrl).href})
      and (select backlog.records from backlog) < ${backlogMax}
  `;
  return count;
}
