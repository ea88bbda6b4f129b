// Takes a provider away that nothing belongs to. One with records stays for as long as they do, so that each can be looked at.
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { noProvider } from "#db/writes/provider-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";

type Row = { adapter: string; version: number; updatedAt: string; updatedBy: string };

/** @throws Refused when there is no such provider, its version is another, or something belongs to it. */
export async function deleteProvider(
  sql: AnySql,
  { slug, ifVersion }: { slug: string; ifVersion: number | null },
  { actor }: Pick<Actor, "actor">,
): Promise<void> {
  await inTransaction(sql, async (sql) => {
    const [provider] = await sql<Row[]>`
      select policy ->> 'adapter' as adapter, version, updated_at, updated_by
      from redrive.providers
      where slug = ${slug}
      for update`;
    if (!provider) throw noProvider(slug);
    if (ifVersion !== null && ifVersion !== provider.version) throw wrongVersion("provider", provider);
    if (isBuiltIn(provider))
      throw new Refused("conflict", "This provider is built in: switch it off instead.");
    // A record that is being inserted now is seen by nobody yet. One second: producers wait behind this.
    await sql`set local lock_timeout = '1s'`;
    await sql`lock table redrive.outbox in share row exclusive mode`;
    const [what] = await sql<Belongings[]>`
      select
        exists (select from redrive.outbox where provider = ${slug}) as records,
        (select string_agg(slug, ', ' order by slug) from redrive.channels where provider = ${slug}) as channels,
        (select string_agg(slug, ', ' order by slug) from redrive.canaries where provider = ${slug}) as canaries,
        (select string_agg(slug, ', ' order by slug) from redrive.inbound_sources where provider = ${slug}) as sources,
        (
          select string_agg(name, ', ' order by name) from redrive.api_keys
          where ${slug} = any (providers) and revoked_at is null and coalesce(expires_at > now(), true)
        ) as keys`;
    const why = reasonToStay(slug, what);
    if (why !== null) throw new Refused("conflict", why);
    await sql`delete from redrive.throughput where provider = ${slug}`;
    await sql`delete from redrive.providers where slug = ${slug}`;
    await audit(sql, { actor, action: "provider.deleted", subjectKind: "provider", subjectId: slug });
    await hint(sql, { topic: "provider", provider: slug });
  });
}

type Belongings = {
  records: boolean;
  channels: string | null;
  canaries: string | null;
  sources: string | null;
  keys: string | null;
};

function reasonToStay(slug: string, what: Belongings | undefined): string | null {
  if (what?.channels) return `Messages go through ${slug}: delete its channels first (${what.channels}).`;
  if (what?.canaries) return `Canaries go to ${slug}: delete them first (${what.canaries}).`;
  if (what?.sources)
    return `Webhooks become records of ${slug}: delete their sources first (${what.sources}).`;
  if (what?.keys) return `API keys are kept to ${slug}: change or revoke them first (${what.keys}).`;
  if (what?.records)
    return `There are records of ${slug}. Switch it off with flags.enabled: false; it can be deleted once they are gone.`;
  return null;
}
