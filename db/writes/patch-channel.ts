// Changes a channel, one version at a time. What was sent stays where it is; the next text goes the new way.
import { checkChannel, lockChannels, noChannel, noteChannelAct } from "#db/writes/channel-acts.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import type { PatchChannel, SavedChannel } from "#lib/contract/channel.ts";

type Change = { slug: string; patch: PatchChannel; ifVersion: number | null };

/** @throws Refused when there is no such channel, its version is another, or a field does not fit. */
export async function patchChannel(
  sql: AnySql,
  { slug, patch, ifVersion }: Change,
  { actor }: Pick<Actor, "actor">,
): Promise<SavedChannel> {
  return inTransaction(sql, async (sql) => {
    await lockChannels(sql);
    const [before] = await sql<SavedChannel[]>`
      select * from redrive.channels where slug = ${slug} for update`;
    if (!before) throw noChannel(slug);
    if (ifVersion !== null && ifVersion !== before.version) throw wrongVersion("channel", before);
    const after = { ...before, ...defined(patch) };
    await checkChannel(sql, after);
    const changed = Object.keys(patch).filter(
      (name) => after[name as keyof PatchChannel] !== before[name as keyof PatchChannel],
    );
    if (changed.length === 0) return before;
    const { name, provider, address, fallback, enabled } = after;
    const [saved] = await sql<SavedChannel[]>`
      update redrive.channels
      set name = ${name}, provider = ${provider}, address = ${address}, fallback = ${fallback}, enabled = ${enabled},
        version = version + 1, updated_at = clock_timestamp(), updated_by = ${actor}
      where slug = ${slug}
      returning *`;
    if (!saved) throw noChannel(slug);
    if (movesAway(changed)) await forgetPlaces(sql, slug);
    await noteChannelAct(sql, { slug, action: "channel.changed", actor, detail: { changed, before, after } });
    return saved;
  });
}

const defined = (patch: PatchChannel): PatchChannel =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));

const movesAway = (changed: readonly string[]): boolean =>
  changed.includes("provider") || changed.includes("address");

/** At another place there is nothing to change in place: what comes next is posted there anew. */
async function forgetPlaces(sql: AnySql, slug: string): Promise<void> {
  await sql`update redrive.messages set place = place - 'channel' - 'ts' where channel = ${slug} and place ? 'ts'`;
}
