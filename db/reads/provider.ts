// One provider: its policy with no secret in it, and how it stands.
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { type ProviderRow, readProviderStates } from "#db/reads/provider-states.ts";
import { providers } from "#db/schema.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import { withoutSecrets } from "#lib/contract/provider-secrets.ts";

/** Null when there is no such provider. */
export async function readProvider(db: Db, slug: string): Promise<ProviderWithState | null> {
  const [row] = await readProviderStates(db, slug);
  return row ? wholeProvider(row) : null;
}

function wholeProvider({
  slug,
  policy,
  version,
  updatedAt,
  updatedBy,
  state,
}: ProviderRow): ProviderWithState {
  return { ...policy, auth: withoutSecrets(policy.auth), slug, version, updatedAt, updatedBy, state };
}

export async function providerExists(db: Db, slug: string): Promise<boolean> {
  const found = await db.select({ slug: providers.slug }).from(providers).where(eq(providers.slug, slug));
  return found.length > 0;
}
