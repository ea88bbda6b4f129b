// The words for values that the wire speaks in codes. A new value without a word does not compile.
import type { Outcome } from "#lib/core/outcome.ts";
import type { EventKind, FailureCategory, Hold, rejectCodes } from "#lib/core/status.ts";

export type RejectCode = (typeof rejectCodes)[number];

export const categoryWords: Record<FailureCategory, string> = {
  technical: "Technical",
  client_data: "Client data",
  poison: "Broke the worker",
  adapter_error: "Adapter error",
};

export const outcomeWords: Record<Outcome, string> = {
  delivered: "Delivered",
  duplicate: "Had it already",
  invalid: "Refused the data",
  unauthorized: "Refused our credentials",
  throttled: "Too many requests",
  unavailable: "Not available",
  ambiguous: "Maybe delivered",
  unexpected: "Unexpected answer",
};

export const holdWords: Record<Hold, string> = {
  disabled: "switched off",
  paused: "paused",
  outside_window: "outside its hours",
  quota_spent: "quota spent",
  breaker_open: "breaker open",
  unhealthy: "health check fails",
};

export const eventWords: Record<EventKind, string> = {
  attempted: "Tried",
  delivered: "Delivered",
  duplicate: "Delivered, had it already",
  failed: "Not delivered",
  discarded: "Discarded",
  interrupted: "Interrupted",
  shadowed: "Shadow: not sent",
  retried: "Retried",
  redriven: "Came back by itself",
  skipped: "Others let pass",
  retry_cancelled: "Retry taken back",
  rejected: "Closed – not sent",
  reopened: "Reopened",
  edited: "Data corrected",
  assigned: "Assigned",
  moved: "Moved to another team",
};

export const rejectWords: Record<RejectCode, string> = {
  duplicate: "Duplicate of another record",
  obsolete: "No longer needed",
  wrong_data: "The data is wrong",
  customer_wish: "The customer wishes so",
  other: "Another reason",
};
