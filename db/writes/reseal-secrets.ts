// Seals stored secrets anew under the present key. All of them or none: one that can't be opened undoes the rest.
import type { Sql, TransactionSql } from "#db/client.ts";

export type Resealing = {
  isSealedUnderPresent: (sealed: string) => boolean;
  /** @throws when it can't be opened. */
  reseal: (of: "provider" | "inbound", slug: string, sealed: string) => string;
};

export type Resealed = {
  providers: number;
  already: number;
  sources: number;
  sourcesAlready: number;
  tokens: number;
};

export async function resealSecrets(
  sql: Sql,
  { isSealedUnderPresent, reseal }: Resealing,
): Promise<Resealed> {
  return sql.begin(async (sql) => {
    const rows = await sql<{ slug: string; sealedAuth: string }[]>`
      select slug, sealed_auth from redrive.providers
      where sealed_auth is not null
      order by slug
      for update`;
    const old = rows.filter(({ sealedAuth }) => !isSealedUnderPresent(sealedAuth));
    for (const { slug, sealedAuth } of old) {
      const sealed = reseal("provider", slug, sealedAuth);
      await sql`update redrive.providers set sealed_auth = ${sealed} where slug = ${slug}`;
    }
    const sources = await resealSources(sql);
    return {
      providers: old.length,
      already: rows.length - old.length,
      sources: sources.resealed,
      sourcesAlready: sources.already,
      tokens: await dropOldTokens(sql),
    };
  });

  async function resealSources(sql: TransactionSql): Promise<{ resealed: number; already: number }> {
    const rows = await sql<{ slug: string; sealedSecrets: string }[]>`
      select slug, sealed_secrets from redrive.inbound_sources order by slug for update`;
    const old = rows.filter(({ sealedSecrets }) => !isSealedUnderPresent(sealedSecrets));
    for (const { slug, sealedSecrets } of old) {
      const sealed = reseal("inbound", slug, sealedSecrets);
      // A new time: whoever takes calls opens them anew.
      await sql`
        update redrive.inbound_sources set sealed_secrets = ${sealed}, updated_at = clock_timestamp()
        where slug = ${slug}`;
    }
    return { resealed: old.length, already: rows.length - old.length };
  }

  /** They are fetched anew: nothing is lost with them. */
  async function dropOldTokens(sql: TransactionSql): Promise<number> {
    const tokens = await sql<{ credential: string; sealed: string }[]>`
      select credential, sealed from redrive.tokens where sealed is not null for update`;
    const old = tokens.filter(({ sealed }) => !isSealedUnderPresent(sealed));
    await sql`
      delete from redrive.tokens
      where credential = any (${old.map(({ credential }) => credential)}::text[])`;
    return old.length;
  }
}
