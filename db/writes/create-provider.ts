// A new provider: its policy without secrets, and its secrets sealed.
import { audit } from "#db/writes/audit.ts";
import { refuseOwnAdapter } from "#db/writes/built-in-provider.ts";
import { hint } from "#db/writes/hint.ts";
import { checkPolicy } from "#db/writes/provider-policy.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { refuseUnknownTeams } from "#db/writes/rule-teams.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import type { Provider } from "#lib/contract/provider.ts";
import { secretOf, withoutSecrets } from "#lib/contract/provider-secrets.ts";

/** Encrypts and decrypts a provider's secrets, bound to its slug. */
export type Secrets = {
  seal: (slug: string, plain: string) => string;
  unseal: (slug: string, sealed: string) => string;
};

/** @throws Refused when the slug is taken, a secret is missing, or fields do not fit each other. */
export async function createProvider(
  sql: AnySql,
  { slug, policy }: { slug: string; policy: ProviderPolicy },
  { actor }: Pick<Actor, "actor">,
  secrets: Secrets,
): Promise<Provider> {
  refuseOwnAdapter(policy);
  checkPolicy(policy);
  const secret = secretOf(policy.auth);
  if (secret && !secret.isGiven) throw missingSecret(secret.field);
  const stored = { ...policy, auth: withoutSecrets(policy.auth) };
  const sealed = secret === null ? null : secrets.seal(slug, JSON.stringify(policy.auth));
  return inTransaction(sql, async (sql) => {
    await refuseUnknownTeams(sql, policy);
    const [made] = await sql<{ version: number; updatedAt: string; updatedBy: string }[]>`
      insert into redrive.providers (slug, policy, sealed_auth, updated_by)
      values (${slug}, ${JSON.stringify(stored)}::text::jsonb, ${sealed}, ${actor})
      on conflict (slug) do nothing
      returning version, updated_at, updated_by`;
    if (!made) throw new Refused("conflict", `A provider "${slug}" exists already; choose another slug.`);
    await audit(sql, {
      actor,
      action: "provider.created",
      subjectKind: "provider",
      subjectId: slug,
      detail: { policy: stored },
    });
    await hint(sql, { topic: "provider", provider: slug });
    return { ...stored, slug, ...made };
  });
}

export function missingSecret(field: string): Refused {
  const message = "must be given: no secret of this kind is stored";
  return new Refused("invalid_input", `${field}: ${message}`, { errors: [{ field, message }] });
}
