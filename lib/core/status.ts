// A record's status, as people see it.
export const recordStatuses = [
  "waiting",
  "sending",
  "retrying",
  "held",
  "delivered",
  "failed",
  "rejected",
  "discarded",
  "duplicate",
] as const;
export type RecordStatus = (typeof recordStatuses)[number];

export const breakerStates = ["closed", "open", "half_open"] as const;
export type BreakerState = (typeof breakerStates)[number];

/** Why nothing is sent now. */
export const holds = [
  "disabled",
  "paused",
  "outside_window",
  "quota_spent",
  "breaker_open",
  "unhealthy",
] as const;
export type Hold = (typeof holds)[number];

/** Those of them that the gate finds by looking at clock, counts and health check. */
export const gateHolds = ["outside_window", "quota_spent", "unhealthy"] as const satisfies Hold[];
export type GateHold = (typeof gateHolds)[number];

/** Why a breaker opened. */
export const openReasons = [
  "failing",
  "slow",
  "stalled",
  "unauthorized",
  "rejecting",
  "probe_failed",
  "tripped",
] as const;
export type OpenReason = (typeof openReasons)[number];

/**
 * Kinds of entry in a record's timeline. Attempts are `attempted`, `delivered`, `duplicate`, `failed`, `discarded`;
 * `shadowed` is an attempt but for the call. `redriven` came back by itself; past a `skipped` one later ones of its key go.
 * `edited` is a payload that a person corrected, `moved` a failure that another team has now.
 */
export const eventKinds = [
  "attempted",
  "delivered",
  "duplicate",
  "failed",
  "discarded",
  "shadowed",
  "interrupted",
  "retried",
  "redriven",
  "retry_cancelled",
  "rejected",
  "skipped",
  "reopened",
  "edited",
  "assigned",
  "moved",
] as const;
export type EventKind = (typeof eventKinds)[number];

/** What kind of trouble a failure is, and so whose. */
export const failureCategories = ["technical", "client_data", "poison", "adapter_error"] as const;
export type FailureCategory = (typeof failureCategories)[number];

/** The two teams that are always there. */
export const builtInTeams = ["technical", "client_data"] as const;
/** A team's slug. */
export type Team = string;

/** Why a failure is closed unsent. */
export const rejectCodes = ["duplicate", "obsolete", "wrong_data", "customer_wish", "other"] as const;
export type RejectCode = (typeof rejectCodes)[number];
