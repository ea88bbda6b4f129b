// A source's secrets at rest, for the handlers that store them.
import type { Secrets } from "#db/writes/create-provider.ts";
import type { Env } from "#lib/node/env.ts";
import { inboundSecrets as ofEnv } from "#lib/node/inbound-secrets.ts";

/** Sealing needs REDRIVE_SECRET. */
export const inboundSecrets = (env: Env): Secrets => ofEnv(env);
