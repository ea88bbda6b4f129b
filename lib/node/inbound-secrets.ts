// The secrets of a source of webhooks at rest, bound to its slug.
import type { Env } from "#lib/node/env.ts";
import { requiredKeyring, seal, unseal } from "#lib/node/secrets.ts";

/** @throws BadEnvironment, when they are used, where REDRIVE_SECRET is not set. */
export const inboundSecrets = (env: Env) => ({
  seal: (slug: string, plain: string): string => seal(requiredKeyring(env), `inbound:${slug}`, plain),
  unseal: (slug: string, sealed: string): string => unseal(requiredKeyring(env), `inbound:${slug}`, sealed),
});
