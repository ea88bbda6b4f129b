// What a reply means. The order is the order in which charts stack them.
export const outcomes = [
  "delivered",
  "duplicate",
  "invalid",
  "unauthorized",
  "throttled",
  "unavailable",
  "ambiguous",
  "unexpected",
] as const;

/** `ambiguous` is an `unavailable` whose request may have arrived: bytes had been sent. */
export type Outcome = (typeof outcomes)[number];

/** Outcomes after which the provider has the record. */
export const isDelivered = (outcome: Outcome): boolean => outcome === "delivered" || outcome === "duplicate";
