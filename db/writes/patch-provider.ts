// Changes a provider's policy, one version at a time. A secret that is not given stays as it is stored.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { refuseBuiltInChange } from "#db/writes/built-in-provider.ts";
import { missingSecret, type Secrets } from "#db/writes/create-provider.ts";
import { hint } from "#db/writes/hint.ts";
import { noProvider } from "#db/writes/provider-acts.ts";
import { changedFields, checkPolicy, mergePolicy } from "#db/writes/provider-policy.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import { type PatchProvider, ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import type { Provider } from "#lib/contract/provider.ts";
import { secretOf, withoutSecrets, withSecretOf } from "#lib/contract/provider-secrets.ts";

type Change = { slug: string; patch: PatchProvider; ifVersion: number | null };

type Row = {
  policy: unknown;
  sealedAuth: string | null;
  version: number;
  updatedAt: string;
  updatedBy: string;
};

/** @throws Refused when there is no such provider, its version is another, or the whole does not fit together. */
export async function patchProvider(
  sql: AnySql,
  { slug, patch, ifVersion }: Change,
  { actor }: Pick<Actor, "actor">,
  secrets: Secrets,
): Promise<Provider> {
  return inTransaction(sql, async (sql) => {
    const [row] = await sql<Row[]>`
      select policy, sealed_auth, version, updated_at, updated_by
      from redrive.providers
      where slug = ${slug}
      for update`;
    if (!row) throw noProvider(slug);
    if (ifVersion !== null && ifVersion !== row.version) throw wrongVersion("provider", row);

    const before = ProviderPolicy.parse(row.policy);
    const merged = mergePolicy(before, patch);
    refuseBuiltInChange(before, merged);
    checkPolicy(merged);
    if (row.sealedAuth !== null) refuseMovedSecret(before, merged, patch);
    const sealedAuth = patch.auth ? sealed(slug, patch.auth, row.sealedAuth, secrets) : row.sealedAuth;
    const policy = { ...merged, auth: withoutSecrets(merged.auth) };
    const changed = changedFields(before, policy);
    // A secret that was given is a change, though nothing of it can be shown.
    const secret = patch.auth ? secretOf(patch.auth) : null;
    if (secret?.isGiven) changed.push(secret.field);
    const { version, updatedAt, updatedBy } = row;
    if (changed.length === 0) return { ...policy, slug, version, updatedAt, updatedBy };

    const [saved] = await sql<Pick<Row, "version" | "updatedAt" | "updatedBy">[]>`
      update redrive.providers
      set policy = ${JSON.stringify(policy)}::text::jsonb, sealed_auth = ${sealedAuth}, version = version + 1,
        updated_at = clock_timestamp(), updated_by = ${actor}
      where slug = ${slug}
      returning version, updated_at, updated_by`;
    if (!saved) throw noProvider(slug);
    await audit(sql, {
      actor,
      action: "provider.changed",
      subjectKind: "provider",
      subjectId: slug,
      detail: { changed, before, after: policy },
    });
    if (changed.some((name) => name.startsWith("auth."))) await tryNewAuth(sql, slug, actor);
    await hint(sql, { topic: "provider", provider: slug });
    return { ...policy, slug, ...saved };
  });
}

/** A stored secret is never read back; sent to another host, it would be. */
function refuseMovedSecret(before: ProviderPolicy, after: ProviderPolicy, patch: PatchProvider): void {
  const secret = patch.auth && secretOf(patch.auth);
  if (secret === null || secret?.isGiven) return;
  if (hostOf(before.url) !== hostOf(after.url)) throw movedSecret("auth", "the URL");
  const [wasAt, isAt] = [before.auth, after.auth].map((auth) =>
    auth.kind === "oauth2_client_credentials" ? hostOf(auth.tokenUrl) : null,
  );
  if (wasAt !== null && isAt !== null && wasAt !== isAt)
    throw movedSecret("auth.clientSecret", "the token URL");
}

/** Not `origin`: that is "null" for every URL of a scheme that browsers don't know. */
function hostOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function movedSecret(field: string, what: string): Refused {
  const message = `must be given again with its secret, for ${what} leads to another host now`;
  return new Refused("invalid_input", "The secret must be given again.", { errors: [{ field, message }] });
}

/** A breaker that opened because we were refused waits for no clock once we come with another proof. */
async function tryNewAuth(sql: TransactionSql, slug: string, actor: string): Promise<void> {
  const { count } = await sql`
    update redrive.provider_state
    set probe_requested_by = ${actor}
    where provider = ${slug}
      and breaker = 'open'
      and 'unauthorized' in (breaker_reason, control -> 'breaker' ->> 'cause')
      and probe_requested_by is null`;
  if (count === 0) return;
  await audit(sql, {
    actor,
    action: "provider.probe_requested",
    subjectKind: "provider",
    subjectId: slug,
    reason: "Its auth was changed",
  });
}

/** The new auth, sealed with the stored secret in it where none is given. */
function sealed(
  slug: string,
  auth: ProviderAuth,
  stored: string | null,
  { seal, unseal }: Secrets,
): string | null {
  const secret = secretOf(auth);
  if (secret === null) return null;
  const known =
    !secret.isGiven && stored !== null ? ProviderAuth.parse(JSON.parse(unseal(slug, stored))) : null;
  const whole = withSecretOf(auth, known);
  if (!secretOf(whole)?.isGiven) throw missingSecret(secret.field);
  return seal(slug, JSON.stringify(whole));
}
