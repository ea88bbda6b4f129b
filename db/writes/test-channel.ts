// A test of a channel: one record to its provider, whose timeline tells whether it arrived.
import { noChannel, noteChannelAct } from "#db/writes/channel-acts.ts";
import { enqueueRecord } from "#db/writes/enqueue-record.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { SavedChannel, TestedChannel } from "#lib/contract/channel.ts";
import { noticeType } from "#lib/core/desk.ts";
import type { Hold } from "#lib/core/status.ts";

/** @param payloadsOf what the channel's adapter takes; one record each. @throws Refused when there is no such channel. */
export async function testChannel(
  sql: AnySql,
  slug: string,
  payloadsOf: (channel: SavedChannel) => readonly unknown[],
  { actor }: Pick<Actor, "actor">,
): Promise<TestedChannel> {
  return inTransaction(sql, async (sql) => {
    const [channel] = await sql<(SavedChannel & { hold: Hold | null })[]>`
      select channels.*, redrive.hold_of(state.*) as hold
      from redrive.channels
      join redrive.provider_state as state on state.provider = channels.provider
      where slug = ${slug}`;
    if (!channel) throw noChannel(slug);
    const ids: string[] = [];
    for (const payload of payloadsOf(channel)) {
      ids.push(
        await enqueueRecord(sql, {
          provider: channel.provider,
          payloadText: JSON.stringify(payload),
          // A person looks whether it arrives; nobody else need be told when it does not.
          type: noticeType,
          subject: `A test of the channel ${channel.name}`,
        }),
      );
    }
    const [recordId] = ids;
    if (recordId === undefined) throw new Error(`the channel ${slug} has no address`);
    await noteChannelAct(sql, { slug, action: "channel.tested", actor, detail: { records: ids } });
    return { slug, recordId, hold: channel.hold };
  });
}
