// What a policy must fulfil as a whole, and how a change is merged into it. Pure.
import { Refused } from "#db/writes/refused.ts";
import { type PatchProvider, ProviderPolicy } from "#lib/contract/policy.ts";
import { policyProblems } from "#lib/contract/policy-problems.ts";

/** @throws Refused `invalid_input` naming every field that does not fit the others. */
export function checkPolicy(policy: ProviderPolicy): ProviderPolicy {
  const errors = policyProblems(policy);
  if (errors.length === 0) return policy;
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join(" ");
  throw new Refused("invalid_input", detail, { errors });
}

/** The policy with the change in it; what the change leaves out stays. */
export function mergePolicy(policy: ProviderPolicy, patch: PatchProvider): ProviderPolicy {
  const { timeoutMs, backoff, breaker, windows, limits, flags, edit, ...flat } = patch;
  const given = Object.fromEntries(Object.entries(flat).filter(([, value]) => value !== undefined));
  const merged = parsed({
    ...policy,
    ...given,
    timeoutMs: { ...policy.timeoutMs, ...timeoutMs },
    backoff: { ...policy.backoff, ...backoff },
    breaker: { ...policy.breaker, ...breaker },
    windows: { ...policy.windows, ...windows },
    limits: { ...policy.limits, ...limits },
    flags: { ...policy.flags, ...flags },
    edit: { ...policy.edit, ...edit },
  });
  const raised = patch.batchSizeMax !== undefined && patch.connectionsMax === undefined;
  return raised ? withConnections(merged) : merged;
}

/** @throws Refused `invalid_input`: something that was stored by an earlier release is refused by this one. */
function parsed(policy: unknown): ProviderPolicy {
  const { data, error } = ProviderPolicy.safeParse(policy);
  if (data) return data;
  const errors = error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  throw new Refused("invalid_input", errors.map(({ field, message }) => `${field}: ${message}.`).join(" "), {
    errors,
  });
}

/** A batch can't be wider than the connections that carry it. */
export const withConnections = (policy: ProviderPolicy): ProviderPolicy => ({
  ...policy,
  connectionsMax: Math.max(policy.connectionsMax, policy.batchSizeMax),
});

/** The names of the settings that differ, one level deep: `timeoutMs.total`. */
export function changedFields(before: ProviderPolicy, after: ProviderPolicy): string[] {
  const flat = (policy: ProviderPolicy) =>
    new Map(
      Object.entries(policy).flatMap(([name, value]) =>
        value !== null && typeof value === "object"
          ? Object.entries(value).map(([member, inner]): [string, string] => [
              `${name}.${member}`,
              JSON.stringify(inner),
            ])
          : [[name, JSON.stringify(value)] as [string, string]],
      ),
    );
  const [was, is] = [flat(before), flat(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}
