// A new channel: a place of one of our own providers, where people are told.
import { checkChannel, lockChannels, noteChannelAct } from "#db/writes/channel-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { CreateChannel, SavedChannel } from "#lib/contract/channel.ts";

/** @throws Refused when the slug is taken, or a field does not fit. */
export async function createChannel(
  sql: AnySql,
  given: CreateChannel,
  { actor }: Pick<Actor, "actor">,
): Promise<SavedChannel> {
  const channel = { ...given, name: given.name ?? given.slug };
  return inTransaction(sql, async (sql) => {
    await lockChannels(sql);
    await checkChannel(sql, channel);
    const { slug, name, kind, provider, address, fallback, enabled } = channel;
    const [made] = await sql<SavedChannel[]>`
      insert into redrive.channels (slug, name, kind, provider, address, fallback, enabled, updated_at, updated_by)
      values (${slug}, ${name}, ${kind}, ${provider}, ${address}, ${fallback}, ${enabled}, clock_timestamp(), ${actor})
      on conflict (slug) do nothing
      returning *`;
    if (!made) throw new Refused("conflict", `A channel "${slug}" exists already; choose another slug.`);
    await noteChannelAct(sql, { slug, action: "channel.created", actor, detail: { channel } });
    return made;
  });
}
