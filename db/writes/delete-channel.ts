// Takes a channel away, with its routes and what is known of its messages; what was sent stays at the receiver's.
import { lockChannels, noChannel, noteChannelAct } from "#db/writes/channel-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";

/** @throws Refused when there is no such channel, its version is another, or others fall back to it. */
export async function deleteChannel(
  sql: AnySql,
  { slug, ifVersion = null }: { slug: string; ifVersion?: number | null },
  { actor }: Pick<Actor, "actor">,
): Promise<{ slug: string; routes: number }> {
  return inTransaction(sql, async (sql) => {
    await lockChannels(sql);
    const [before] = await sql<{ version: number; updatedAt: string; updatedBy: string }[]>`
      select version, updated_at, updated_by from redrive.channels where slug = ${slug}`;
    if (!before) throw noChannel(slug);
    if (ifVersion !== null && ifVersion !== before.version) throw wrongVersion("channel", before);
    const leaning = await sql<{ name: string }[]>`
      select name from redrive.channels where fallback = ${slug} order by name`;
    if (leaning.length > 0) {
      const names = leaning.map(({ name }) => name).join(", ");
      throw new Refused("conflict", `${names} falls back to this channel; give that another fallback first.`);
    }
    const { count: routes } = await sql`delete from redrive.routes where channel = ${slug}`;
    await sql`delete from redrive.channels where slug = ${slug}`;
    await noteChannelAct(sql, { slug, action: "channel.deleted", actor, detail: { routes } });
    return { slug, routes };
  });
}
