// Where the loopback's records go: to the echo of the worker that delivers them, whichever that is.
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";
import type { Echo } from "#worker/canary/echo.ts";

/** The policy with its address filled in; any other provider's stays as it is. */
export const atEcho = (policy: ProviderPolicy, { origin }: Pick<Echo, "origin">): ProviderPolicy =>
  isBuiltIn(policy) ? { ...policy, url: `${origin}/echo` } : policy;
