// Which members of a provider's auth are secrets: written, sealed, and never read back.
import type { ProviderAuth } from "#lib/contract/policy.ts";

/** The auth as everyone may see it. */
export function withoutSecrets(auth: ProviderAuth): ProviderAuth {
  switch (auth.kind) {
    case "none":
      return auth;
    case "header":
      return { ...auth, value: null };
    case "basic":
      return { ...auth, password: null };
    case "standard_webhooks":
      return { ...auth, secrets: null };
    case "oauth2_client_credentials":
      return { ...auth, clientSecret: null };
  }
}

/** The name of the secret member, and whether it is given; null when the kind has none. */
export function secretOf(auth: ProviderAuth): { field: string; isGiven: boolean } | null {
  switch (auth.kind) {
    case "none":
      return null;
    case "header":
      return { field: "auth.value", isGiven: auth.value !== null };
    case "basic":
      return { field: "auth.password", isGiven: auth.password !== null };
    case "standard_webhooks":
      return { field: "auth.secrets", isGiven: auth.secrets !== null };
    case "oauth2_client_credentials":
      return { field: "auth.clientSecret", isGiven: auth.clientSecret !== null };
  }
}

/** An auth whose secret is left out, with the stored one of the same kind in its place. */
export function withSecretOf(auth: ProviderAuth, stored: ProviderAuth | null): ProviderAuth {
  if (auth.kind === "header" && stored?.kind === auth.kind)
    return { ...auth, value: auth.value ?? stored.value };
  if (auth.kind === "basic" && stored?.kind === auth.kind)
    return { ...auth, password: auth.password ?? stored.password };
  if (auth.kind === "standard_webhooks" && stored?.kind === auth.kind)
    return { ...auth, secrets: auth.secrets ?? stored.secrets };
  if (auth.kind === "oauth2_client_credentials" && stored?.kind === auth.kind)
    return { ...auth, clientSecret: auth.clientSecret ?? stored.clientSecret };
  return auth;
}
