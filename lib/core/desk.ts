// The words of the people around the engine: teams, channels, messages, alerts, canaries.
import type { FailureCategory } from "#lib/core/status.ts";

/** The two skills that a failure can need: mending systems, or knowing the client's data. */
export const teamKinds = ["technical", "client_data"] as const;
export type TeamKind = (typeof teamKinds)[number];

/** From the least to the most urgent. */
export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

export const channelKinds = ["slack", "email", "webhook"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** What a message is about. */
export const messageSubjects = ["failures", "alert"] as const;
export type MessageSubject = (typeof messageSubjects)[number];

/**
 * due ─▶ sending ─▶ sent ─▶ due …        A message whose subject has changed is due again.
 *          └─▶ failed                    The channel is down or refuses it: its fallback is told.
 */
export const messageStates = ["due", "sending", "sent", "failed"] as const;
export type MessageState = (typeof messageStates)[number];

export const alertKinds = [
  "backlog_growing",
  "oldest_record",
  "breaker_open",
  "success_rate",
  "failures",
  "canary",
  "worker_silent",
  "queue_without_owner",
  "token_failing",
  "partitions",
  "disk",
  "no_data",
] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertStates = ["open", "acknowledged", "resolved"] as const;
export type AlertState = (typeof alertStates)[number];

/** How the types of Redrive's own records begin: they are told of in other ways than the application's, or not at all. */
export const ownTypes = "redrive.";

/** The type of a canary's record: no business of anybody's, and in none of the figures. */
export const canaryType = "redrive.canary";

/** How the idempotency keys of webhooks begin: nobody else's may, or one could stand in an event's place. */
export const inboundKeys = "inbound:";

/** The task that is told what became of a message's record. */
export const toldTask = "redrive.told";

const ownTasks: readonly string[] = ["drain", "ingest", toldTask, "upkeep"];

/** Whether a job of that name is one that Redrive runs itself. */
export const isOwnTask = (name: string): boolean => ownTasks.includes(name);

/** The type of a message's record. */
export const messageType = "redrive.message";
/** A message about messages that did not arrive, or a test of a channel: when it does not arrive, nobody is told. */
export const noticeType = "redrive.notice";

/** Whether a record is a message of our own, which may hold a link that is somebody's. */
export const isOwnMessage = (type: string | null): boolean => type === messageType || type === noticeType;

/** How urgent a failure is, by the kind of trouble it is. */
export const severityOf = {
  technical: "warning",
  client_data: "info",
  poison: "critical",
  adapter_error: "critical",
} as const satisfies Record<FailureCategory, Severity>;
