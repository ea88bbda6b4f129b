// A link is good while its channel tells whom it was sent to: who is told nothing any more acts by none that they have.
import type { TransactionSql } from "#db/client.ts";
import { linkHolders, type SavedChannel } from "#lib/contract/channel.ts";

type Told = Pick<SavedChannel, "slug" | "kind" | "provider" | "address">;

/** After a channel was changed, or taken away: ends the links of those whom neither it nor another tells now. */
export async function endLinks(sql: TransactionSql, before: Told): Promise<void> {
  const channels = await sql<Told[]>`select slug, kind, provider, address from redrive.channels`;
  // A webhook with another provider is somebody else's.
  const isAnother = ({ slug, provider }: Told) =>
    before.kind === "webhook" && slug === before.slug && provider !== before.provider;
  const told = new Set(channels.filter((channel) => !isAnother(channel)).flatMap(linkHolders));
  const gone = linkHolders(before).filter((holder) => !told.has(holder));
  if (gone.length === 0) return;
  await sql`
    update redrive.recovery_links
    set expires_at = clock_timestamp()
    where expires_at > clock_timestamp() and lower(recipient) = any (${gone}::text[])`;
}
