// The words of teams, channels and routes.
import { categoryWords } from "#lib/client/words.ts";
import type { TeamRule } from "#lib/contract/team.ts";
import type { ChannelKind, MessageSubject, Severity, TeamKind } from "#lib/core/desk.ts";

export const teamKindWords: Record<TeamKind, string> = {
  technical: "Technical",
  client_data: "Client data",
};

export const channelKindWords: Record<ChannelKind, string> = {
  slack: "Slack",
  email: "E-mail",
  webhook: "Webhook",
};

export const subjectWords: Record<MessageSubject, string> = {
  failures: "Failures",
  alert: "Alerts",
};

/** This severity and those above it. */
export const severityWords: Record<Severity, string> = {
  info: "Everything",
  warning: "Warnings and critical",
  critical: "Critical only",
};

/** `Acme · Client data · HTTP 422 · “postal code”`: all of it must fit. */
export function teamRuleWords(
  { provider, type, category, statusCode, contains }: TeamRule,
  nameOf: (provider: string) => string,
): string {
  const parts = [
    provider === null ? null : nameOf(provider),
    type === null ? null : `type ${type}`,
    category === null ? null : categoryWords[category],
    statusCode === null || Number.isNaN(statusCode) ? null : `HTTP ${statusCode}`,
    contains === null ? null : `says “${contains}”`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "Nothing named yet" : parts.join(" · ");
}

/** The short name follows the name until it is typed itself. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
