// What may be done to the provider that Redrive brings along: it is switched off and on, and nothing else of it is changed.
import { changedFields } from "#db/writes/provider-policy.ts";
import { Refused } from "#db/writes/refused.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { isBuiltIn, loopbackAdapter } from "#lib/core/loopback.ts";

/** @throws Refused when a provider that people make takes the adapter of Redrive's own. */
export function refuseOwnAdapter(policy: ProviderPolicy): void {
  if (!isBuiltIn(policy)) return;
  throw refused("adapter", `${loopbackAdapter} is Redrive's own; choose another`);
}

/** @throws Refused when the built-in one would become another, or another would become it. */
export function refuseBuiltInChange(before: ProviderPolicy, after: ProviderPolicy): void {
  if (!isBuiltIn(before)) {
    refuseOwnAdapter(after);
    return;
  }
  const field = changedFields(before, after).find((name) => name !== "flags.enabled");
  if (field === undefined) return;
  throw refused(field, "can't be changed: this provider is built in; of it only flags.enabled can be");
}

const refused = (field: string, message: string): Refused =>
  new Refused("invalid_input", `${field}: ${message}.`, { errors: [{ field, message }] });
