// What a policy must fulfil as a whole, and how a change is merged into it. Pure.
import { Refused } from "#db/writes/refused.ts";
import { type PatchProvider, ProviderPolicy } from "#lib/contract/provider.ts";

type Wrong = { field: string; message: string };

/** What is wrong between fields, each with how to mend it. */
function wrongBetween({ timeoutMs, health, batchSizeMax, connectionsMax }: ProviderPolicy): Wrong[] {
  const { connect, headers, total } = timeoutMs;
  const wrong: (Wrong | false)[] = [
    connect > total && {
      field: "timeoutMs.connect",
      message: `must be at most timeoutMs.total (${total}); lower it, or raise the total`,
    },
    headers > total && {
      field: "timeoutMs.headers",
      message: `must be at most timeoutMs.total (${total}); lower it, or raise the total`,
    },
    connectionsMax < batchSizeMax && {
      field: "connectionsMax",
      message: `must be at least batchSizeMax (${batchSizeMax}), or requests wait for a connection; raise it, or leave it out`,
    },
    health !== null &&
      health.timeoutMs > health.everyMs && {
        field: "health.timeoutMs",
        message: `must be at most health.everyMs (${health.everyMs}); lower it, or ask less often`,
      },
  ];
  return wrong.filter((one) => one !== false);
}

/** @throws Refused `invalid_input` naming every field that does not fit the others. */
export function checkPolicy(policy: ProviderPolicy): ProviderPolicy {
  const errors = wrongBetween(policy);
  if (errors.length === 0) return policy;
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join(" ");
  throw new Refused("invalid_input", detail, { errors });
}

/** The policy with the change in it; what the change leaves out stays. */
export function mergePolicy(policy: ProviderPolicy, patch: PatchProvider): ProviderPolicy {
  const { timeoutMs, backoff, breaker, flags, ...flat } = patch;
  const given = Object.fromEntries(Object.entries(flat).filter(([, value]) => value !== undefined));
  const merged = ProviderPolicy.parse({
    ...policy,
    ...given,
    timeoutMs: { ...policy.timeoutMs, ...timeoutMs },
    backoff: { ...policy.backoff, ...backoff },
    breaker: { ...policy.breaker, ...breaker },
    flags: { ...policy.flags, ...flags },
  });
  const raised = patch.batchSizeMax !== undefined && patch.connectionsMax === undefined;
  return raised ? withConnections(merged) : merged;
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
