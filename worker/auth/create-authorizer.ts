// Which proof a provider's policy asks for.
import type { ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import type { Authorizer } from "#worker/auth/authorizer.ts";
import { createSigner } from "#worker/auth/signing.ts";
import { createTokenSource, type Patience, type TokenSource } from "#worker/auth/token-source.ts";
import type { Deps } from "#worker/deps.ts";

export type AuthDeps = Pick<Deps, "sql" | "http" | "log" | "monotonicMs" | "workerId" | "keyring">;

/** @param auth the policy's, with its secrets. */
export function createAuthorizer(
  deps: AuthDeps,
  provider: string,
  policy: ProviderPolicy,
  auth: ProviderAuth,
  patience?: Patience,
): Authorizer {
  switch (auth.kind) {
    case "none":
      return constant([]);
    case "header":
      return constant([auth.name, auth.value ?? ""]);
    case "basic":
      return constant(["authorization", `Basic ${base64(`${auth.user}:${auth.password ?? ""}`)}`]);
    case "standard_webhooks":
      return createSigner(auth.secrets ?? []);
    case "oauth2_client_credentials": {
      const { keyring } = deps;
      const { kind: _, clientSecret, ...client } = auth;
      if (keyring === null) return without("REDRIVE_SECRET is not set, so no access token can be kept.");
      if (clientSecret === null) return without("No client secret is stored: give it again.");
      const source = createTokenSource(
        { ...deps, keyring },
        provider,
        policy,
        { ...client, clientSecret },
        patience,
      );
      return bearer(source);
    }
  }
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function constant(headers: string[]): Authorizer {
  const proof = { headers };
  return {
    names: new Set(headers.slice(0, 1).map((name) => name.toLowerCase())),
    prove: () => proof,
    refused: async () => false,
  };
}

const bearerNames = new Set(["authorization"]);

const without = (unauthorized: string): Authorizer => ({
  names: bearerNames,
  prove: () => ({ unauthorized }),
  refused: async () => false,
});

function bearer(source: TokenSource): Authorizer {
  const headersOf = (token: string) => ["authorization", `Bearer ${token}`];
  return {
    names: bearerNames,
    prove() {
      const token = source.atHand();
      if (token !== null) return { headers: headersOf(token) };
      return source.get().then((got) => ("token" in got ? { headers: headersOf(got.token) } : got));
    },
    async refused(headers) {
      const [, sent] = headers;
      if (sent === undefined) return false;
      source.refuse(sent.slice("Bearer ".length));
      return true;
    },
  };
}
