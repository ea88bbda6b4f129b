// A provider's secrets at rest, bound to its slug.
import type { Secrets } from "#db/writes/create-provider.ts";
import type { Env } from "#lib/node/env.ts";
import { requiredKeyring, seal, unseal } from "#lib/node/secrets.ts";

/** Sealing needs REDRIVE_SECRET; without it a provider with a secret is refused, one without is not. */
export const providerSecrets = (env: Env): Secrets => ({
  seal: (slug, plain) => seal(requiredKeyring(env), `provider:${slug}`, plain),
  unseal: (slug, sealed) => unseal(requiredKeyring(env), `provider:${slug}`, sealed),
});
