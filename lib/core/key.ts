// What an API key is kept to: some providers, one owner, or neither.

/** 30 days: longer, and two keys would be the rule instead of the change. */
export const overlapSecondsMax = 30 * 86_400;

export type Bounds = { providers: readonly string[] | null; owner: string | null };

export const isBounded = ({ providers, owner }: Bounds): boolean => providers !== null || owner !== null;

/** Whether something of this provider and owner is within the bounds. */
export const isWithin = (
  { providers, owner }: Bounds,
  of: { provider: string; owner: string | null },
): boolean =>
  (providers === null || providers.includes(of.provider)) && (owner === null || of.owner === owner);

/** The bounds in words, to end "is kept to …". */
export function boundsInWords({ providers, owner }: Bounds): string {
  const parts = [
    providers && `the ${providers.length === 1 ? "provider" : "providers"} ${providers.join(", ")}`,
    owner !== null && `the owner ${owner}`,
  ];
  return parts.filter((part) => typeof part === "string").join(" and ");
}
