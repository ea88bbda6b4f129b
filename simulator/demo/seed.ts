// Puts the demo's providers into the database, once. What people change in them stays.
import type { Sql } from "#db/client.ts";
import { ProviderAuth } from "#lib/contract/policy.ts";
import { withoutSecrets } from "#lib/contract/provider-secrets.ts";
import { type Keyring, seal, unseal } from "#lib/node/secrets.ts";
import { authAt, demoProviders, policyAt } from "#simulator/demo/providers.ts";

/**
 * Inserts the providers that are missing. One that is there is touched only when it points to a simulator on another
 * port: then its addresses, and nothing else, follow.
 *
 * @param keys seals the providers' secrets; without it they are left out, for whoever seeds next.
 */
export async function seedDemo(sql: Sql, simulatorUrl: string, keys: Keyring | null = null): Promise<void> {
  await seedPolicies(sql, simulatorUrl);
  if (keys !== null) await seedSecrets(sql, simulatorUrl, keys);
}

async function seedPolicies(sql: Sql, simulatorUrl: string): Promise<void> {
  const rows = demoProviders.map((demo) => ({ slug: demo.slug, policy: policyAt(simulatorUrl, demo) }));
  await sql`
    insert into redrive.providers as known (slug, policy, updated_by)
    select demo.slug, demo.policy, 'demo'
    from jsonb_to_recordset(${sql.json(rows)}) as demo(slug text, policy jsonb)
    on conflict (slug) do update
    set
      -- The health check's address moves along with the delivery's.
      policy = replace(
        known.policy::text,
        substring(known.policy ->> 'url' from '^http://[^/]+/p/'),
        substring(excluded.policy ->> 'url' from '^http://[^/]+/p/')
      )::jsonb,
      version = known.version + 1,
      updated_at = now(),
      updated_by = 'demo'
    -- A person may have pointed the provider elsewhere; only a simulator's address on this machine is ours.
    where known.policy ->> 'url' ~ ('^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?/p/' || known.slug || '(/|$)')
      and substring(known.policy ->> 'url' from '^http://[^/]+/p/')
        is distinct from substring(excluded.policy ->> 'url' from '^http://[^/]+/p/')
  `;
}

type OAuth2 = Extract<ProviderAuth, { kind: "oauth2_client_credentials" }>;
type Row = { auth: ProviderAuth; sealedAuth: string | null; version: number };

async function seedSecrets(sql: Sql, simulatorUrl: string, keys: Keyring): Promise<void> {
  for (const demo of demoProviders) {
    const ours = authAt(simulatorUrl, demo);
    const [row] = await sql<Row[]>`
      select policy -> 'auth' as auth, sealed_auth, version from redrive.providers where slug = ${demo.slug}`;
    const auth = ours && row ? wanted(demo.slug, row, ours, keys) : null;
    if (auth === null || !row) continue;
    await sql`
      update redrive.providers
      set
        policy = jsonb_set(policy, '{auth}', ${sql.json(withoutSecrets(auth))}),
        sealed_auth = ${seal(keys, `provider:${demo.slug}`, JSON.stringify(auth))},
        version = version + 1,
        updated_at = now(),
        updated_by = 'demo'
      where slug = ${demo.slug} and version = ${row.version}`;
  }
}

/** What to seal now; null when it is well as it is, or a person has chosen otherwise. */
function wanted(
  slug: string,
  { auth, sealedAuth, version }: Row,
  ours: OAuth2,
  keys: Keyring,
): OAuth2 | null {
  if (sealedAuth === null) return version === 1 && auth.kind === "none" ? ours : null;
  // The address in the policy moves along with the delivery's; the sealed one is for us to move.
  if (auth.kind !== ours.kind || auth.tokenUrl !== ours.tokenUrl) return null;
  const sealed = opened(keys, slug, sealedAuth);
  if (sealed === null) return ours;
  return sealed.kind === ours.kind && sealed.tokenUrl !== ours.tokenUrl
    ? { ...sealed, tokenUrl: ours.tokenUrl }
    : null;
}

/** null: sealed under a key that is gone. */
function opened(keys: Keyring, slug: string, sealed: string): ProviderAuth | null {
  try {
    return ProviderAuth.parse(JSON.parse(unseal(keys, `provider:${slug}`, sealed)));
  } catch {
    return null;
  }
}
