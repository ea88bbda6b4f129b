// Which members of a provider's auth are secrets: written, sealed, and never read back.
import type { ProviderAuth } from "#lib/contract/provider.ts";

/** The auth as everyone may see it. */
export function withoutSecrets(auth: ProviderAuth): ProviderAuth {
  switch (auth.kind) {
    case "none":
      return auth;
    case "header":
      return { ...auth, value: null };
    case "basic":
      return { ...auth, password: null };
  }
}

/** The name of the secret member, and its value if it is given; null when the kind has none. */
export function secretOf(auth: ProviderAuth): { field: string; value: string | null } | null {
  switch (auth.kind) {
    case "none":
      return null;
    case "header":
      return { field: "auth.value", value: auth.value };
    case "basic":
      return { field: "auth.password", value: auth.password };
  }
}

/** An auth whose secret is left out, with the stored one of the same kind in its place. */
export function withSecretOf(auth: ProviderAuth, stored: ProviderAuth | null): ProviderAuth {
  if (auth.kind === "header" && stored?.kind === "header")
    return { ...auth, value: auth.value ?? stored.value };
  if (auth.kind === "basic" && stored?.kind === "basic")
    return { ...auth, password: auth.password ?? stored.password };
  return auth;
}
