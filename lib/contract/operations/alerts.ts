// Alerts, and the rules that make them.
import { z } from "zod";
import {
  AcknowledgeAlert,
  AlertActed,
  AlertRule,
  AlertRules,
  Alerts,
  AlertsQuery,
  CreateAlertRule,
  PatchAlertRule,
  Silence,
  Unsilence,
} from "#lib/contract/alert.ts";
import { operation } from "#lib/contract/operation.ts";
import { Slug } from "#lib/contract/slug.ts";

export const listAlerts = operation({
  id: "listAlerts",
  method: "GET",
  path: "/alerts",
  tag: "Alerts",
  summary: "Alerts, the newest first",
  may: "see",
  query: AlertsQuery,
  output: Alerts,
});

export const acknowledgeAlert = operation({
  id: "acknowledgeAlert",
  method: "POST",
  path: "/alerts/{id}/acknowledge",
  tag: "Alerts",
  summary: "Says that somebody has it in hand",
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: AcknowledgeAlert,
  output: AlertActed,
});

export const silenceAlert = operation({
  id: "silenceAlert",
  method: "POST",
  path: "/alerts/{id}/silence",
  tag: "Alerts",
  summary: "No message about an alert until a time",
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: Silence,
  output: AlertActed,
});

export const unsilenceAlert = operation({
  id: "unsilenceAlert",
  method: "POST",
  path: "/alerts/{id}/unsilence",
  tag: "Alerts",
  summary: "Ends the silence of an alert",
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: Unsilence,
  output: AlertActed,
});

export const listAlertRules = operation({
  id: "listAlertRules",
  method: "GET",
  path: "/alert-rules",
  tag: "Alerts",
  summary: "What is looked for",
  may: "see",
  output: AlertRules,
});

export const createAlertRule = operation({
  id: "createAlertRule",
  method: "POST",
  path: "/alert-rules",
  tag: "Alerts",
  summary: "Makes an alert rule",
  may: "manage_desk",
  input: CreateAlertRule,
  output: AlertRule,
  status: 201,
  headers: ["etag", "location"],
});

export const patchAlertRule = operation({
  id: "patchAlertRule",
  method: "PATCH",
  path: "/alert-rules/{slug}",
  tag: "Alerts",
  summary: "Changes an alert rule",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: PatchAlertRule,
  output: AlertRule,
  headers: ["etag"],
  ifMatch: true,
});

export const deleteAlertRule = operation({
  id: "deleteAlertRule",
  method: "DELETE",
  path: "/alert-rules/{slug}",
  tag: "Alerts",
  summary: "Deletes an alert rule",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  output: AlertRule,
});

export const silenceAlertRule = operation({
  id: "silenceAlertRule",
  method: "POST",
  path: "/alert-rules/{slug}/silence",
  tag: "Alerts",
  summary: "No message about all that a rule finds, until a time",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: Silence,
  output: AlertRule,
});

export const unsilenceAlertRule = operation({
  id: "unsilenceAlertRule",
  method: "POST",
  path: "/alert-rules/{slug}/unsilence",
  tag: "Alerts",
  summary: "Ends the silence of a rule",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: Unsilence,
  output: AlertRule,
});
