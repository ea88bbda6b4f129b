// Asks a provider's own health check, once.
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { type HealthAnswer, healthAnswer } from "#lib/core/health.ts";
import { call } from "#worker/http/call.ts";
import type { Pools } from "#worker/http/pools.ts";

type Given = { http: Pools; monotonicMs: () => number };

export async function askHealth(
  { http, monotonicMs }: Given,
  provider: string,
  policy: ProviderPolicy,
): Promise<HealthAnswer> {
  const { health } = policy;
  if (health === null) return { green: false, detail: "no health check is set" };
  const { origin, pathname, search } = new URL(health.url);
  const startedMs = monotonicMs();
  const reply = await call(
    http.of(provider, origin, policy),
    { method: health.method, path: pathname + search, headers: ["accept-encoding", "identity"], body: null },
    health.timeoutMs,
  );
  return healthAnswer(reply, monotonicMs() - startedMs, health);
}
