// What became of a message's record: where the receiver keeps it, or that it did not arrive.
import { closeFailed } from "#db/writes/tell.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";

type Told = {
  recordId: string;
  outcome: "sent" | "failed" | "lost";
  /** Where the receiver keeps it. */
  place: Record<string, string>;
};

/**
 * `lost`: what was to be changed is not there any more; the message is due again, as a new one. A record that another has
 * taken the place of changes nothing.
 */
export async function noteTold(sql: AnySql, { recordId, outcome, place }: Told): Promise<void> {
  await inTransaction(sql, async (sql) => {
    const noted = await sql`
      update redrive.messages
      set
        state = ${outcome === "lost" ? "due" : outcome},
        sent_at = case when ${outcome === "sent"} then clock_timestamp() else sent_at end,
        place = case when ${outcome === "lost"} then null
          else coalesce(place, '{}') || ${JSON.stringify(place)}::text::jsonb end,
        -- What did not arrive was not said.
        content_hash = case when ${outcome === "sent"} then content_hash end
      where record_id = ${recordId}
      returning id`;
    if (noted.length > 0 && outcome === "lost") {
      await closeFailed(sql, recordId, "What it was to change is gone; the message is posted anew");
    }
  });
}

/** Records that are settled and of which nobody was told what became, as in shadow: their messages did not arrive. */
export async function failUntold(sql: AnySql, after: string): Promise<void> {
  await sql`
    update redrive.messages
    set state = 'failed', content_hash = null
    where state = 'sending'
      and redrive.uuid_v7_time(record_id) < now() - ${after}::interval
      and not exists (select from redrive.queue where queue.record_id = messages.record_id)`;
}
