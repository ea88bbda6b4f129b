// How one provider is called now: its policy, turned into a pool and ready-made requests. Replaced when the policy is.
import { randomBytes } from "node:crypto";
import type { DueRecord } from "#db/reads/due-records.ts";
import { ProviderAuth, type ProviderPolicy } from "#lib/contract/provider.ts";
import type { Reply } from "#lib/core/reply.ts";
import { unseal } from "#lib/node/secrets.ts";
import { createRequestBuilder } from "#worker/adapters/http-json.ts";
import type { Deps } from "#worker/deps.ts";
import { call } from "#worker/http/call.ts";

export type ProviderLink = {
  policy: ProviderPolicy;
  version: number;
  send: (record: DueRecord, nowMs: number, abort: AbortSignal) => Promise<Reply>;
  /** Asks the provider's health check, if it has one. */
  checkHealth: () => Promise<{ green: boolean; detail: string | null }>;
};

export function linkTo(
  deps: Pick<Deps, "http" | "secret">,
  provider: string,
  { policy, version, sealedAuth }: { policy: ProviderPolicy; version: number; sealedAuth: string | null },
): ProviderLink {
  const build = createRequestBuilder(policy, openAuth(deps.secret, provider, policy.auth, sealedAuth));
  const { origin } = new URL(policy.url);
  return {
    policy,
    version,
    send: (record, nowMs, abort) =>
      call(
        deps.http.of(provider, origin, policy),
        build(record, nowMs, randomBytes(8).toString("hex")),
        policy.timeoutMs.total,
        abort,
      ),
    async checkHealth() {
      if (policy.health === null) return { green: false, detail: "no health check is set" };
      const { url, timeoutMs, expect } = policy.health;
      const target = new URL(url);
      const reply = await call(
        deps.http.of(provider, target.origin, policy),
        {
          method: "GET",
          path: target.pathname + target.search,
          headers: ["accept-encoding", "identity"],
          body: null,
        },
        timeoutMs,
      );
      if (reply.kind !== "response") return { green: false, detail: "the health check did not answer" };
      return { green: reply.status === expect, detail: `the health check said ${reply.status}` };
    },
  };
}

function openAuth(
  secret: string | null,
  provider: string,
  auth: ProviderAuth,
  sealed: string | null,
): ProviderAuth {
  if (sealed === null) return auth;
  if (secret === null)
    throw new Error(`the secrets of ${provider} can't be opened: REDRIVE_SECRET is not set`);
  return ProviderAuth.parse(JSON.parse(unseal(secret, `provider:${provider}`, sealed)));
}
